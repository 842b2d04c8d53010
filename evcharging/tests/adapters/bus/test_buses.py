"""All buses keep one contract; `tests/real/test_bus.py` holds the bus on a real Kafka to it."""

from collections.abc import Iterator
from contextlib import contextmanager

from evcharging.tests.contracts.bus_contract import BusContract
from evcharging.tests.stages.bus_world import MemoryWorld, World
from evcharging.tests.stages.kafka_world import mock_world


class TestMemoryBus(BusContract):
    @contextmanager
    def opened(self) -> Iterator[World]:
        yield MemoryWorld()


class TestKafkaBusOnAMockCluster(BusContract):
    @contextmanager
    def opened(self) -> Iterator[World]:
        with mock_world() as (_, world):
            yield world
