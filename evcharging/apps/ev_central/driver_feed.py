"""What is said to drivers, read from the bus for as long as somebody listens here: any Central can tell any driver.
Decides nothing."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from evcharging.adapters.bus import NOW, Bus, Subscription
from evcharging.common.kafka import DRIVER_UPDATES
from evcharging.common.messages import DriverUpdate
from evcharging.common.messages_queue import QueueUpdate
from evcharging.common.messages_reservations import ReservationUpdate

Said = DriverUpdate | QueueUpdate | ReservationUpdate
Hear = Callable[[Said], None]

GROUP = "streams"
AT_ONCE = 1_000
"""Updates that are handed on before others of this process have their turn."""


class DriverFeed:
    """Used in the event loop alone. Who listens hears what is said from then on; the first words may be missed while
    reading begins, so that who waits for an answer has to look into the ledger as well."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._listeners: defaultdict[str, set[Hear]] = defaultdict(set)
        self._subscription: Subscription | None = None
        self._reads = False

    @property
    def is_read(self) -> bool:
        """Whether anything is read just now."""
        return self._subscription is not None

    @contextmanager
    def listening(self, driver_id: str, hear: Hear) -> Iterator[None]:
        """Let somebody hear what is said to a driver, until the block is left; `hear` is called in the event loop."""
        if self._subscription is None:
            self._subscription = self._begun()
        self._listeners[driver_id].add(hear)
        try:
            yield
        finally:
            self._listeners[driver_id].discard(hear)
            if not self._listeners[driver_id]:
                del self._listeners[driver_id]
            if not self._listeners:
                self._end()

    def _begun(self) -> Subscription:
        numbers = range(self._bus.partitions)
        reader = self._bus.subscribe((DRIVER_UPDATES,), group=GROUP, partitions=numbers, on_ready=self._wake)
        reader.seek({(DRIVER_UPDATES.name, number): NOW for number in numbers})
        return reader

    def _end(self) -> None:
        reader, self._subscription = self._subscription, None
        if reader is not None:
            reader.close(for_good=True)

    def _wake(self) -> None:
        if not self._reads:
            self._reads = True
            asyncio.get_running_loop().call_soon(self._read)

    def _read(self) -> None:
        self._reads = False
        reader = self._subscription
        batch = reader.poll(AT_ONCE) if reader is not None else []
        if reader is None or not batch:
            return
        for fetched in batch:
            for update in fetched.messages:
                if isinstance(update, Said):
                    self._hand_on(update)
        reader.done({(fetched.topic.name, fetched.partition): fetched.next_offset for fetched in batch})
        self._wake()

    def _hand_on(self, update: Said) -> None:
        for hear in tuple(self._listeners.get(update.driver_id, ())):
            hear(update)
