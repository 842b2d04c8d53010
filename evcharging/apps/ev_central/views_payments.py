"""What is shown of payments and cards; `views.py` says more of such structures. Amounts are whole cents."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from evcharging.apps.ev_central.views import CpId, DriverId, Moment, Next, RequestId, SessionId, View, utc_or_none
from evcharging.apps.ev_central.views_ledger import ActorView, SessionView, actor_view, session_view
from evcharging.common.utils import as_fields, field_names, shown, utc
from evcharging.domain.access.cards import Card, has_expired
from evcharging.domain.books import Entry, EntryKind
from evcharging.domain.payment import Operation, OperationKind, Payment, PaymentState
from evcharging.domain.provider import Dispute, ProviderPayment, ProviderStatus
from evcharging.domain.session import Session

Cents = Annotated[int, shown(5000)]
Method = Annotated[str, shown("pm_card_visa", "What stands for the card with the provider; no number of a card")]
PaymentId = Annotated[str, shown("pi_4f1c0a9b2d7e", "What the provider calls it")]
Code = Annotated[str, shown("insufficient_funds", "The provider's word for why it was declined")]
Note = Annotated[str, shown("The cable came loose")]
MicroEuros = Annotated[int, shown(330_000)]


class CardView(View, frozen=True, kw_only=True):
    """A card of a driver's account, as much as may be shown of it. `expires` is its last month."""

    card_id: Annotated[str, shown("card-5d0c1f7a9b3e2c44")]
    method: Method
    brand: Annotated[str, shown("visa")]
    last4: Annotated[str, shown("4242")]
    expires: Annotated[str, shown("2030-12")]
    has_expired: bool
    is_default: Annotated[bool, shown(True, "It pays where no card is named")]
    added_at: Moment


class CardList(View, frozen=True, kw_only=True):
    """All cards of an account, in the order in which they were added."""

    items: list[CardView]


def card_view(card: Card, now: datetime) -> CardView:
    """A card at a moment."""
    fields = as_fields(card)
    del fields["account_id"]
    return CardView(**{**fields, "added_at": utc(card.added_at)}, has_expired=has_expired(card.expires, now))


class PaymentSums(View, frozen=True, kw_only=True):
    """How a payment stands. `due_cents`: what was billed; `owed_cents`: what of that was not captured."""

    state: PaymentState
    held_cents: Cents
    captured_cents: Cents
    refunded_cents: Cents
    due_cents: Cents | None
    owed_cents: Annotated[int, shown(0)]
    code: Code | None


class OwnPayment(PaymentSums, frozen=True, kw_only=True):
    """A payment as its driver sees it."""

    session_id: SessionId
    cp_id: CpId
    asked_at: Moment


class PaymentView(OwnPayment, frozen=True, kw_only=True):
    """A payment. `session_id` is the session's that it pays, or the reservation's whose fee it is."""

    driver_id: DriverId
    method: Method
    payment_id: PaymentId | None


class AtProvider(View, frozen=True, kw_only=True):
    """All that was ever seen of a payment at its provider."""

    payment_id: PaymentId
    created_at: Moment
    status: ProviderStatus
    held_cents: Cents
    captured_cents: Cents
    refunded_cents: Cents
    dispute: Dispute | None
    code: Code | None


class UnderWay(View, frozen=True, kw_only=True):
    """What the provider is asked, and has not answered for certain. The key goes along however often it is asked."""

    key: Annotated[str, shown("session-3-1-17:2:capture")]
    kind: OperationKind
    cents: Cents
    ordered_at: Moment
    attempts: Annotated[int, shown(1)]
    tried_at: Moment | None


class RefundView(View, frozen=True, kw_only=True):
    """What an operator had paid back, and why."""

    request_id: RequestId
    cents: Cents
    at: Moment
    note: Note
    actor: ActorView | None


class PostingView(View, frozen=True, kw_only=True):
    """An amount in an account: debit above 0, credit below."""

    account: Annotated[str, shown("receivable")]
    micro_euros: MicroEuros


class EntryView(View, frozen=True, kw_only=True):
    """An entry of the books: its postings add up to nothing."""

    entry_id: Annotated[str, shown("session-3-1-17:capture")]
    kind: EntryKind
    at: Moment
    postings: list[PostingView]


class PaymentDetails(PaymentView, frozen=True, kw_only=True):
    """A payment with what the provider has of it, what is under way, its refunds and its entries in the books.
    `reference`: what the provider knows it by, which is the session that it was first held for."""

    reference: SessionId
    known: AtProvider | None
    operation: UnderWay | None
    refunds: list[RefundView]
    entries: list[EntryView]


class PaymentPage(View, frozen=True, kw_only=True):
    """Some payments, and where the next ones begin."""

    items: list[PaymentView]
    next: Next | None


class OwnPaymentPage(View, frozen=True, kw_only=True):
    """Some payments of a driver, and where the next ones begin."""

    items: list[OwnPayment]
    next: Next | None


class SessionDetails(SessionView, frozen=True, kw_only=True):
    """A session, and how it is paid, where it is."""

    payment: PaymentSums | None


PAID = (CardList, PaymentPage, OwnPaymentPage, PaymentDetails, SessionDetails)
"""What is shown of payments."""


def session_details(session: Session, payment: Payment | None) -> SessionDetails:
    """A session with its payment."""
    sums = None if payment is None else PaymentSums(**_sums(payment))
    return SessionDetails(**as_fields(session_view(session)), payment=sums)


def own_payment(payment: Payment) -> OwnPayment:
    """A payment as its driver sees it."""
    return OwnPayment(**_own(payment))


def payment_view(payment: Payment) -> PaymentView:
    """A payment."""
    return PaymentView(**_all(payment))


def payment_details(payment: Payment, entries: Iterable[Entry]) -> PaymentDetails:
    """A payment with all that is known of it."""
    refunds = [
        RefundView(
            request_id=each.request_id,
            cents=each.cents,
            at=utc(each.at),
            note=each.note,
            actor=actor_view(each.actor) if each.actor else None,
        )
        for each in payment.refunds
    ]
    return PaymentDetails(
        **_all(payment),
        reference=payment.reference,
        known=_at_provider(payment.known) if payment.known else None,
        operation=_under_way(payment.operation) if payment.operation else None,
        refunds=refunds,
        entries=[_entry(each) for each in entries],
    )


def _sums(payment: Payment) -> dict[str, Any]:
    names = ("state", "held_cents", "captured_cents", "refunded_cents", "due_cents", "owed_cents", "code")
    return {name: getattr(payment, name) for name in names}


def _own(payment: Payment) -> dict[str, Any]:
    own = {"session_id": payment.session_id, "cp_id": payment.cp_id, "asked_at": utc(payment.asked_at)}
    return {**_sums(payment), **own}


def _all(payment: Payment) -> dict[str, Any]:
    payment_id = payment.known.payment_id if payment.known else None
    return {**_own(payment), "driver_id": payment.driver_id, "method": payment.method, "payment_id": payment_id}


def _at_provider(known: ProviderPayment) -> AtProvider:
    fields = {name: getattr(known, name) for name in field_names(AtProvider)}
    return AtProvider(**{**fields, "created_at": utc(known.created_at)})


def _under_way(operation: Operation) -> UnderWay:
    return UnderWay(
        key=operation.key,
        kind=operation.kind,
        cents=operation.cents,
        ordered_at=utc(operation.ordered_at),
        attempts=operation.attempts,
        tried_at=utc_or_none(operation.tried_at),
    )


def _entry(entry: Entry) -> EntryView:
    postings = [PostingView(account=each.account, micro_euros=each.micro_euros) for each in entry.postings]
    return EntryView(entry_id=entry.entry_id, kind=entry.kind, at=utc(entry.at), postings=postings)
