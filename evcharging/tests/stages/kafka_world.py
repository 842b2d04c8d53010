"""Worlds for buses on Kafka: the mock cluster, or a broker that somebody names."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from typing import TypeVar

import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from evcharging.adapters.bus.kafka import reader as kafka_reader
from evcharging.adapters.bus.kafka import writer as kafka_writer
from evcharging.adapters.bus.kafka.bus import KafkaBus, open_kafka
from evcharging.adapters.bus.kafka.security import Settings
from evcharging.adapters.bus.kafka.topics import NAMES
from evcharging.adapters.seals import NO_SEALS, Seals
from evcharging.tests.stages.bus_world import PARTITIONS
from evcharging.tests.stages.mock_kafka import MockKafka, mock_kafka

T = TypeVar("T")

PATIENCE = 60.0
QUICK: Settings = {
    "fetch.wait.max.ms": 10,
    "fetch.error.backoff.ms": 10,
    "reconnect.backoff.ms": 10,
    "reconnect.backoff.max.ms": 20,
    "heartbeat.interval.ms": 50,
    # The mock cluster ends a rebalance one second before a session would end.
    "session.timeout.ms": 1400,
}
"""Settings that spare tests the waiting; nothing of what is tested hangs on them."""


class KafkaWorld:
    """Buses on one Kafka, each as if in a process of its own, and the event loop that they all live in."""

    def __init__(self, runner: asyncio.Runner, bootstrap: str, settings: Settings) -> None:
        self.bootstrap = bootstrap
        self.settings = settings
        self.said: list[str] = []
        self._runner = runner
        self._woken = asyncio.Event()
        self._opened: list[AbstractAsyncContextManager[KafkaBus]] = []
        self._bus: KafkaBus | None = None

    @property
    def bus(self) -> KafkaBus:
        """The first bus, opened when it is first used."""
        if self._bus is None:
            self._bus = self.open()
        return self._bus

    def open(self, partitions: int | None = PARTITIONS, settings: Settings | None = None) -> KafkaBus:
        """Another bus."""
        return self.run(self.opening(partitions, settings))

    def opening(
        self, partitions: int | None, settings: Settings | None = None, seals: Seals = NO_SEALS
    ) -> Coroutine[None, None, KafkaBus]:
        """The same, to be waited for beside others."""
        opened = open_kafka(self.bootstrap, partitions, self.log, {**self.settings, **(settings or {})}, seals)
        self._opened.append(opened)
        return opened.__aenter__()

    def run(self, work: Coroutine[None, None, T]) -> T:
        """Run the loop until this is done."""
        return self._runner.run(work)

    def log(self, level: str, text: str) -> None:
        """Hear what a bus has to say."""
        self.said.append(text.replace(self.bootstrap, "HOST"))
        self.wake()

    def wake(self) -> None:
        self._woken.set()

    def settle(self, until: Callable[[], bool]) -> None:
        self.run(self.until(until))

    async def until(self, so: Callable[[], bool]) -> None:
        """Wait until this is so."""
        async with asyncio.timeout(PATIENCE):
            while not so():
                await self._woken.wait()
                self._woken.clear()

    def look_until(self, so: Callable[[], bool]) -> None:
        """Wait until this is so, which nobody tells of."""
        self.run(self._looking(so))

    async def _looking(self, so: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not so():
                await asyncio.sleep(0.01)

    def close(self) -> None:
        """Close all buses, the last one first."""
        while self._opened:
            self.run(self.closing(self._opened.pop()))

    async def closing(self, opened: AbstractAsyncContextManager[KafkaBus]) -> None:
        """Close one bus."""
        await opened.__aexit__(None, None, None)


@contextmanager
def kafka_world(bootstrap: str, settings: Settings = QUICK) -> Iterator[KafkaWorld]:
    """A world on a Kafka that is there, until the block is left."""
    with asyncio.Runner() as runner:
        world = KafkaWorld(runner, bootstrap, settings)
        try:
            yield world
        finally:
            world.close()


@contextmanager
def mock_world(partitions: int = PARTITIONS) -> Iterator[tuple[MockKafka, KafkaWorld]]:
    """A world on a mock cluster that has all topics with so many partitions."""
    with mock_kafka() as kafka, pytest.MonkeyPatch.context() as patch:
        patch.setattr(kafka_reader, "WAIT", 0.01)
        patch.setattr(kafka_writer, "WAIT", 0.01)
        kafka.make_topics(NAMES, partitions)
        with kafka_world(kafka.bootstrap) as world:
            yield kafka, world


def forget_topics(bootstrap: str) -> None:
    """Delete this project's topics, with all that groups were done with in them."""
    admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
    while there := sorted(NAMES & admin.list_topics(timeout=10).topics.keys()):
        for deleted in admin.delete_topics(there).values():
            with suppress(KafkaException):
                deleted.result()
