"""The steps of a payment: what is asked of the provider next, and what follows from its answers. Whole cents. Knows no
provider, store or clock."""

from datetime import datetime, timedelta

from evcharging.common.messages_payments import ProviderDue
from evcharging.common.utils import changed
from evcharging.domain.payment import Operation, OperationKind, Payment, PaymentState, RefundAsked
from evcharging.domain.provider import (
    Dispute,
    OutcomeKind,
    ProviderOutcome,
    ProviderPayment,
    ProviderStatus,
    merged,
)

S = PaymentState

USED_AGAIN_WITHIN = timedelta(minutes=10)
"""How old a hold may be that a driver's next try at the same point uses again."""

FIND_AFTER = timedelta(hours=20)
"""From when on an operation is looked up before it is tried again: providers forget a key after 24 h."""

FIRST_AGAIN, LAST_AGAIN = timedelta(seconds=1), timedelta(minutes=5)
"""How long after an unknown outcome the next try follows: twice as long each time, and at most so long."""

RAISE_AT_PERCENT = 80
"""The share of its hold that a charge has cost when more is asked for."""


def requested(session_id: str, driver_id: str, cp_id: str, method: str, cents: int, now: datetime) -> Payment:
    """The payment of a session that is to take place once so much is held."""
    payment = Payment(
        session_id=session_id, driver_id=driver_id, cp_id=cp_id, reference=session_id, method=method, asked_at=now
    )
    return _ordered(payment, OperationKind.AUTHORIZE, cents, now)


def is_used_again(
    payment: Payment, driver_id: str, cp_id: str, now: datetime, within: timedelta = USED_AGAIN_WITHIN
) -> bool:
    """Whether a driver's new try at a point uses this payment's hold, which nothing has come of: one hold a driver and
    point."""
    return (
        (payment.driver_id, payment.cp_id) == (driver_id, cp_id)
        and _is_passable(payment)
        and now - payment.asked_at < within
    )


def passed_on(payment: Payment, session_id: str) -> tuple[Payment, Payment]:
    """A payment whose hold is used again, and the payment of the session that has it from now on. Raises ValueError
    where nothing is held, or something has come of it."""
    if not _is_passable(payment):
        raise ValueError(f"The hold of {payment.session_id} cannot be used again: it is {payment.state}")
    return changed(payment, state=S.PASSED_ON), changed(payment, session_id=session_id)


def _is_passable(payment: Payment) -> bool:
    is_free = payment.operation is None and payment.due_cents is None and not payment.is_given_up
    return payment.state is S.HELD and is_free


def is_raise_due(payment: Payment, cost_cents: int) -> bool:
    """Whether more should be held, once a charge has cost so much."""
    may_ask = payment.state is S.HELD and payment.operation is None and not payment.is_raise_declined
    return may_ask and payment.due_cents is None and 100 * cost_cents >= RAISE_AT_PERCENT * payment.held_cents


def raised(payment: Payment, cents: int, now: datetime) -> Payment:
    """A payment of which so much is to be held in all; as it was where that cannot be asked."""
    if not is_raise_due(payment, payment.held_cents) or cents <= payment.held_cents:
        return payment
    return _ordered(payment, OperationKind.INCREMENT, cents, now)


def billed(payment: Payment, cents: int, now: datetime) -> Payment:
    """A payment whose session was billed: as much of it as is held is captured, once, which releases the rest."""
    is_final = payment.due_cents is not None or payment.state is S.PASSED_ON
    return payment if is_final else _onward(changed(payment, due_cents=cents), now)


def given_up(payment: Payment, now: datetime) -> Payment:
    """A payment whose session does not take place: what is held is released at once, and what may be held as soon as
    that is certain. A bill that is there counts."""
    is_final = payment.due_cents is not None or payment.state is S.PASSED_ON
    return payment if is_final else _onward(changed(payment, is_given_up=True), now)


def why_no_refund(payment: Payment, cents: int) -> str | None:
    """Why so much cannot be paid back, in one sentence; None where it can."""
    left = payment.captured_cents - payment.refunded_cents
    if payment.operation is not None:
        return f"{payment.session_id} waits for its provider ({payment.operation.kind}): try again once that is done"
    if payment.state not in (S.CAPTURED, S.PART_REFUNDED):
        return f"{payment.session_id} is {payment.state}: only what is captured can be refunded"
    if cents <= 0:
        return "a refund is of one cent at least"
    return f"{cents} cents are more than the {left} that are left of {payment.session_id}" if cents > left else None


def refunded(payment: Payment, asked: RefundAsked) -> Payment:
    """A payment of which so much is to be paid back, once; raises ValueError where that cannot be."""
    if known_refund(payment, asked.request_id) is not None:
        return payment
    if (reason := why_no_refund(payment, asked.cents)) is not None:
        raise ValueError(reason)
    payment = changed(payment, refunds=(*payment.refunds, asked))
    return _ordered(payment, OperationKind.REFUND, asked.cents, asked.at, payment.refunded_cents + asked.cents)


def known_refund(payment: Payment, request_id: str) -> RefundAsked | None:
    """The refund that this order was before, if it was carried out."""
    return next((each for each in payment.refunds if each.request_id == request_id), None)


def heard(payment: Payment, key: str, outcome: ProviderOutcome, now: datetime) -> Payment:
    """A payment after the provider has answered, or not, what was asked under this key. An answer to something else
    tells how the payment stands, and no more."""
    if outcome.payment is not None:
        payment = seen(payment, outcome.payment, now)
    operation = payment.operation
    if operation is None or operation.key != key or outcome.kind is OutcomeKind.OK:
        return payment
    tried = changed(operation, attempts=operation.attempts + 1, tried_at=now)
    if outcome.kind is OutcomeKind.UNKNOWN:
        return _stated(changed(payment, operation=tried))
    payment = changed(payment, code=outcome.code)
    if operation.kind in (OperationKind.CAPTURE, OperationKind.VOID):
        # It was released or captured by somebody else: how it stands is what counts.
        return _stated(changed(payment, operation=changed(tried, is_looked_up=True)))
    is_raise = operation.kind is OperationKind.INCREMENT
    declined = changed(payment, operation=None, is_raise_declined=payment.is_raise_declined or is_raise)
    return _onward(declined, now)


def looked_up(payment: Payment, key: str, outcome: ProviderOutcome, now: datetime) -> Payment:
    """A payment after it was looked for with the provider. Where an operation has asked for that under its own key,
    what is not done is asked again. It has a new key, since the provider may forget the old one any time, or has a no
    for it that it would say again. Any other look leaves the operation: a try may still be on its way, and would be
    done as well."""
    if outcome.payment is not None and outcome.kind is OutcomeKind.OK:
        payment = seen(payment, outcome.payment, now)
    if payment.operation is None or payment.operation.key != key:
        return payment
    if outcome.kind is not OutcomeKind.OK:
        # A look that failed tells nothing of the operation.
        return heard(payment, key, changed(outcome, kind=OutcomeKind.UNKNOWN), now)
    number = payment.operations + 1
    key = _key_of(payment, number, payment.operation.kind)
    again = changed(payment.operation, key=key, ordered_at=now, is_looked_up=False)
    return _stated(changed(payment, operation=again, operations=number))


def seen(payment: Payment, at_provider: ProviderPayment, now: datetime) -> Payment:
    """A payment after a look at it with the provider. Looks are merged, so their order does not matter, and one at
    another payment changes nothing."""
    known = payment.known
    is_other = known is not None and known.payment_id != at_provider.payment_id
    if payment.state is S.PASSED_ON or at_provider.reference != payment.reference or is_other:
        return payment
    payment = changed(payment, known=merged(known, at_provider), code=payment.code or at_provider.code)
    if payment.operation is not None and _is_over(payment.operation, merged(known, at_provider)):
        payment = changed(payment, operation=None)
    return _onward(payment, now)


def due_of(
    payment: Payment, now: datetime, *, is_look: bool = False, find_after: timedelta = FIND_AFTER
) -> ProviderDue:
    """What the provider is to be asked now: for what was ordered, or how the payment stands. `is_look`: somebody wants
    to know that, whatever was ordered."""
    operation, known = payment.operation, payment.known
    is_own = operation is not None and not is_look
    return ProviderDue(
        ts=now,
        cp_id=payment.cp_id,
        session_id=payment.session_id,
        key=operation.key if operation is not None and is_own else f"{payment.reference}:look",
        operation=operation.kind.value if operation else "look",
        reference=payment.reference,
        method=payment.method,
        payment_id=known.payment_id if known else None,
        cents=operation.cents if operation else 0,
        is_look=operation is None or is_look or is_looked_up_first(operation, now, find_after),
    )


def tries_at(operation: Operation, last_again: timedelta = LAST_AGAIN) -> datetime:
    """When an operation is tried next."""
    if operation.tried_at is None:
        return operation.ordered_at
    doubled: int = 2 ** min(operation.attempts - 1, 16)
    return operation.tried_at + min(FIRST_AGAIN * doubled, last_again)


def is_looked_up_first(operation: Operation, now: datetime, find_after: timedelta = FIND_AFTER) -> bool:
    """Whether the payment is looked up before the operation is tried again."""
    return operation.is_looked_up or now - operation.ordered_at >= find_after


def _is_over(operation: Operation, known: ProviderPayment) -> bool:
    """Whether an operation has taken effect, or never can any more."""
    match operation.kind:
        case OperationKind.AUTHORIZE:
            return True
        case OperationKind.INCREMENT:
            return known.held_cents >= operation.cents or known.status is not ProviderStatus.HELD
        case OperationKind.CAPTURE | OperationKind.VOID:
            return known.status is not ProviderStatus.HELD
    return known.refunded_cents >= operation.until_cents


def _onward(payment: Payment, now: datetime) -> Payment:
    """A payment with what follows by itself: what is held is captured once it is billed, and released where there is
    nothing to capture."""
    is_held = payment.known is not None and payment.known.status is ProviderStatus.HELD
    if is_held and payment.operation is None:
        if payment.due_cents:
            return _ordered(payment, OperationKind.CAPTURE, min(payment.due_cents, payment.held_cents), now)
        if payment.is_given_up or payment.due_cents == 0:
            return _ordered(payment, OperationKind.VOID, 0, now)
    return _stated(payment)


def _ordered(payment: Payment, kind: OperationKind, cents: int, now: datetime, until_cents: int = 0) -> Payment:
    """A payment with an operation, whose key is that of the session and of how many there were before."""
    number = payment.operations + 1
    key = _key_of(payment, number, kind)
    operation = Operation(key=key, kind=kind, ordered_at=now, cents=cents, until_cents=until_cents)
    return _stated(changed(payment, operation=operation, operations=number))


def _key_of(payment: Payment, number: int, kind: OperationKind) -> str:
    return f"{payment.reference}:{number}:{kind}"


def _stated(payment: Payment) -> Payment:
    return changed(payment, state=_state_of(payment))


def _state_of(payment: Payment) -> PaymentState:
    known, operation = payment.known, payment.operation
    if known is None:
        asked = S.UNKNOWN if operation and operation.attempts else S.REQUESTED
        return asked if operation else S.DECLINED
    match known.status:
        case ProviderStatus.HELD:
            by_kind = {OperationKind.CAPTURE: S.CAPTURING, OperationKind.VOID: S.VOIDING}
            return by_kind.get(operation.kind, S.HELD) if operation else S.HELD
        case ProviderStatus.CAPTURED:
            return _state_of_captured(known, operation)
    return S.VOIDED if known.status is ProviderStatus.VOIDED else S.DECLINED


def _state_of_captured(known: ProviderPayment, operation: Operation | None) -> PaymentState:
    if operation is not None and operation.kind is OperationKind.REFUND:
        return S.REFUNDING
    if known.dispute is not None:
        return {Dispute.OPEN: S.DISPUTED, Dispute.WON: S.WON, Dispute.LOST: S.LOST}[known.dispute]
    if not known.refunded_cents:
        return S.CAPTURED
    return S.PART_REFUNDED if known.refunded_cents < known.captured_cents else S.REFUNDED
