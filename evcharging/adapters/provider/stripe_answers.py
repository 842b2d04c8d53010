"""What Stripe's API answers, as far as it matters here, and the payment that it says. Knows no network."""

from datetime import datetime

from evcharging.common.moments import from_microseconds
from evcharging.common.utils import Frozen
from evcharging.domain.provider import Dispute, ProviderCard, ProviderPayment, ProviderStatus

STATUSES = {
    "requires_capture": ProviderStatus.HELD,
    "succeeded": ProviderStatus.CAPTURED,
    "canceled": ProviderStatus.VOIDED,
}
"""Any other status holds no money: the card was declined, or its owner would have to consent."""

ENDS = {"won": Dispute.WON, "lost": Dispute.LOST}


class Metadata(Frozen, frozen=True, kw_only=True):
    """What we gave along."""

    reference: str = ""


class ChargeAnswer(Frozen, frozen=True, kw_only=True):
    """What was taken from the card."""

    id: str
    amount_refunded: int = 0
    disputed: bool = False


class LastError(Frozen, frozen=True, kw_only=True):
    """Why the newest try failed."""

    code: str | None = None
    decline_code: str | None = None

    @property
    def reason(self) -> str | None:
        """The code that says most."""
        return self.decline_code if self.code == "card_declined" and self.decline_code else self.code


class Intent(Frozen, frozen=True, kw_only=True):
    """A payment intent."""

    id: str
    amount: int
    created: int
    status: str
    amount_received: int = 0
    metadata: Metadata = Metadata()
    latest_charge: ChargeAnswer | str | None = None
    last_payment_error: LastError | None = None

    @property
    def is_disputed(self) -> bool:
        """Whether there is a dispute, which is to be looked up."""
        return isinstance(self.latest_charge, ChargeAnswer) and self.latest_charge.disputed


class IntentList(Frozen, frozen=True, kw_only=True):
    """A page of payment intents."""

    data: tuple[Intent, ...]
    has_more: bool


class SearchResult(Frozen, frozen=True, kw_only=True):
    """Payment intents that were searched for."""

    data: tuple[Intent, ...]


class DisputeAnswer(Frozen, frozen=True, kw_only=True):
    """A dispute."""

    status: str


class DisputeList(Frozen, frozen=True, kw_only=True):
    """The disputes of a payment."""

    data: tuple[DisputeAnswer, ...]


class CardAnswer(Frozen, frozen=True, kw_only=True):
    """What may be shown of a card."""

    brand: str
    last4: str
    exp_month: int
    exp_year: int


class MethodAnswer(Frozen, frozen=True, kw_only=True):
    """What stands for a card."""

    id: str
    card: CardAnswer

    @property
    def said(self) -> ProviderCard:
        """The card that it is."""
        expires = f"{self.card.exp_year:04d}-{self.card.exp_month:02d}"
        return ProviderCard(method=self.id, brand=self.card.brand, last4=self.card.last4, expires=expires)


class RefusedError(Frozen, frozen=True, kw_only=True):
    """Why something was not done."""

    type: str = ""
    message: str = ""
    code: str | None = None
    decline_code: str | None = None
    payment_intent: Intent | None = None

    @property
    def reason(self) -> str:
        """The code that says most."""
        if self.type == "idempotency_error":
            return "idempotency_key_reused"
        said = self.decline_code if self.code == "card_declined" and self.decline_code else self.code
        return said or self.type


class RefusedAnswer(Frozen, frozen=True, kw_only=True):
    """An answer that says no."""

    error: RefusedError


def payment_of(intent: Intent, dispute: str | None = None) -> ProviderPayment:
    """The payment that an intent is; `dispute`: how a dispute of it stands."""
    status = STATUSES.get(intent.status, ProviderStatus.DECLINED)
    charge = intent.latest_charge if isinstance(intent.latest_charge, ChargeAnswer) else None
    is_declined = status is ProviderStatus.DECLINED
    return ProviderPayment(
        payment_id=intent.id,
        reference=intent.metadata.reference,
        created_at=_moment(intent.created),
        status=status,
        held_cents=0 if is_declined else intent.amount,
        captured_cents=intent.amount_received,
        refunded_cents=charge.amount_refunded if charge else 0,
        dispute=ENDS.get(dispute, Dispute.OPEN) if dispute else None,
        code=intent.last_payment_error.reason if is_declined and intent.last_payment_error else None,
    )


def _moment(seconds: int) -> datetime:
    return from_microseconds(seconds * 1_000_000)
