"""What the simulated provider keeps: payments, keys with their answers, and events that are to be sent. No card number
is in any of it."""

from datetime import datetime

from evcharging.common.utils import Frozen
from evcharging.domain.payment import OperationKind
from evcharging.domain.provider import ProviderOutcome, ProviderPayment

CURRENCY = "eur"


class Asked(Frozen, frozen=True, kw_only=True):
    """What somebody asks of the provider. `is_all`: all that is held is captured, or all that is left refunded."""

    kind: OperationKind
    key: str | None = None
    reference: str = ""
    payment_id: str = ""
    method: str = ""
    cents: int = 0
    is_all: bool = False
    currency: str = CURRENCY


class KeptPayment(Frozen, frozen=True, kw_only=True):
    """A payment, with the card's stand-in, each refund in cents, and when something happens to it by itself."""

    said: ProviderPayment
    method: str
    refunds: tuple[int, ...] = ()
    due_at: datetime | None = None


class KeptKey(Frozen, frozen=True, kw_only=True):
    """A key, how often it came, and what was asked and answered under it, once that is certain."""

    key: str
    first_at: datetime
    tries: int = 0
    asked: Asked | None = None
    outcome: ProviderOutcome | None = None


class KeptDelivery(Frozen, frozen=True, kw_only=True):
    """An event that is sent at a moment. The payment is as it was when it happened."""

    delivery_id: str
    event_id: str
    kind: str
    created_at: datetime
    payment: ProviderPayment
    at: datetime
    attempts: int = 0


Kept = KeptPayment | KeptKey | KeptDelivery


def key_of(kept: Kept) -> str:
    """What it is kept under."""
    match kept:
        case KeptPayment():
            return kept.said.payment_id
        case KeptKey():
            return kept.key
    return kept.delivery_id
