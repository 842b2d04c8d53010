"""What a provider of payments can do, whoever it is: one contract, which the simulated one keeps and a real one over
HTTP. Cards are known by what stands for them with the provider, and never by their number."""

from datetime import datetime
from typing import Protocol

from evcharging.domain.payment import OperationKind, Payment
from evcharging.domain.provider import ProviderEvent, ProviderOutcome, ProviderPage


class ProviderAway(Exception):
    """The provider did not answer, or not in a way that can be understood; the text says what came."""


class BadWebhook(ValueError):
    """What came is no event of the provider, in one sentence."""


class Provider(Protocol):
    """A provider of payments. Amounts are whole cents. Whatever is asked again under the same key within a day takes
    effect once; with another body it is declined."""

    async def authorize(self, key: str, reference: str, method: str, cents: int) -> ProviderOutcome:
        """Hold so much on the card that `method` stands for."""

    async def increment(self, key: str, payment_id: str, cents: int) -> ProviderOutcome:
        """Hold so much in all."""

    async def capture(self, key: str, payment_id: str, cents: int) -> ProviderOutcome:
        """Take so much of what is held, once, and release the rest."""

    async def void(self, key: str, payment_id: str) -> ProviderOutcome:
        """Release what is held."""

    async def refund(self, key: str, payment_id: str, cents: int) -> ProviderOutcome:
        """Pay so much of what was captured back."""

    async def look(self, payment_id: str) -> ProviderOutcome:
        """How a payment stands."""

    async def find(self, reference: str) -> ProviderOutcome:
        """How the payment with a reference of ours stands; OK without a payment where there is none."""

    async def list(self, since: datetime, cursor: str | None = None) -> ProviderPage:
        """Payments that were made since then, the newest first. Raises ProviderAway."""

    def verify_webhook(self, body: bytes, signature: str, now: datetime) -> ProviderEvent:
        """What an event says, if it is the provider's and new. Raises BadWebhook."""

    async def close(self) -> None:
        """Let go of its connections."""


async def look_up(provider: Provider, payment: Payment) -> ProviderOutcome:
    """Ask the provider how a payment stands: by its own ID, or by our reference where we never heard of one."""
    known = payment.known
    return await (provider.look(known.payment_id) if known else provider.find(payment.reference))


async def carry_out(provider: Provider, payment: Payment) -> ProviderOutcome:
    """Ask the provider for what a payment has ordered. Raises ValueError where it has ordered nothing."""
    operation, known = payment.operation, payment.known
    if operation is None or (known is None and operation.kind is not OperationKind.AUTHORIZE):
        raise ValueError(f"The payment of {payment.session_id} asks for nothing")
    payment_id = known.payment_id if known else ""
    match operation.kind:
        case OperationKind.AUTHORIZE:
            return await provider.authorize(operation.key, payment.reference, payment.method, operation.cents)
        case OperationKind.INCREMENT:
            return await provider.increment(operation.key, payment_id, operation.cents)
        case OperationKind.CAPTURE:
            return await provider.capture(operation.key, payment_id, operation.cents)
        case OperationKind.VOID:
            return await provider.void(operation.key, payment_id)
    return await provider.refund(operation.key, payment_id, operation.cents)
