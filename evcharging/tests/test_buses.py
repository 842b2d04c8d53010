"""All buses keep one contract. `EVCHARGING_KAFKA=host:port` adds a real broker; this project's topics there are
deleted and made anew for each test, so never name one that is in use."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from evcharging.tests.bus_contract import BusContract
from evcharging.tests.bus_world import MemoryWorld, World
from evcharging.tests.kafka_world import forget_topics, kafka_world, mock_world

BROKER = os.environ.get("EVCHARGING_KAFKA", "")


class TestMemoryBus(BusContract):
    @contextmanager
    def opened(self) -> Iterator[World]:
        yield MemoryWorld()


class TestKafkaBusOnAMockCluster(BusContract):
    @contextmanager
    def opened(self) -> Iterator[World]:
        with mock_world() as (_, world):
            yield world


if BROKER:

    class TestKafkaBusOnARealBroker(BusContract):
        @contextmanager
        def opened(self) -> Iterator[World]:
            forget_topics(BROKER)
            with kafka_world(BROKER, {}) as world:
                yield world
