"""The simulated provider in this process: its books are asked, and whoever is not answered hears that nobody knows."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from evcharging.adapters.provider import ProviderAway
from evcharging.adapters.provider.received import received
from evcharging.adapters.provider.signatures import signed
from evcharging.adapters.provider.simulated.cards import exchanged, known
from evcharging.adapters.provider.simulated.events import body_of
from evcharging.adapters.provider.simulated.kept import Asked, KeptDelivery
from evcharging.adapters.provider.simulated.machine import SimulatedBooks
from evcharging.domain.payment import OperationKind
from evcharging.domain.provider import (
    ProviderCard,
    ProviderEvent,
    ProviderOutcome,
    ProviderPage,
    ProviderPayment,
    done,
    unknown,
)

SECRET = "whsec_in_process"  # noqa: S105  # it signs what never leaves this process
NO_ANSWER = unknown("the provider did not answer")


async def at_once() -> bool:
    """Nothing has to be written down."""
    return True


class InProcessProvider:
    """A provider without a network. While it `is_away`, nothing reaches it. `lasts` waits until all that
    it knows is written down; False where that cannot be, and then nobody is answered."""

    takes_numbers = True

    def __init__(
        self, books: SimulatedBooks, now: Callable[[], datetime], lasts: Callable[[], Awaitable[bool]] = at_once
    ) -> None:
        self.is_away = False
        self.books = books
        self._now = now
        self._lasts = lasts

    async def card(self, number: str, expires: str) -> ProviderCard:
        """What stands for a card. Raises CardRefused; ProviderAway."""
        self._must_answer()
        return exchanged(number, expires)

    async def known_card(self, method: str) -> ProviderCard:
        """What a method stands for. Raises CardRefused; ProviderAway."""
        self._must_answer()
        return known(method)

    async def authorize(self, key: str, reference: str, method: str, cents: int) -> ProviderOutcome:
        """Hold so much."""
        return await self._ask(
            Asked(kind=OperationKind.AUTHORIZE, key=key, reference=reference, method=method, cents=cents)
        )

    async def increment(self, key: str, payment_id: str, cents: int) -> ProviderOutcome:
        """Hold so much in all."""
        return await self._ask(Asked(kind=OperationKind.INCREMENT, key=key, payment_id=payment_id, cents=cents))

    async def capture(self, key: str, payment_id: str, cents: int) -> ProviderOutcome:
        """Take so much of it."""
        return await self._ask(Asked(kind=OperationKind.CAPTURE, key=key, payment_id=payment_id, cents=cents))

    async def void(self, key: str, payment_id: str) -> ProviderOutcome:
        """Release it."""
        return await self._ask(Asked(kind=OperationKind.VOID, key=key, payment_id=payment_id))

    async def refund(self, key: str, payment_id: str, cents: int) -> ProviderOutcome:
        """Pay so much back."""
        return await self._ask(Asked(kind=OperationKind.REFUND, key=key, payment_id=payment_id, cents=cents))

    async def look(self, payment_id: str) -> ProviderOutcome:
        """How a payment stands."""
        return await self._looked(lambda: self.books.look(payment_id, self._now()))

    async def find(self, reference: str) -> ProviderOutcome:
        """How the payment with a reference stands."""
        return await self._looked(lambda: self.books.find(reference, self._now()))

    async def list(self, since: datetime, cursor: str | None = None) -> ProviderPage:
        """Payments that were made since then. Raises ProviderAway."""
        self._must_answer()
        page = self.books.list(since, cursor, self._now())
        if not await self._lasts():
            raise ProviderAway("The provider cannot write its file")
        return page

    def due(self) -> Sequence[tuple[bytes, str]]:
        """The events that are sent now, each with its signature; they are not sent again."""
        if self.is_away:
            return []
        self.books.advance(self._now())
        deliveries = self.books.events.take(self._now())
        for delivery in deliveries:
            self.books.events.sent(delivery)
        return [self.event(delivery) for delivery in deliveries]

    def event(self, delivery: KeptDelivery) -> tuple[bytes, str]:
        """An event and its signature, as they would be sent now."""
        body = body_of(delivery)
        return body, signed(body, SECRET, self._now())

    def verify_webhook(self, body: bytes, signature: str, now: datetime) -> ProviderEvent:
        """What an event says. Raises BadWebhook."""
        return received(body, signature, SECRET, now)

    async def close(self) -> None:
        """Nothing is open."""

    def _must_answer(self) -> None:
        if self.is_away:
            raise ProviderAway("The provider does not answer")

    async def _ask(self, asked: Asked) -> ProviderOutcome:
        if self.is_away:
            return NO_ANSWER
        answer = self.books.ask(asked, self._now())
        return answer.outcome if await self._lasts() and answer.is_heard else NO_ANSWER

    async def _looked(self, look: Callable[[], ProviderPayment | None]) -> ProviderOutcome:
        if self.is_away:
            return NO_ANSWER
        found = look()
        return done(found) if await self._lasts() else NO_ANSWER
