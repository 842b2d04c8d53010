"""Messages on Kafka that cannot be read are set aside with their reason, and delay nobody."""

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from evcharging.adapters.bus.kafka.bus import DeadLetter
from evcharging.adapters.bus.kafka.topics import DEAD_LETTERS
from evcharging.adapters.bus.traffic import Passing, SetAside
from evcharging.common.kafka import partition_of
from evcharging.common.utils import changed, from_json, to_json
from evcharging.tests.stages.bus_world import ALL, PARTITIONS, READING, STREAM, Reader, order, orders, place_of, send
from evcharging.tests.stages.kafka_world import QUICK, KafkaWorld

PARTITION = partition_of("CP-1", PARTITIONS)


def put(world: KafkaWorld, value: bytes, partition: int = PARTITION) -> None:
    """Write what no bus would write."""
    producer = Producer({"bootstrap.servers": world.bootstrap, "linger.ms": 0})
    producer.produce(STREAM.name, value, b"CP-1", partition)
    assert producer.flush(10) == 0


def dead_letters(world: KafkaWorld, count: int) -> list[DeadLetter]:
    """The first dead letters of a partition."""
    with Consumer({"bootstrap.servers": world.bootstrap, "group.id": "undertaker", **QUICK}) as consumer:
        consumer.assign([TopicPartition(DEAD_LETTERS, PARTITION, 0)])
        return [from_json(DeadLetter, record.value() or b"") for record in consumer.consume(count, 10)]


@pytest.mark.parametrize(
    ("value", "partition", "reason"),
    [
        (b"{", PARTITION, "Input data was truncated"),
        (b"", PARTITION, "Input data was truncated"),
        (b"\xff\x00", PARTITION, "JSON is malformed: invalid character (byte 0)"),
        (to_json(changed(order(7), cp_id="CP 1")), PARTITION, "Expected `str` matching regex"),
        (to_json(READING), PARTITION, "Invalid value 'CPTelemetry' - at `$.type`"),
        (to_json(order(7)), PARTITION - 1, f"CP-1 belongs to partition {PARTITION}, not {PARTITION - 1}"),
    ],
)
def test_a_message_that_cannot_be_read_is_set_aside_with_its_reason_and_delays_nobody(
    world: KafkaWorld, value: bytes, partition: int, reason: str
) -> None:
    reader = Reader(world, partitions=ALL)
    send(world, orders(1))
    put(world, value, partition)
    send(world, orders(2))
    assert reader.read(2) == [1, 2]
    world.settle(lambda: bool(world.said))
    place = f"{STREAM.name} partition {partition} offset {1 if partition == PARTITION else 0}"
    assert world.said[0].startswith(f"Set aside a message that cannot be read, at {place}: {reason}")


def test_a_dead_letter_says_where_it_was_and_why_and_is_bounded(world: KafkaWorld) -> None:
    Reader(world, partitions=ALL)
    put(world, b"x" * 100_000)
    world.settle(lambda: bool(world.said))
    (letter,) = dead_letters(world, 1)
    assert changed(letter, text="") == DeadLetter(
        topic=STREAM.name,
        partition=PARTITION,
        offset=0,
        reason="JSON is malformed: invalid character (byte 0)",
        text="",
    )
    assert letter.text == "x" * 8192


def test_a_position_moves_past_messages_that_cannot_be_read_and_few_words_are_made_of_many(world: KafkaWorld) -> None:
    reader = Reader(world, partitions=ALL)
    for _ in range(9):
        put(world, b"{")
    world.settle(lambda: (reader.poll(), reader.positions.get(place_of("CP-1")) == 9)[1])
    assert reader.got == []
    world.settle(lambda: len(world.said) == 4)
    assert world.bus.dead_letters == 9


def test_who_looks_on_sees_what_cannot_be_read_and_is_told_why_it_was_set_aside(world: KafkaWorld) -> None:
    seen: list[Passing] = []
    letters: list[SetAside] = []
    Reader(world, partitions=ALL)
    world.bus.traffic.on_set_aside.append(letters.append)
    world.bus.traffic.tail(seen.append)

    def is_seen() -> bool:
        put(world, b"{")
        return bool(seen and letters)

    world.look_until(is_seen)
    assert (seen[0].body, seen[0].key, seen[0].topic) == (b"{", "CP-1", STREAM)
    letter = letters[0]
    assert (letter.topic, letter.partition, letter.offset) == (STREAM.name, PARTITION, 0)
    assert (letter.reason, letter.text, letter.is_unbelieved) == ("Input data was truncated", "{", False)
