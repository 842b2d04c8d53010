"""Compares our payments with the provider's, both ways: what is there and not here, and what is here and not there.
Knows no provider, store or clock."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from evcharging.common.utils import Frozen
from evcharging.domain.payment import Payment, PaymentState
from evcharging.domain.provider import ProviderPayment, ProviderStatus, merged
from evcharging.domain.record import Record

RELEASED_WITHIN = timedelta(minutes=15)
"""How long after its session has ended, or after it was made for none, a hold may be there."""


DESK = "payments"
"""What all comparisons are kept by; the shard of this key keeps them, and their alerts."""

MOST_TOLD = 100
"""How many differences are told in sentences, at most."""


class Remedy(StrEnum):
    """What is to be done. TELL: only somebody can know what to do, and is told."""

    LOOK = "look"
    VOID = "void"
    TELL = "tell"


class Difference(Frozen, frozen=True, kw_only=True):
    """Something that is not alike here and there, in a sentence, and what is to be done."""

    remedy: Remedy
    reference: str
    payment_id: str | None
    text: str


class Comparison(Record, frozen=True, kw_only=True):
    """The last comparison of payments made since a moment: how many there were here and with the provider, how many
    differences, and the first of these."""

    key_field: ClassVar[str] = "name"
    table: ClassVar[str] = "comparisons"
    is_fact: ClassVar[bool] = False

    name: str = DESK
    at: datetime
    since: datetime
    ours: int
    theirs: int
    found: int
    differences: tuple[Difference, ...] = ()


def differences(
    ours: Iterable[Payment],
    theirs: Iterable[ProviderPayment],
    ended: Mapping[str, datetime],
    now: datetime,
    within: timedelta = RELEASED_WITHIN,
) -> Iterator[Difference]:
    """What is not alike between our payments and the provider's that were made in one time. `ended`: when the sessions
    ended that have."""
    here = {payment.reference: payment for payment in ours if payment.state is not PaymentState.PASSED_ON}
    there: dict[str, ProviderPayment] = {}
    for payment in theirs:
        mine = here.get(payment.reference)
        if mine is None or (mine.known is not None and mine.known.payment_id != payment.payment_id):
            yield from _stranger(payment, now, within)
        else:
            there[payment.reference] = payment
            yield from _known(mine, payment, is_overdue=_is_overdue(ended.get(mine.session_id), now, within))
    for mine in here.values():
        if mine.reference not in there:
            yield from _missing(mine)


def _stranger(payment: ProviderPayment, now: datetime, within: timedelta) -> Iterator[Difference]:
    """One that nobody here knows of: it may be on its way to us while it is young."""
    if now - payment.created_at < within:
        return
    if payment.status is ProviderStatus.HELD:
        yield _of(payment, Remedy.VOID, f"{payment.held_cents} cents are held, and nobody here knows for what")
    elif payment.captured_cents > payment.refunded_cents:
        left = payment.captured_cents - payment.refunded_cents
        yield _of(payment, Remedy.TELL, f"{left} cents were captured, and nobody here knows for what: refund them")


def _known(mine: Payment, payment: ProviderPayment, *, is_overdue: bool) -> Iterator[Difference]:
    if mine.known is None or merged(mine.known, payment) != mine.known:
        yield _of(payment, Remedy.LOOK, "The provider has it otherwise than it is here")
    elif payment.captured_cents > (mine.due_cents or 0):
        beyond = payment.captured_cents - (mine.due_cents or 0) - payment.refunded_cents
        if beyond > 0:
            yield _of(payment, Remedy.TELL, f"{beyond} cents more were captured than were billed: refund them")
    elif payment.status is ProviderStatus.HELD and mine.operation is None and is_overdue:
        yield _of(payment, Remedy.VOID, "It is still held, though its session has ended")


def _is_overdue(ended: datetime | None, now: datetime, within: timedelta) -> bool:
    return ended is not None and now - ended >= within


def _missing(mine: Payment) -> Iterator[Difference]:
    if mine.known is not None and mine.state not in (PaymentState.DECLINED, PaymentState.VOIDED):
        text = f"It is {mine.state} here, and the provider does not have it: ask the provider"
        yield Difference(remedy=Remedy.TELL, reference=mine.reference, payment_id=mine.known.payment_id, text=text)
    elif mine.state is PaymentState.UNKNOWN:
        text = "Nobody knows whether there is a hold"
        yield Difference(remedy=Remedy.LOOK, reference=mine.reference, payment_id=None, text=text)


def _of(payment: ProviderPayment, remedy: Remedy, text: str) -> Difference:
    return Difference(remedy=remedy, reference=payment.reference, payment_id=payment.payment_id, text=text)
