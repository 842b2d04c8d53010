"""What a provider of payments can do, whoever it is: one contract, which the simulated one keeps and a real one over
HTTP. Cards are known by what stands for them with the provider, and never by their number."""

from datetime import datetime
from typing import Protocol

from evcharging.common.messages_payments import ProviderDue
from evcharging.domain.payment import OperationKind
from evcharging.domain.provider import ProviderCard, ProviderEvent, ProviderOutcome, ProviderPage


class ProviderAway(Exception):
    """The provider did not answer, or not in a way that can be understood; the text says what came."""


class BadWebhook(ValueError):
    """What came is no event of the provider, in one sentence."""


class CardRefused(ValueError):
    """The provider has no such card, or takes none; one sentence, which repeats no number."""


class Provider(Protocol):
    """A provider of payments. Amounts are whole cents. Whatever is asked again under the same key within a day takes
    effect once; with another body it is declined."""

    @property
    def takes_numbers(self) -> bool:
        """Whether the numbers of cards for tests may be given to it: no other number ever is."""
        ...

    async def card(self, number: str, expires: str) -> ProviderCard:
        """What stands for the card for tests with a number, whose last month is such as 2030-12. Raises CardRefused for
        any other number, which goes nowhere; ProviderAway."""

    async def known_card(self, method: str) -> ProviderCard:
        """The card that `method` stands for. Raises CardRefused; ProviderAway."""

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


async def answered(provider: Provider, due: ProviderDue) -> ProviderOutcome:
    """Ask the provider for what is due."""
    payment_id = due.payment_id or ""
    if due.is_look:
        return await (provider.look(payment_id) if payment_id else provider.find(due.reference))
    match OperationKind(due.operation):
        case OperationKind.AUTHORIZE:
            return await provider.authorize(due.key, due.reference, due.method, due.cents)
        case OperationKind.INCREMENT:
            return await provider.increment(due.key, payment_id, due.cents)
        case OperationKind.CAPTURE:
            return await provider.capture(due.key, payment_id, due.cents)
        case OperationKind.VOID:
            return await provider.void(due.key, payment_id)
    return await provider.refund(due.key, payment_id, due.cents)
