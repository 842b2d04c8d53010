"""Which entries of the books follow from a step of a payment. Knows no provider, store or clock."""

from collections.abc import Iterator
from datetime import datetime

from evcharging.domain.books import Entry, capture_entry, dispute_entry, late_bill_entry, refund_entry
from evcharging.domain.payment import Payment, PaymentState
from evcharging.domain.provider import Dispute, ProviderStatus
from evcharging.domain.session import Bill

ENDED = (ProviderStatus.CAPTURED, ProviderStatus.VOIDED)


def entries_of(before: Payment | None, after: Payment, bill: Bill | None, at: datetime) -> list[Entry]:
    """The entries of a step, in which several things may have happened; the bill's own is made where it is billed. A
    step that is seen again makes the same entries, with the same IDs."""
    found = [*_captured(before, after, bill, at), *_refunded(before, after, bill, at), *_disputed(before, after, at)]
    return [entry for entry in found if entry.postings]


def is_settled(payment: Payment) -> bool:
    """Whether nothing will be captured any more of a session that has been billed, or does not take place."""
    is_decided = payment.due_cents is not None or payment.is_given_up
    has_ended = payment.known is not None and payment.known.status in ENDED
    return is_decided and (has_ended or payment.state is PaymentState.DECLINED)


def _captured(before: Payment | None, after: Payment, bill: Bill | None, at: datetime) -> Iterator[Entry]:
    if before is not None and is_settled(before):
        if bill is not None and before.due_cents is None and after.due_cents is not None:
            yield late_bill_entry(after.session_id, bill.micro_euros, at)
    elif is_settled(after):
        yield capture_entry(after.session_id, bill.micro_euros if bill else 0, after.captured_cents, at)


def _refunded(before: Payment | None, after: Payment, bill: Bill | None, at: datetime) -> Iterator[Entry]:
    already = before.refunded_cents if before is not None else 0
    if after.refunded_cents > already:
        refund = already, after.refunded_cents
        yield refund_entry(after.session_id, bill, after.captured_cents, refund, at)


def _disputed(before: Payment | None, after: Payment, at: datetime) -> Iterator[Entry]:
    is_over = _dispute(after) in (Dispute.WON, Dispute.LOST)
    steps = [None, Dispute.OPEN, _dispute(after)] if is_over else [None, _dispute(after)]
    cents = after.captured_cents - after.refunded_cents
    for step in steps[steps.index(_dispute(before)) + 1 :]:
        if step is not None:
            yield dispute_entry(after.session_id, step, cents, at)


def _dispute(payment: Payment | None) -> Dispute | None:
    return payment.known.dispute if payment is not None and payment.known is not None else None
