"""All buses keep one contract."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager

from evcharging.adapters.bus import Bus
from evcharging.adapters.bus.kafka import KafkaBus, open_kafka
from evcharging.adapters.bus.kafka_topics import NAMES, Settings
from evcharging.adapters.bus.memory import MemoryBus
from evcharging.tests.bus_contract import BusContract
from evcharging.tests.bus_world import PARTITIONS, World
from evcharging.tests.mock_kafka import mock_kafka

PATIENCE = 20.0
QUICK: Settings = {
    "fetch.wait.max.ms": 10,
    "fetch.error.backoff.ms": 10,
    "reconnect.backoff.ms": 10,
    "heartbeat.interval.ms": 50,
    # The mock cluster ends a rebalance one second before a session would end.
    "session.timeout.ms": 1400,
}
"""Settings that spare tests the waiting; nothing of what is tested hangs on them."""


class MemoryWorld:
    """A memory bus does everything at once: nothing is left to wait for."""

    def __init__(self) -> None:
        self.bus: Bus = MemoryBus(PARTITIONS)

    def wake(self) -> None:
        pass

    def settle(self, until: Callable[[], bool]) -> None:
        assert any(until() for _ in range(100))


class KafkaWorld:
    """Buses on one Kafka, each as if in a process of its own, and the event loop that they all live in."""

    def __init__(self, runner: asyncio.Runner, bootstrap: str) -> None:
        self.bootstrap = bootstrap
        self.said: list[str] = []
        self._runner = runner
        self._woken = asyncio.Event()
        self._opened: list[AbstractAsyncContextManager[KafkaBus]] = []
        self.bus: Bus = self.open()

    def open(self) -> KafkaBus:
        opened = open_kafka(self.bootstrap, PARTITIONS, self._say, QUICK)
        self._opened.append(opened)
        return self._runner.run(opened.__aenter__())

    def _say(self, level: str, text: str) -> None:
        self.said.append(text)
        self.wake()

    def wake(self) -> None:
        self._woken.set()

    def settle(self, until: Callable[[], bool]) -> None:
        async def wait() -> None:
            async with asyncio.timeout(PATIENCE):
                while not until():
                    await self._woken.wait()
                    self._woken.clear()

        self._runner.run(wait())

    def close(self) -> None:
        for opened in self._opened:
            self._runner.run(opened.__aexit__(None, None, None))


class TestMemoryBus(BusContract):
    @contextmanager
    def opened(self) -> Iterator[World]:
        yield MemoryWorld()


@contextmanager
def kafka_world(bootstrap: str) -> Iterator[KafkaWorld]:
    """A world on a Kafka that is there, until the block is left."""
    with asyncio.Runner() as runner:
        world = KafkaWorld(runner, bootstrap)
        try:
            yield world
        finally:
            world.close()


class TestKafkaBusOnAMockCluster(BusContract):
    @contextmanager
    def opened(self) -> Iterator[World]:
        with mock_kafka() as kafka:
            kafka.make_topics(NAMES, PARTITIONS)
            with kafka_world(kafka.bootstrap) as world:
                yield world
