"""All buses keep one contract."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from evcharging.adapters.bus import Bus
from evcharging.adapters.bus.memory import MemoryBus
from evcharging.tests.bus_contract import BusContract
from evcharging.tests.bus_world import PARTITIONS, World


class MemoryWorld:
    """A memory bus does everything at once: nothing is left to wait for."""

    def __init__(self) -> None:
        self.bus: Bus = MemoryBus(PARTITIONS)

    def wake(self) -> None:
        pass

    def settle(self, until: Callable[[], bool]) -> None:
        assert any(until() for _ in range(100))


class TestMemoryBus(BusContract):
    @contextmanager
    def opened(self) -> Iterator[World]:
        yield MemoryWorld()
