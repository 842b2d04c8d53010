"""The payments of a shard: what is asked of the provider, what follows from its answers, and what goes into the books.
Knows no provider, and decides nothing about sessions."""

from collections.abc import Container, Iterable
from datetime import datetime

from evcharging.common.utils import changed
from evcharging.domain.books import Entry, EntryKind, bill_entry
from evcharging.domain.holding import Paid, PaymentTerms, cents_wanted, paid_by
from evcharging.domain.money import to_cents
from evcharging.domain.numbering import CREDIT
from evcharging.domain.payment import Payment, PaymentState
from evcharging.domain.payment_steps import (
    billed,
    due_of,
    given_up,
    is_raise_due,
    is_used_again,
    passed_on,
    raised,
    requested,
    tries_at,
)
from evcharging.domain.posting import entries_of
from evcharging.domain.record import Record
from evcharging.domain.session import Bill, Session
from evcharging.roles.central.shard import Shard
from evcharging.roles.role import Effect

PAYMENT = "payment due"
"""Something is to be asked of the provider again, or a hold is kept for another try no longer."""


def resume(
    shard: Shard, payments: Iterable[Payment], bills: Iterable[Bill], suspect: Container[str], now: datetime
) -> list[Effect]:
    """Go on with what an earlier run left open. Of sessions whose bill is held (`suspect`), what is held stays so."""
    if shard.payments is None:
        return []
    effects: list[Effect] = []
    billed = {bill.session_id: bill for bill in bills}
    for payment in payments:
        shard.payments.keep(payment)
        if payment.session_id in billed:
            shard.payments.keep_bill(billed[payment.session_id])
        is_waited_for = shard.open_session(payment.cp_id, payment.session_id) or payment.session_id in suspect
        if payment.operation is not None:
            effects += ask(shard, payment, now)
        elif not is_waited_for:
            effects += put_right(shard, payment.session_id, now)
    return effects


def put_right(shard: Shard, session_id: str, now: datetime) -> list[Effect]:
    """What is held for a session that is over is captured or released; it may have ended while nobody was asked to
    pay."""
    bill = shard.payments.bill(session_id) if shard.payments is not None else None
    return keep_for_another_try(shard, session_id, now) if bill is None else on_bill(shard, bill, now)


def request(shard: Shard, session: Session, method: str, power_w: int, now: datetime) -> list[Effect]:
    """Have money held for a session; the hold of an earlier try at the same point is used again."""
    again = _kept_for(shard, session, method, now)
    if again is not None:
        before, payment = passed_on(again, session.session_id)
        return [*step(shard, again, before, now), *step(shard, None, payment, now)]
    cents = cents_wanted(session, power_w, _terms(shard).most_cents)
    payment = requested(session.session_id, session.driver_id, session.cp_id, method, cents, now)
    return step(shard, None, payment, now)


def _kept_for(shard: Shard, session: Session, method: str, now: datetime) -> Payment | None:
    """The hold of an earlier try that this session uses."""
    for session_id in [] if shard.payments is None else [*shard.payments.for_another_try]:
        payment = shard.payments.get(session_id) if shard.payments else None
        if payment is None or payment.method != method:
            continue
        if is_used_again(payment, session.driver_id, session.cp_id, now, _terms(shard).used_again_within):
            return payment
    return None


def step(shard: Shard, before: Payment | None, after: Payment, now: datetime) -> list[Effect]:
    """Keep a payment as it is now, with what goes into the books, and ask the provider for what follows."""
    if after == before or shard.payments is None:
        return []
    bill = shard.payments.bill(after.session_id)
    shard.payments.keep(after)
    shard.payments.for_another_try.pop(after.session_id, None)
    is_new = before is None or _key(before) != _key(after)
    if is_new:
        shard.timers.cancel(PAYMENT, after.session_id)
    booked = [each for entry in entries_of(before, after, bill, now) for each in _credited(shard, entry)]
    asked = ask(shard, after, now) if is_new and after.operation is not None else []
    return [after, *booked, *asked]


def numbered(shard: Shard, bill: Bill) -> tuple[Bill, list[Effect]]:
    """A bill with the number of its receipt, and the series that is kept with it; as it is where nobody is asked to
    pay."""
    if shard.payments is None:
        return bill, []
    series = shard.numbers.next(bill.ended_at)
    return changed(bill, number=series.number), [series]


def _credited(shard: Shard, entry: Entry) -> list[Effect]:
    """An entry, with the number of a credit note where it is of a refund."""
    if entry.kind is not EntryKind.REFUND:
        return [entry]
    series = shard.numbers.next(entry.at, CREDIT)
    return [series, changed(entry, number=series.number)]


def ask(shard: Shard, payment: Payment, now: datetime, *, is_look: bool = False) -> list[Effect]:
    """Have the provider asked for what a payment has ordered, or how it stands."""
    return [shard.numbered(due_of(payment, now, is_look=is_look, find_after=_terms(shard).find_after))]


def plan(shard: Shard, payment: Payment) -> None:
    """Ask again once the time has come."""
    if payment.operation is not None:
        shard.timers.set(PAYMENT, payment.session_id, tries_at(payment.operation, _terms(shard).last_again))


def on_due(shard: Shard, session_id: str, now: datetime) -> list[Effect]:
    """The provider is asked again; a hold that no other try has used is released."""
    payment = payment_of(shard, session_id)
    if payment is None:
        return []
    return give_up(shard, session_id, now) if payment.operation is None else ask(shard, payment, now)


def on_bill(shard: Shard, bill: Bill, now: datetime) -> list[Effect]:
    """A bill goes into the books, and is captured."""
    if shard.payments is None:
        return []
    shard.payments.keep_bill(bill)
    payment = shard.payments.get(bill.session_id)
    paid = [] if payment is None else step(shard, payment, billed(payment, to_cents(bill.micro_euros), now), now)
    return [bill_entry(bill), *paid]


def on_fee(shard: Shard, bill: Bill, method: str | None, now: datetime) -> list[Effect]:
    """The fee of a reservation is held and captured in one go."""
    cents, method = to_cents(bill.micro_euros), method or _terms(shard).method
    if shard.payments is None or method is None or not cents:
        return on_bill(shard, bill, now)
    payment = requested(bill.session_id, bill.driver_id, bill.cp_id, method, cents, now)
    effects = step(shard, None, billed(payment, cents, now), now)
    shard.payments.keep_bill(bill)
    return [bill_entry(bill), *effects]


def give_up(shard: Shard, session_id: str, now: datetime) -> list[Effect]:
    """A session does not take place: what is held for it is released."""
    payment = payment_of(shard, session_id)
    return [] if payment is None else step(shard, payment, given_up(payment, now), now)


def keep_for_another_try(shard: Shard, session_id: str, now: datetime) -> list[Effect]:
    """Nobody has plugged a vehicle in: the hold is kept for a while, so that its driver may try again with it."""
    payment = payment_of(shard, session_id)
    if payment is None or shard.payments is None:
        return []
    # By a clock that was set back meanwhile, it may have been asked for hours ahead.
    until = min(payment.asked_at, now) + _terms(shard).used_again_within
    if payment.state is not PaymentState.HELD or payment.operation is not None or until <= now:
        return give_up(shard, session_id, now)
    shard.payments.for_another_try[session_id] = None
    shard.timers.set(PAYMENT, session_id, until)
    return []


def on_cost(shard: Shard, session: Session, power_w: int, micro_euros: int, now: datetime) -> list[Effect]:
    """More is asked for, once a charge has cost most of what is held."""
    payment, cents = payment_of(shard, session.session_id), to_cents(micro_euros)
    if payment is None or not is_raise_due(payment, cents):
        return []
    most = payment.held_cents + _terms(shard).most_cents
    return step(shard, payment, raised(payment, cents_wanted(session, power_w, most), now), now)


def paid_for(shard: Shard, session: Session, power_w: int) -> Paid | None:
    """How long a session may go on with what is held for it; None where no payments are asked for."""
    payment = payment_of(shard, session.session_id)
    return None if payment is None else paid_by(session, power_w, payment.held_cents)


def to_look_up(shard: Shard, session_id: str) -> list[tuple[type[Record], str]]:
    """What the ledger may know of the payment of a session that is not in mind."""
    if shard.payments is None or shard.payments.get(session_id) is not None:
        return []
    return [(Payment, session_id), (Bill, session_id)]


def remember(shard: Shard, record: Payment | Bill) -> None:
    """Take what the ledger has of a payment into mind."""
    if shard.payments is None:
        return
    if isinstance(record, Bill):
        shard.payments.keep_bill(record)
    elif shard.payments.get(record.session_id) is None:
        shard.payments.keep(record)


def payment_of(shard: Shard, session_id: str) -> Payment | None:
    """The payment of a session, if it is in mind."""
    return None if shard.payments is None else shard.payments.get(session_id)


def _key(payment: Payment) -> str | None:
    return payment.operation.key if payment.operation else None


def _terms(shard: Shard) -> PaymentTerms:
    return PaymentTerms() if shard.payments is None else shard.payments.terms
