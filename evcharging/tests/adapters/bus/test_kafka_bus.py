"""What is the Kafka bus's own: finding Kafka, outages, beginnings, and messages that cannot be read."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from functools import partial

import pytest
from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition

from evcharging.adapters.bus.kafka import topics as kafka_topics
from evcharging.adapters.bus.kafka.bus import DeadLetter, KafkaBus
from evcharging.adapters.bus.kafka.topics import DEAD_LETTERS, NAMES, Cluster, LogLine, client_settings, find
from evcharging.adapters.bus.kafka.writer import KafkaWriter
from evcharging.common.kafka import CP_TELEMETRY, HEALTH_QUERIES, TOPICS, partition_of
from evcharging.common.messages import CPTelemetry, HealthQuery
from evcharging.common.utils import changed, from_json, to_json
from evcharging.tests.stages.bus_world import ALL, NOW, PARTITIONS, STREAM, Reader, order, orders, place_of, send
from evcharging.tests.stages.kafka_world import QUICK, KafkaWorld, kafka_world, mock_world
from evcharging.tests.stages.mock_kafka import MockKafka, mock_kafka

READING = CPTelemetry(ts=NOW, cp_id="CP-1", kw=22, euros=0.1, driver_id="driver-1", session_id="S-1")
PARTITION = partition_of("CP-1", PARTITIONS)


@pytest.fixture
def there() -> Iterator[tuple[MockKafka, KafkaWorld]]:
    with mock_world() as there:
        yield there


@pytest.fixture
def world(there: tuple[MockKafka, KafkaWorld]) -> KafkaWorld:
    return there[1]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kafka is given up on soon, and tried again at once."""
    monkeypatch.setattr(kafka_topics, "ANSWER_WITHIN", 1.0)
    monkeypatch.setattr(kafka_topics, "BACKOFF", (0.01,))


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


# Finding Kafka


@pytest.mark.usefixtures("impatient")
def test_a_bus_waits_for_a_kafka_that_is_away_and_says_so_once() -> None:
    with mock_kafka() as kafka, kafka_world(kafka.bootstrap) as world:
        kafka.make_topics(NAMES, PARTITIONS)
        kafka.go_down()

        async def wait() -> KafkaBus:
            opening = asyncio.create_task(world.opening(PARTITIONS))
            await world.until(lambda: bool(world.said))
            await asyncio.to_thread(kafka.come_up)
            return await opening

        assert world.run(wait()).partitions == PARTITIONS
        assert world.said == ["Cannot reach Kafka at HOST, retrying", "Kafka at HOST answers again"]


def test_a_program_that_makes_no_topics_waits_for_them_and_takes_their_number() -> None:
    with mock_kafka() as kafka, kafka_world(kafka.bootstrap) as world:

        async def wait() -> KafkaBus:
            opening = asyncio.create_task(world.opening(None))
            await world.until(lambda: bool(world.said))
            await asyncio.to_thread(kafka.make_topics, NAMES, 3)
            return await opening

        assert world.run(wait()).partitions == 3
        assert world.said == ["Waiting for Central to make its topics on Kafka at HOST"]


def test_who_makes_the_topics_does_not_say_that_it_waits_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_kafka() as kafka, kafka_world(kafka.bootstrap) as world:
        # The mock cluster cannot make topics over its protocol.
        monkeypatch.setattr(
            kafka_topics, "_make", lambda admin, names, partitions: kafka.make_topics(names, partitions)
        )
        assert world.open(PARTITIONS).partitions == PARTITIONS
        assert world.said == []


def test_topics_with_another_number_of_partitions_are_refused_in_a_sentence() -> None:
    with mock_kafka() as kafka, kafka_world(kafka.bootstrap) as world:
        kafka.make_topics(NAMES - {"cp.status"}, PARTITIONS)
        kafka.make_topics(["cp.status"], 1)
        for partitions in (PARTITIONS, None):
            with pytest.raises(
                ValueError, match=r"^Kafka topic cp\.status has 1 partitions, not 4; delete it to go on$"
            ):
                world.run(world.opening(partitions))


def test_links_never_go_to_kafka(world: KafkaWorld) -> None:
    assert not NAMES & {topic.name for topic in TOPICS if topic.link}
    with pytest.raises(ValueError, match=r"^link\.health\.queries travels on framed TCP, not on Kafka$"):
        world.bus.publish(HealthQuery(ts=NOW, cp_id="CP-1"))
    with pytest.raises(ValueError, match="travels on framed TCP"):
        world.bus.subscribe([HEALTH_QUERIES], group="group")


def test_buses_on_one_kafka_name_one_history_and_on_another_another(world: KafkaWorld) -> None:
    assert world.bus.log_id == world.open().log_id
    with mock_world() as (_, other):
        assert other.bus.log_id != world.bus.log_id


# Where a reader begins


def test_a_first_reader_of_fixed_partitions_begins_where_the_log_ended_when_its_bus_was_opened(
    world: KafkaWorld,
) -> None:
    send(world, orders(1))
    bus = world.open()
    send(world, orders(2))
    reader = Reader(world, partitions=ALL, bus=bus)
    assert reader.read(1) == [2]


def test_a_first_group_begins_with_the_oldest_message(world: KafkaWorld) -> None:
    send(world, orders(1))
    reader = Reader(world, bus=world.open())
    send(world, orders(2))
    assert reader.read(2) == [1, 2]


def test_a_reader_that_ended_before_it_was_done_comes_back_to_where_it_first_began(world: KafkaWorld) -> None:
    first = world.open()
    Reader(world, group="driver", partitions=ALL, bus=first)
    send(world, orders(1))
    world.close()
    assert Reader(world, group="driver", partitions=ALL, bus=world.open()).read(1) == [1]


def test_stored_positions_are_stronger_than_what_kafka_remembers(world: KafkaWorld) -> None:
    first = Reader(world, partitions=ALL)
    send(world, orders(1, 2, 3))
    first.read(3)
    first.commit()
    first.subscription.close()
    again = Reader(world, partitions=ALL, store={place_of("CP-1"): 1})
    assert again.read(2) == [2, 3]


# Messages that cannot be read


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


def test_a_reader_knows_how_many_messages_it_has_not_taken(world: KafkaWorld) -> None:
    reader = Reader(world, partitions=ALL)
    send(world, orders(*range(20)))
    world.run(soon(lambda: reader.subscription.waiting >= 20))
    assert len(reader.read(20)) == 20
    world.run(soon(lambda: reader.subscription.waiting == 0))


async def soon(so: Callable[[], bool]) -> None:
    """Wait until this is so, which nobody tells of."""
    async with asyncio.timeout(10):
        while not so():
            await asyncio.sleep(0.01)


# Outages


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
    world.settle(lambda: world.bus.away)
    assert world.bus.unsent == 49
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
