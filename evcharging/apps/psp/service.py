"""The simulated provider with its file and its clock: whatever it says has been written down first."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime

from evcharging.adapters.provider.simulated.faults import ProviderFaults
from evcharging.adapters.provider.simulated.file import KeptFile, KeptFileUnusable
from evcharging.adapters.provider.simulated.kept import Asked, KeptDelivery
from evcharging.adapters.provider.simulated.machine import Answer, SimulatedBooks
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
        self.lost: str | None = None
        self._file = file
        self._on_lost = on_lost
        self.books.restore(file.load())

    def ask(self, asked: Asked) -> Answer:
        """Do what is asked."""
        answer = self.books.ask(asked, self.now())
        self._commit()
        return answer

    def look(self, payment_id: str) -> ProviderPayment | None:
        """How a payment stands."""
        found = self.books.look(payment_id, self.now())
        self._commit()
        return found

    def all_of(self, reference: str) -> tuple[ProviderPayment, ...]:
        """All payments with a reference, the newest first."""
        found = self.books.all_of(reference, self.now())
        self._commit()
        return found

    def list(self, since: datetime, cursor: str | None, most: int) -> ProviderPage:
        """Payments that were made since then, the newest first."""
        found = self.books.list(since, cursor, self.now(), most)
        self._commit()
        return found

    def due(self) -> tuple[KeptDelivery, ...]:
        """The events that are to be sent now."""
        self.books.advance(self.now())
        self._commit()
        return tuple(self.books.events.take(self.now()))

    def told(self, delivery: KeptDelivery, *, has_arrived: bool) -> None:
        """An event has arrived, or is sent again later."""
        if has_arrived:
            self.books.events.sent(delivery)
        else:
            self.books.events.failed(delivery, self.now())
        with suppress(KeptFileUnusable):
            self._commit()

    def _commit(self) -> None:
        if self.lost is not None:
            raise KeptFileUnusable(self.lost)
        try:
            self._file.commit()
        except KeptFileUnusable as error:
            self.lost = str(error)
            self._on_lost(self.lost)
            raise
