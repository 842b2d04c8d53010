"""Messages that another client put into another partition than the one of their key: Central's group passes them on,
once, in their order, and nothing is lost."""

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterable

import pytest
from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka import Message as Record

from evcharging.adapters.bus.kafka import reader as kafka_reader
from evcharging.adapters.bus.kafka.bus import KafkaBus
from evcharging.adapters.bus.kafka.forward import Forwarder
from evcharging.adapters.bus.kafka.records import Stray
from evcharging.common import kafka
from evcharging.common.kafka import CENTRAL, TOPIC_OF, TOPICS, Topic, key_of, partition_of
from evcharging.common.messages import Message
from evcharging.common.utils import to_json
from evcharging.runtime.central_program import POINTS, TARIFFS
from evcharging.tests.laws.any_message import example
from evcharging.tests.stages.bus_world import ALL, KEYS, PARTITIONS, Reader, hung_up, order, place_of, refusal, share
from evcharging.tests.stages.kafka_world import QUICK, KafkaWorld

HERE = partition_of("CP-1", PARTITIONS)
ELSEWHERE = (HERE + 1) % PARTITIONS

CENTRAL_READS = (
    *(topic for topic in (*POINTS.reads, *TARIFFS.reads) if topic not in (kafka.TARIFF_NEWS, kafka.SITE_ASKS)),
    kafka.SITE_ORDERS,
    kafka.DRIVER_SITE_REQUESTS,
    kafka.SITE_POWER,
)
"""What others write, and Central reads."""


def put(world: KafkaWorld, messages: Iterable[Message], partition: int | None = None, **settings: str) -> None:
    """Write as another client does: into one partition, or as its partitioner likes."""
    producer = Producer({"bootstrap.servers": world.bootstrap, "linger.ms": 0, **settings})
    for message in messages:
        value, topic = to_json(message), TOPIC_OF[type(message)].name
        if partition is None:
            producer.produce(topic, value, key_of(message).encode())
        else:
            producer.produce(topic, value, partition=partition)
    assert producer.flush(10) == 0


def count_in(world: KafkaWorld, topic: Topic) -> int:
    """How many records a topic has."""
    with Consumer({"bootstrap.servers": world.bootstrap, "group.id": "counter", **QUICK}) as consumer:
        ends = [consumer.get_watermark_offsets(TopicPartition(topic.name, number), 10) for number in range(PARTITIONS)]
    return sum(end - begin for begin, end in ends)


async def the_loop() -> AbstractEventLoop:
    return asyncio.get_running_loop()


def test_every_topic_that_central_reads_has_central_for_its_keeper_and_no_other_has_one() -> None:
    assert {topic for topic in TOPICS if topic.keeper == CENTRAL} == set(CENTRAL_READS)
    assert {topic.keeper for topic in TOPICS} == {CENTRAL, None}


@pytest.mark.parametrize("topic", CENTRAL_READS, ids=lambda topic: topic.name)
def test_messages_in_another_partition_come_once_and_in_order_where_they_belong(
    world: KafkaWorld, topic: Topic
) -> None:
    message = example(topic.kinds[0])
    right = partition_of(key_of(message), PARTITIONS)
    reader = Reader(world, topic, group=CENTRAL)
    put(world, [message] * 5, (right + 1) % PARTITIONS)
    world.settle(lambda: (reader.poll(), len(reader.got) >= 5)[1])
    assert reader.places.keys() == {(topic.name, right)} | {
        place for place, messages in reader.places.items() if not messages
    }
    assert reader.places[topic.name, right] == [message] * 5
    assert count_in(world, topic) == 10
    assert (world.bus.dead_letters, world.bus.passed_on) == (0, 5)


@pytest.mark.parametrize("partitioner", ["murmur2_random", "random", "fnv1a_random", "consistent_random"])
def test_whatever_partitioner_a_client_has_all_comes_once_where_it_belongs(world: KafkaWorld, partitioner: str) -> None:
    messages = [refusal(number, key) for number in range(3) for key in KEYS]
    reader = Reader(world, kafka.CP_STATUS, group=CENTRAL)
    put(world, messages, partitioner=partitioner)
    world.settle(lambda: (reader.poll(), len(reader.got) >= len(messages))[1])
    for (_, partition), found in reader.places.items():
        assert {partition_of(key_of(message), PARTITIONS) for message in found} <= {partition}
    assert sorted(map(key_of, reader.got)) == sorted(map(key_of, messages))
    strays = count_in(world, kafka.CP_STATUS) - len(messages)
    world.settle(lambda: world.bus.passed_on == strays)
    assert (strays == 0) is (partitioner == "consistent_random")
    if partitioner != "random":
        for key in KEYS:
            assert [message.seq for message in reader.got if key_of(message) == key] == [0, 1, 2]


def test_of_several_members_of_the_group_one_passes_a_message_on_and_other_readers_wait_for_it(
    world: KafkaWorld,
) -> None:
    members = [Reader(world, kafka.CP_STATUS, group=CENTRAL, bus=world.open()) for _ in range(2)]
    other, fixed = Reader(world, kafka.CP_STATUS, group="other"), Reader(world, kafka.CP_STATUS, partitions=ALL)
    share(world, *members)
    put(world, [refusal(1)], ELSEWHERE)

    def all_have_it() -> bool:
        for reader in (*members, other, fixed):
            reader.poll()
        return all([len(other.got) == 1, len(fixed.got) == 1, sum(len(member.got) for member in members) == 1])

    world.settle(all_have_it)
    assert count_in(world, kafka.CP_STATUS) == 2


def test_what_only_central_writes_is_a_dead_letter_in_another_partition(world: KafkaWorld) -> None:
    reader = Reader(world, kafka.CENTRAL_COMMANDS, group=CENTRAL)
    share(world, reader)
    put(world, [order(1)], ELSEWHERE)
    world.settle(lambda: world.bus.dead_letters == 1)
    assert count_in(world, kafka.CENTRAL_COMMANDS) == 1


def test_how_far_is_read_is_not_told_before_kafka_has_the_copy(
    world: KafkaWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    pass_on, tried, loop = Forwarder.pass_on, list[int](), world.run(the_loop())

    def fail_first(forwarder: Forwarder, strays: list[Stray], is_over: Callable[[], bool]) -> bool:
        tried.append(len(reader.positions))
        loop.call_soon_threadsafe(world.wake)
        return len(tried) > 1 and pass_on(forwarder, strays, is_over)

    monkeypatch.setattr(Forwarder, "pass_on", fail_first)
    reader = Reader(world, kafka.CP_STATUS, group=CENTRAL)
    share(world, reader)
    put(world, [refusal(1)], ELSEWHERE)
    world.settle(lambda: (reader.poll(), bool(tried))[1])
    assert reader.positions == {}
    # It dies here; the next one finds the message again.
    reader.subscription.close()
    again = Reader(world, kafka.CP_STATUS, group=CENTRAL)
    world.settle(lambda: (again.poll(), len(again.got) == 1)[1])
    assert again.places[place_of("CP-1", kafka.CP_STATUS)] == [refusal(1)]


def test_a_copy_that_kafka_has_lost_on_its_way_is_made_once_more(
    world: KafkaWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_delivery, delivered = Forwarder._on_delivery, list[int]()

    def lose_first(forwarder: Forwarder, record: Record, error: KafkaError | None, copy: Record) -> None:
        delivered.append(record.offset() or 0)
        lost = KafkaError(KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER) if len(delivered) == 1 else error
        on_delivery(forwarder, record, lost, copy)

    monkeypatch.setattr(Forwarder, "_on_delivery", lose_first)
    monkeypatch.setattr(kafka_reader, "BEGIN_AGAIN_AFTER", 0.01)
    reader = Reader(world, kafka.CP_STATUS, group=CENTRAL)
    share(world, reader)
    put(world, [refusal(1), refusal(2)], ELSEWHERE)
    # Both may be copied together, or the second one later.
    world.settle(lambda: (reader.poll(), {1, 2} <= {message.seq for message in reader.got} and len(delivered) > 2)[1])
    assert list(dict.fromkeys(message.seq for message in reader.got)) == [1, 2]
    assert delivered[0] == 0
    assert delivered.count(0) == 2


def test_what_was_passed_on_is_not_passed_on_again_when_it_is_read_again(world: KafkaWorld) -> None:
    reader = Reader(world, kafka.CP_STATUS, group=CENTRAL)
    share(world, reader)
    put(world, [refusal(1), refusal(2)], ELSEWHERE)
    assert reader.read(2) == [1, 2]
    reader.subscription.seek({(kafka.CP_STATUS.name, number): 0 for number in ALL})
    assert reader.read(4) == [1, 2, 1, 2]
    assert count_in(world, kafka.CP_STATUS) == 4


def test_few_words_are_made_of_many_messages_that_are_passed_on(world: KafkaWorld) -> None:
    reader = Reader(world, kafka.CP_HEALTH, group=CENTRAL)
    share(world, reader)
    for number in range(4):
        put(world, [hung_up(number)], ELSEWHERE)
        reader.read(number + 1)
    bus: KafkaBus = world.bus
    assert bus.passed_on == 4
    text = f"Passed on a message of cp.health: CP-1 belongs to partition {HERE}, not {ELSEWHERE}"
    assert world.said == [text] * 3
