"""The simulated provider with its file and its clock: whatever it says is written down first, together with what others
ask at the same time."""

from collections.abc import Callable
from datetime import datetime

from evcharging.adapters.provider.simulated.faults import ProviderFaults
from evcharging.adapters.provider.simulated.file import KeptFile, KeptFileUnusable
from evcharging.adapters.provider.simulated.kept import Asked, KeptDelivery
from evcharging.adapters.provider.simulated.machine import Answer, SimulatedBooks
from evcharging.adapters.provider.simulated.saving import Saving
from evcharging.domain.provider import ProviderPage, ProviderPayment


class Service:
    """What a provider does. Once its file cannot be written, it does nothing any more, and `on_lost` is called with the
    reason: what it has in mind is not what it has written down. Raises KeptFileUnusable."""

    def __init__(
        self, faults: ProviderFaults, file: KeptFile, now: Callable[[], datetime], on_lost: Callable[[str], None]
    ) -> None:
        self.books = SimulatedBooks(faults, file.keep)
        self.faults = faults
        self.now = now
        self._saving = Saving(file)
        self._on_lost = on_lost
        self.books.restore(file.load())

    def ask(self, asked: Asked) -> Answer:
        """Do what is asked."""
        return self.books.ask(asked, self.now())

    def look(self, payment_id: str) -> ProviderPayment | None:
        """How a payment stands."""
        return self.books.look(payment_id, self.now())

    def all_of(self, reference: str) -> tuple[ProviderPayment, ...]:
        """All payments with a reference, the newest first."""
        return self.books.all_of(reference, self.now())

    def list(self, since: datetime, cursor: str | None, most: int) -> ProviderPage:
        """Payments that were made since then, the newest first."""
        return self.books.list(since, cursor, self.now(), most)

    def due(self) -> tuple[KeptDelivery, ...]:
        """The events that are to be sent now."""
        self.books.advance(self.now())
        return tuple(self.books.events.take(self.now()))

    def told(self, delivery: KeptDelivery, *, has_arrived: bool) -> None:
        """An event has arrived, or is sent again later."""
        if has_arrived:
            self.books.events.sent(delivery)
        else:
            self.books.events.failed(delivery, self.now())

    async def last(self) -> None:
        """Wait until all that was done until now is written down, and only then let anybody hear of it. Raises
        KeptFileUnusable."""
        was_lost = self._saving.lost is not None
        if was_lost or not await self._saving.lasts():
            reason = self._saving.lost or ""
            if not was_lost:
                self._on_lost(reason)
            raise KeptFileUnusable(reason)
