"""Programs and Apache Kafka over a network that is slow, narrow, slices, cuts and falls silent: every message comes,
once, each key's in order."""

import time
from collections.abc import Callable, Iterator

import pytest

from evcharging.adapters.bus.kafka.security import Settings
from evcharging.tests.stages.bus_world import ALL, Reader
from evcharging.tests.stages.fault_line import Line
from evcharging.tests.stages.fault_proxy import CALM, FaultProxy, Weather
from evcharging.tests.stages.kafka_world import KafkaWorld, forget_topics, kafka_world
from tests.real.conftest import SETTINGS, Far
from tests.real.test_kafka import AWAY, BACK, Stream
from tools.broker.broker import HOST

WEATHERS = {
    "latency": Weather(latency_s=0.02),
    "little bandwidth": Weather(bytes_per_s=100_000),
    "slices": Weather(slices=100),
    "all of it": Weather(latency_s=0.005, bytes_per_s=500_000, slices=1000),
}
DAMAGE = Weather(swap=(b"StopSupply", b"StopSupplx"))
IMPATIENT = {"socket.timeout.ms": 1000}
BATCH_BY_BATCH: Settings = {"fetch.message.max.bytes": 1}
"""Kafka gives one whole batch at a time then. Behind a damaged batch librdkafka looks for the next one in a wrong place
of the same answer, and what it finds there may end the whole process (an assertion in rdbuf.c)."""


@pytest.fixture
def line(far: Far) -> Line:
    return far.line


@pytest.fixture
def world(line: Line) -> Iterator[KafkaWorld]:
    bootstrap = f"{HOST}:{line.proxy.port}"
    forget_topics(bootstrap)
    with kafka_world(bootstrap, {**SETTINGS, **IMPATIENT}) as world:
        yield world
        line.call(line.proxy.heal)


@pytest.mark.parametrize("weather", WEATHERS.values(), ids=WEATHERS.keys())
def test_over_a_bad_line_every_message_comes_once_and_in_order(line: Line, world: KafkaWorld, weather: Weather) -> None:
    stream, reader = Stream(world), Reader(world, partitions=ALL)
    stream.publish(100)
    line.befall(weather)
    stream.publish(500)
    stream.settle(300)
    line.befall(CALM)
    stream.publish(100)
    stream.check(reader)


def test_over_a_line_that_is_cut_again_and_again_every_message_comes_once_and_in_order(
    line: Line, world: KafkaWorld
) -> None:
    stream, reader = Stream(world), Reader(world, partitions=ALL)

    def cut() -> None:
        for _ in range(20):
            time.sleep(0.05)
            line.call(line.proxy.cut)

    world.run(stream.go_on_during(cut))
    stream.check(reader)


@pytest.mark.parametrize("break_off", [FaultProxy.fall_silent, FaultProxy.go_away])
def test_a_line_that_is_dead_for_a_while_is_said_once_and_costs_nothing(
    line: Line, world: KafkaWorld, break_off: Callable[[FaultProxy], None]
) -> None:
    stream, reader = Stream(world), Reader(world, partitions=ALL)
    stream.publish(100)
    stream.settle(100)
    line.call(lambda: break_off(line.proxy))
    stream.publish(100)
    world.settle(lambda: world.bus.away)
    line.call(line.proxy.heal)
    stream.check(reader)
    world.settle(lambda: not world.bus.away)
    assert world.said == [AWAY, BACK]


def test_a_record_that_is_damaged_on_its_way_to_kafka_arrives_undamaged_and_once(line: Line, world: KafkaWorld) -> None:
    stream, reader = Stream(world), Reader(world, partitions=ALL)
    line.befall(DAMAGE)
    stream.publish(100)
    reader.poll()
    line.call(line.proxy.heal)
    stream.check(reader)


def test_a_record_that_is_damaged_on_its_way_to_a_reader_is_fetched_again(line: Line, world: KafkaWorld) -> None:
    stream = Stream(world)
    stream.publish(100)
    stream.settle(100)
    line.befall(DAMAGE)
    reader = Reader(world, group="late", bus=world.open(settings=BATCH_BY_BATCH))
    # Each message is damaged, and those that are fetched first are so once more.
    world.look_until(lambda: line.proxy.swapped > 200)
    reader.poll()
    assert len(reader.got) < 100
    line.call(line.proxy.heal)
    stream.check(reader)
    assert world.said == []
