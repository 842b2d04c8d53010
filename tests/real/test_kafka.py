"""What only a real Kafka can show of the bus: disks, killed brokers, deleted topics, killed members."""

import asyncio
import re
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from evcharging.adapters.bus.kafka.bus import DeadLetter, KafkaBus
from evcharging.adapters.bus.kafka.topics import DEAD_LETTERS, NAMES
from evcharging.common.kafka import key_of, partition_of
from evcharging.common.utils import from_json
from evcharging.tests.stages.bus_world import (
    ALL,
    KEYS,
    PARTITIONS,
    STREAM,
    Reader,
    order,
    order_each,
    orders,
    send,
    share,
)
from evcharging.tests.stages.kafka_world import KafkaWorld, forget_topics
from tools.broker.broker import Broker

TAKEN_OVER_WITHIN = 10.0
AWAY = "Cannot reach Kafka at HOST, retrying"
BACK = "Kafka at HOST answers again"


class Stream:
    """Numbered messages to every key, published one after another, and how many Kafka has said to have."""

    def __init__(self, world: KafkaWorld, bus: KafkaBus | None = None) -> None:
        self._world = world
        self._bus = bus or world.bus
        self._numbers: dict[str, int] = defaultdict(int)
        self.published = 0
        self.acknowledged = 0

    def publish(self, count: int) -> None:
        """So many more."""
        for _ in range(count):
            key = KEYS[self.published % len(KEYS)]
            self._bus.publish(order(self._numbers[key], key), self._on_sent)
            self._numbers[key] += 1
            self.published += 1

    def _on_sent(self) -> None:
        self.acknowledged += 1
        self._world.wake()

    def settle(self, count: int) -> None:
        """Wait until Kafka has so many."""
        self._world.settle(lambda: self.acknowledged >= count)

    async def go_on_during(self, work: Callable[[], None]) -> None:
        """Publish while something is done that blocks."""
        doing = asyncio.create_task(asyncio.to_thread(work))
        while not doing.done():
            self.publish(len(KEYS))
            await asyncio.wait([doing], timeout=0.02)
        await doing

    def check(self, reader: Reader) -> None:
        """All of it comes, once, each key's in order."""
        self.settle(self.published)
        reader.read(self.published)
        for key, count in self._numbers.items():
            assert [message.seq for message in reader.got if key_of(message) == key] == list(range(count))


# The broker


def test_a_killed_kafka_has_lost_and_doubled_nothing_and_keeps_the_order_of_each_key(
    broker: Broker, world: KafkaWorld
) -> None:
    stream, fixed, shared = Stream(world), Reader(world, partitions=ALL), Reader(world, group="shared")
    share(world, shared)
    stream.publish(2000)
    stream.settle(100)
    broker.kill()
    world.run(stream.go_on_during(broker.start))
    stream.check(fixed)
    shared.read(stream.published)
    world.settle(lambda: not world.bus.away)
    assert world.said == [AWAY, BACK]


def test_a_kafka_that_hangs_is_noticed_and_what_waited_for_it_arrives_once(broker: Broker, world: KafkaWorld) -> None:
    bus = world.open(settings={"socket.timeout.ms": 1000})
    stream, reader = Stream(world, bus), Reader(world, partitions=ALL, bus=bus)
    stream.publish(100)
    stream.settle(100)
    broker.pause()
    stream.publish(100)
    world.settle(lambda: bus.away)
    broker.resume()
    stream.check(reader)
    world.settle(lambda: not bus.away)
    assert world.said == [AWAY, BACK]


# Topics


def test_topics_that_are_deleted_under_a_program_are_made_anew_and_nothing_is_lost_that_comes_after(
    world: KafkaWorld,
) -> None:
    fixed, shared = Reader(world, partitions=ALL), Reader(world, group="shared")
    send(world, orders(1, 2))
    assert (fixed.read(2), shared.read(2)) == ([1, 2], [1, 2])
    history = world.bus.log_id
    forget_topics(world.bootstrap)
    assert send(world, orders(*range(3, 103))) == list(range(3, 103))
    assert up_to(102, world, fixed) == up_to(102, world, shared) == list(range(1, 103))
    world.settle(lambda: world.said == ["Kafka has lost its messages"])
    assert world.bus.log_id != history


def test_a_program_that_makes_no_topics_waits_until_deleted_ones_are_there_again(world: KafkaWorld) -> None:
    maker, other = world.bus, world.open(None)
    reader = Reader(world, partitions=ALL, bus=other)
    send(world, orders(1))
    reader.read(1)
    forget_topics(world.bootstrap)
    maker.publish(order(2))
    assert up_to(2, world, reader) == [1, 2]
    world.settle(lambda: world.said.count("Kafka has lost its messages") == 2)


def test_unequal_topics_are_refused_in_a_sentence(broker: Broker, world: KafkaWorld) -> None:
    make_topics(broker, {**dict.fromkeys(NAMES, PARTITIONS), "cp.status": 1})
    for partitions in (PARTITIONS, None):
        with pytest.raises(ValueError, match=r"^Kafka topic cp\.status has 1 partitions, not 4; delete it to go on$"):
            world.run(world.opening(partitions))
    forget_topics(broker.bootstrap)
    assert world.open().partitions == PARTITIONS


def test_topics_that_become_unequal_under_a_program_are_told_and_it_goes_on_once_they_are_mended(
    broker: Broker, world: KafkaWorld
) -> None:
    reader = Reader(world, partitions=ALL)
    assert send(world, orders(1)) == [1]
    reader.read(1)
    forget_topics(broker.bootstrap)
    make_topics(broker, dict.fromkeys(NAMES, 1))
    world.bus.publish(order(2))
    world.settle(lambda: bool(world.said))
    assert re.fullmatch(r"Kafka topic \S+ has 1 partitions, not 4; delete it to go on", world.said[0])
    forget_topics(broker.bootstrap)
    assert up_to(2, world, reader) == [1, 2]
    world.settle(lambda: world.said[1:] == ["Kafka has lost its messages"])


def up_to(last: int, world: KafkaWorld, reader: Reader) -> list[int]:
    """The numbers that came until this one did, without repeats: who starts over may read some of it twice."""
    world.settle(lambda: (reader.poll(), last in [message.seq for message in reader.got])[1])
    return list(dict.fromkeys(message.seq for message in reader.got))


def make_topics(broker: Broker, partitions: dict[str, int]) -> None:
    """Make topics with so many partitions each."""
    admin = AdminClient({"bootstrap.servers": broker.bootstrap, "log_level": 0})
    for made in admin.create_topics([NewTopic(name, count) for name, count in partitions.items()]).values():
        made.result()


# Messages and members


def test_a_message_that_cannot_be_read_becomes_a_dead_letter_and_delays_nobody(world: KafkaWorld) -> None:
    reader = Reader(world, partitions=ALL)
    send(world, orders(1))
    partition = partition_of("CP-1", PARTITIONS)
    producer = Producer({"bootstrap.servers": world.bootstrap, "log_level": 0})
    producer.produce(STREAM.name, b"{", b"CP-1", partition)
    assert producer.flush(10) == 0
    send(world, orders(2))
    assert reader.read(2) == [1, 2]
    settings = {"bootstrap.servers": world.bootstrap, "group.id": "undertaker", "log_level": 0}
    with Consumer(settings) as consumer:
        consumer.assign([TopicPartition(DEAD_LETTERS, partition, 0)])
        (record,) = consumer.consume(1, 10)
    letter = from_json(DeadLetter, record.value() or b"")
    assert (letter.topic, letter.offset, letter.text) == (STREAM.name, 1, "{")


def test_the_partitions_of_a_killed_member_move_to_another_one(world: KafkaWorld) -> None:
    reader = Reader(world)
    share(world, reader)
    command = [sys.executable, "-m", "tests.real.member", world.bootstrap]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as member:
        world.settle(lambda: len(reader.assigned()) == PARTITIONS // 2)
        assert member.stdout is not None
        theirs = member.stdout.readline().split()
        member.kill()
        killed = time.monotonic()
    assert len(theirs) == PARTITIONS // 2
    share(world, reader)
    assert time.monotonic() - killed < TAKEN_OVER_WITHIN
    send(world, order_each())
    assert sorted(reader.read(len(KEYS))) == list(range(len(KEYS)))
