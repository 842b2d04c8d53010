"""What a provider of payments says: how a payment stands with it, and what came of an operation. Whole cents. Knows no
network and no card number."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from evcharging.common.utils import Frozen, changed


class ProviderStatus(StrEnum):
    """How a payment stands with the provider. DECLINED: nothing was ever held. VOIDED: the hold was released, by us or
    as it was too old."""

    DECLINED = "declined"
    HELD = "held"
    VOIDED = "voided"
    CAPTURED = "captured"


class Dispute(StrEnum):
    """How far a cardholder's complaint at the bank is. WON: the money stays ours."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class ProviderPayment(Frozen, frozen=True, kw_only=True):
    """A payment as the provider has it. `payment_id` is the provider's, `reference` is ours. None of it ever goes back:
    the status goes forward, and each amount only grows."""

    payment_id: str
    reference: str
    created_at: datetime
    status: ProviderStatus
    held_cents: int = 0
    captured_cents: int = 0
    refunded_cents: int = 0
    dispute: Dispute | None = None
    code: str | None = None


class ProviderCard(Frozen, frozen=True, kw_only=True):
    """A card as the provider has it: `method` stands for it, and the rest may be shown. `expires` is its last month."""

    method: str
    brand: str
    last4: str
    expires: str


class OutcomeKind(StrEnum):
    """What is known of an operation. UNKNOWN: it may have taken effect or not."""

    OK = "ok"
    DECLINED = "declined"
    UNKNOWN = "unknown"


class ProviderOutcome(Frozen, frozen=True, kw_only=True):
    """What came of an operation: the payment as it is now; or a code and a sentence why nothing was done, or why
    nobody knows. A look for a payment that there is not is OK without one."""

    kind: OutcomeKind
    payment: ProviderPayment | None = None
    code: str | None = None
    text: str | None = None


class ProviderPage(Frozen, frozen=True, kw_only=True):
    """Some payments, the newest first, and where those before them begin; None after the last of all."""

    items: tuple[ProviderPayment, ...]
    cursor: str | None = None


class ProviderEvent(Frozen, frozen=True, kw_only=True):
    """A hint of the provider that a payment has changed. What it says of the payment is not believed: the payment is
    looked up."""

    event_id: str
    kind: str
    created_at: datetime
    payment_id: str
    reference: str


def done(payment: ProviderPayment | None) -> ProviderOutcome:
    """It took effect."""
    return ProviderOutcome(kind=OutcomeKind.OK, payment=payment)


def declined(code: str, text: str, payment: ProviderPayment | None = None) -> ProviderOutcome:
    """Nothing was done, and that is certain."""
    return ProviderOutcome(kind=OutcomeKind.DECLINED, code=code, text=text, payment=payment)


def unknown(text: str) -> ProviderOutcome:
    """Nobody knows whether it took effect."""
    return ProviderOutcome(kind=OutcomeKind.UNKNOWN, text=text)


def chosen(newest_first: Sequence[ProviderPayment]) -> ProviderPayment | None:
    """Of all payments with one reference the newest that has money, or the newest."""
    with_money = [each for each in newest_first if each.status in (ProviderStatus.HELD, ProviderStatus.CAPTURED)]
    return next(iter(with_money or newest_first), None)


def merged(known: ProviderPayment | None, seen: ProviderPayment) -> ProviderPayment:
    """Two looks at one payment as one, whichever was first: since nothing goes back, the later of both in everything.
    However often and in whatever order looks arrive, they come to the same."""
    if known is None:
        return seen
    statuses, disputes = list(ProviderStatus), [None, *Dispute]
    return changed(
        known,
        status=max(known.status, seen.status, key=statuses.index),
        held_cents=max(known.held_cents, seen.held_cents),
        captured_cents=max(known.captured_cents, seen.captured_cents),
        refunded_cents=max(known.refunded_cents, seen.refunded_cents),
        dispute=max(known.dispute, seen.dispute, key=disputes.index),
        code=known.code or seen.code,
    )
