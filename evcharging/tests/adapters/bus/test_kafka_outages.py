"""A Kafka that is away, takes no more, or has lost something: what is published arrives, and what does not is told."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

import pytest
from confluent_kafka import KafkaError

from evcharging.adapters.bus.kafka.bus import KafkaBus
from evcharging.adapters.bus.kafka.security import LogLine
from evcharging.adapters.bus.kafka.topics import Cluster, client_settings, find
from evcharging.adapters.bus.kafka.writer import KafkaWriter
from evcharging.common.kafka import CP_TELEMETRY
from evcharging.tests.stages.bus_world import ALL, READING, STREAM, Reader, order, orders, place_of, send
from evcharging.tests.stages.kafka_world import QUICK, KafkaWorld
from evcharging.tests.stages.mock_kafka import MockKafka


@pytest.mark.usefixtures("impatient")
def test_what_is_published_while_kafka_is_away_arrives_in_order_afterwards(
    there: tuple[MockKafka, KafkaWorld],
) -> None:
    kafka, world = there
    reader = Reader(world, partitions=ALL)
    send(world, orders(0))
    kafka.go_down()
    told: list[int] = []
    for number in range(1, 50):
        world.bus.publish(order(number), partial(told.append, number))
    world.settle(lambda: world.bus.away and world.bus.unsent == 49)
    assert told == []
    kafka.come_up()
    assert reader.read(50) == list(range(50))
    world.settle(lambda: not world.bus.away)
    assert told == list(range(1, 50))
    assert world.said == ["Cannot reach Kafka at HOST, retrying", "Kafka at HOST answers again"]


def test_when_kafka_takes_no_more_volatile_messages_are_lost_and_no_others(world: KafkaWorld) -> None:
    bus = world.open(settings={"queue.buffering.max.messages": 5, "linger.ms": 50})
    reader = Reader(world, STREAM, CP_TELEMETRY, partitions=ALL)
    for number in range(20):
        bus.publish_all([order(number), READING])
    world.settle(lambda: (reader.poll(), len(reader.places[place_of("CP-1")]) >= 20)[1])
    assert [message.seq for message in reader.places[place_of("CP-1")]] == list(range(20))
    assert len(reader.places[place_of("CP-1", CP_TELEMETRY)]) < 20


@pytest.mark.usefixtures("impatient")
def test_a_bus_that_is_closed_while_kafka_is_away_waits_for_nothing_and_says_what_has_not_reached_it(
    there: tuple[MockKafka, KafkaWorld],
) -> None:
    kafka, world = there
    send(world, orders(0))
    kafka.go_down()
    world.bus.publish_all(orders(1, 2, 3))
    world.settle(lambda: world.bus.away)
    world.close()
    assert world.said == ["Cannot reach Kafka at HOST, retrying", "3 messages have not reached Kafka"]


async def found(world: KafkaWorld, log: LogLine) -> Cluster:
    return await find(client_settings(world.bootstrap, QUICK), None, log)


def bus_that_looks(world: KafkaWorld, look: Callable[[LogLine], Awaitable[Cluster]]) -> tuple[KafkaBus, KafkaWriter]:
    """A bus that looks after Kafka in its own way, and what it writes with."""

    async def make() -> tuple[KafkaBus, KafkaWriter]:
        writer = KafkaWriter(client_settings(world.bootstrap, QUICK), world.log)
        return KafkaBus(await found(world, world.log), writer, world.log, look), writer

    return world.run(make())


@pytest.mark.usefixtures("impatient")
def test_readers_start_over_on_a_kafka_that_has_lost_its_messages(there: tuple[MockKafka, KafkaWorld]) -> None:
    kafka, world = there

    async def look(log: LogLine) -> Cluster:
        return replace(await found(world, log), cluster_id="another")

    bus, _ = bus_that_looks(world, look)
    reader = Reader(world, partitions=ALL, bus=bus)
    send(world, orders(1))
    reader.read(1)
    kafka.go_down()
    world.settle(lambda: bool(world.said))
    kafka.come_up()
    assert reader.read(2) == [1, 1]
    assert bus.log_id.startswith("another/")
    assert "Kafka has lost its messages" in world.said
    world.run(bus.close())


def test_trouble_that_is_told_while_kafka_is_looked_for_is_over_once_it_is_found(world: KafkaWorld) -> None:
    looks: list[Cluster] = []

    async def look(log: LogLine) -> Cluster:
        writer.on_trouble()
        looks.append(await found(world, log))
        world.wake()
        return looks[-1]

    bus, writer = bus_that_looks(world, look)
    writer.on_trouble()
    world.settle(lambda: bool(looks))
    reader = Reader(world, partitions=ALL, bus=bus)
    bus.publish(order(1), world.wake)
    assert reader.read(1) == [1]
    assert len(looks) == 1
    world.run(bus.close())


def test_a_kafka_that_has_lost_the_last_records_is_sent_on_by_a_producer_that_begins_anew(
    there: tuple[MockKafka, KafkaWorld],
) -> None:
    kafka, world = there
    reader = Reader(world, partitions=ALL)
    assert send(world, orders(0)) == [0]
    kafka.refuse_next_record(KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER)
    # Alone: a real Kafka refuses what is already under way behind it as well, this one does not.
    assert send(world, orders(1)) == [1]
    assert send(world, orders(2, 3, 4)) == [2, 3, 4]
    assert reader.read(5) == [0, 1, 2, 3, 4]
    assert world.said == []


def test_a_record_that_kafka_will_never_take_is_told_and_does_not_hold_up_what_comes_after(
    there: tuple[MockKafka, KafkaWorld],
) -> None:
    kafka, world = there
    kafka.refuse_next_record(KafkaError.INVALID_RECORD)
    world.bus.publish(order(1), lambda: None)
    world.settle(lambda: bool(world.said))
    assert world.said[0].startswith(f"Kafka does not take a message for {STREAM.name}: Broker: Broker failed")
    assert send(world, orders(2)) == [2]
