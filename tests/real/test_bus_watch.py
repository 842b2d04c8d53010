"""Looking on at a real Kafka: what passes is seen as it stands there, and what cannot be read with the reason."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from evcharging.adapters.bus.kafka.bus import KafkaBus
from evcharging.adapters.bus.kafka.traffic import GROUP
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_central.bus_watch import BusWatch
from evcharging.apps.ev_central.bus_watcher import BusWatcher
from evcharging.apps.ev_central.queries import Queries
from evcharging.common.kafka import CENTRAL, CENTRAL_COMMANDS, partition_of
from evcharging.common.utils import to_json
from evcharging.roles.live_view import LiveView
from evcharging.tests.stages.bus_world import NOW, PARTITIONS, order
from evcharging.tests.stages.kafka_world import KafkaWorld
from tests.real.conftest import fresh_world
from tools.broker.broker import Broker

WITHIN = 30.0
PLACE = partition_of("CP-1", PARTITIONS)


class Onlooker:
    """Somebody who looks on, and all that they were shown."""

    def __init__(self, watcher: BusWatcher) -> None:
        self._watcher = watcher
        self.messages: list[dict[str, Any]] = []
        self.topics: dict[str, dict[str, Any]] = {}

    async def until(self, text: str) -> dict[str, Any]:
        """The first message with this text, once it was shown."""
        async with asyncio.timeout(WITHIN):
            while not (found := [each for each in self.messages if each["text"] == text]):
                await self.hear()
        return found[0]

    async def hear(self) -> None:
        """The next frame."""
        frame = json.loads(await self._watcher.frames.get() or "null")
        if frame["type"] == "messages":
            self.messages += frame["messages"]
        else:
            self.topics = {topic["name"]: topic for topic in frame["bus"]["topics"]}


@asynccontextmanager
async def looking_on(watch: BusWatch, bus: KafkaBus) -> AsyncIterator[Onlooker]:
    """Somebody who sees what passes by now."""
    watcher = BusWatcher()
    with watch.watching(watcher):
        onlooker = Onlooker(watcher)
        async with asyncio.timeout(WITHIN):
            while not onlooker.messages:
                bus.publish(order(0))
                await onlooker.hear()
        yield onlooker


def put(world: KafkaWorld, value: bytes) -> None:
    """Write what no bus would write."""
    producer = Producer({"bootstrap.servers": world.bootstrap, "linger.ms": 0})
    producer.produce(CENTRAL_COMMANDS.name, value, b"CP-1", PLACE)
    assert producer.flush(10) == 0


def groups(world: KafkaWorld) -> set[str]:
    """All groups that Kafka knows, of members or of what they were done with."""
    admin = AdminClient({"bootstrap.servers": world.bootstrap})
    return {group.group_id for group in admin.list_consumer_groups().result(10).valid}


async def look_on(world: KafkaWorld, bus: KafkaBus) -> None:
    watch = BusWatch(bus, Queries(LiveView(), MemoryStore(), lambda: NOW))
    reader = bus.subscribe((CENTRAL_COMMANDS,), group=CENTRAL)
    async with looking_on(watch, bus) as onlooker:
        said = order(7)
        bus.publish(said)
        put(world, b"{")
        seen = await onlooker.until(to_json(said).decode())
        assert (seen["topic"], seen["partition"], seen["key"]) == (CENTRAL_COMMANDS.name, PLACE, "CP-1")
        assert (seen["kind"], seen["seal"], seen["refusal"]) == ("StopSupply", "none", None)
        broken = await onlooker.until("{")
        assert broken["refusal"] == "It cannot be read: Input data was truncated"
        assert broken["offset"] > seen["offset"]
        async with asyncio.timeout(WITHIN):
            while not (onlooker.topics[CENTRAL_COMMANDS.name]["per_second"] and watch.set_aside().items):
                await onlooker.hear()
        assert [(item.partition, item.offset) for item in watch.set_aside().items] == [(PLACE, broken["offset"])]
    assert not watch.is_watched
    known = await asyncio.to_thread(groups, world)
    assert CENTRAL in known
    assert GROUP not in known
    reader.close()


def test_what_passes_is_seen_as_it_stands_on_kafka_by_who_joins_no_group(broker: Broker) -> None:
    with fresh_world(broker) as world:
        bus = world.bus
        world.run(look_on(world, bus))
