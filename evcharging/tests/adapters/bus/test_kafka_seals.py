"""On Kafka a message carries its seal in a header, and one that is not believed is set aside before anybody sees it."""

from collections.abc import Sequence

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka import Message as Record

from evcharging.adapters.bus.kafka.bus import DeadLetter, KafkaBus
from evcharging.adapters.bus.kafka.records import seal_of
from evcharging.adapters.bus.kafka.topics import DEAD_LETTERS
from evcharging.adapters.bus.traffic import Passing
from evcharging.adapters.key_ring import FRESH_FOR
from evcharging.adapters.seals import NO_SEAL, OTHER_KEY, OTHER_SENDER, Seals
from evcharging.common import kafka
from evcharging.common.kafka import CENTRAL, TOPIC_OF, Topic, key_of, partition_of
from evcharging.common.messages import DriverUpdate, Message, UnreadableRequest, UpdateStatus
from evcharging.common.utils import changed, from_json, to_json
from evcharging.domain.access.keys import KeyKind
from evcharging.protocols.seal import HEADER, read_seal
from evcharging.tests.stages.bus_world import ALL, PARTITIONS, Reader, refusal, share
from evcharging.tests.stages.kafka_world import QUICK, KafkaWorld
from evcharging.tests.stages.seals_stage import (
    ORDER,
    OTHER_POINT,
    POINT,
    READING,
    REQUEST,
    UPDATE,
    SealWorld,
    sealed,
)

HERE = partition_of(POINT, PARTITIONS)
DENIED = changed(UPDATE, status=UpdateStatus.DENIED, reason="sign in first")


@pytest.fixture
def proven() -> SealWorld:
    return SealWorld()


def opened(world: KafkaWorld, seals: Seals) -> KafkaBus:
    """A bus whose messages are sealed and judged by these."""
    return world.run(world.opening(PARTITIONS, seals=seals))


def put(
    world: KafkaWorld, topic: Topic, body: bytes, seal: bytes | None, key: str = POINT, partition: int | None = None
) -> None:
    """Write as another client does."""
    producer = Producer({"bootstrap.servers": world.bootstrap, "linger.ms": 0})
    where = partition_of(key, PARTITIONS) if partition is None else partition
    headers: list[tuple[str, str | bytes | None]] = [("other", b"1")]
    producer.produce(topic.name, body, key.encode(), where, headers=[*headers, (HEADER, seal)] if seal else headers)
    assert producer.flush(10) == 0


def put_message(world: KafkaWorld, message: Message, seal: bytes | None, partition: int | None = None) -> None:
    put(world, TOPIC_OF[type(message)], to_json(message), seal, key_of(message), partition)


def records(world: KafkaWorld, topic: str, partition: int, count: int) -> Sequence[Record]:
    """The first records of a place."""
    with Consumer({"bootstrap.servers": world.bootstrap, "group.id": "undertaker", **QUICK}) as consumer:
        consumer.assign([TopicPartition(topic, partition, 0)])
        return consumer.consume(count, 10)


def test_what_is_sealed_arrives_with_its_seal_in_a_header_and_the_same_json(
    world: KafkaWorld, proven: SealWorld
) -> None:
    engine = opened(world, proven.point())
    reader = Reader(world, kafka.CP_TELEMETRY, partitions=ALL, bus=opened(world, proven.central))
    engine.publish(READING)
    world.settle(lambda: (reader.poll(), bool(reader.got))[1])
    assert reader.got == [READING]
    (record,) = records(world, "cp.telemetry", HERE, 1)
    assert record.value() == to_json(READING)
    assert record.headers() == [(HEADER, sealed(proven.point(), READING))]


def test_without_a_key_there_is_no_header(world: KafkaWorld, proven: SealWorld) -> None:
    opened(world, proven.point()).publish(changed(READING, cp_id=OTHER_POINT))
    world.bus.publish(READING)
    (other,) = records(world, "cp.telemetry", partition_of(OTHER_POINT, PARTITIONS), 1)
    (mine,) = records(world, "cp.telemetry", HERE, 1)
    assert not other.headers()
    assert not mine.headers()


@pytest.mark.parametrize("attack", ["unsealed", "altered", "foreign", "garbled"])
def test_what_is_not_believed_is_set_aside_with_its_reason_and_delays_nobody(
    world: KafkaWorld, proven: SealWorld, attack: str
) -> None:
    seal, reason = {
        "unsealed": (None, NO_SEAL),
        "altered": (sealed(proven.point(), changed(READING, kw=1)), OTHER_KEY),
        "foreign": (sealed(proven.point(OTHER_POINT), changed(READING, cp_id=OTHER_POINT)), OTHER_SENDER),
        "garbled": (b"\xff", "its seal is not kind/id/version/mac"),
    }[attack]
    bus = opened(world, proven.central)
    reader = Reader(world, kafka.CP_TELEMETRY, partitions=ALL, bus=bus)
    put_message(world, READING, seal)
    put_message(world, READING, sealed(proven.point(), READING))
    world.settle(lambda: (reader.poll(), bool(reader.got) and bus.unbelieved == 1)[1])
    assert reader.got == [READING]
    assert bus.dead_letters == 0
    (record,) = records(world, DEAD_LETTERS, HERE, 1)
    letter = from_json(DeadLetter, record.value() or b"")
    assert (letter.topic, letter.partition, letter.offset, letter.reason) == ("cp.telemetry", HERE, 0, reason)
    said = f"Set aside a message that is not believed, at cp.telemetry partition {HERE} offset 0: {reason}"
    assert world.said == [said]


def test_few_words_are_made_of_many(world: KafkaWorld, proven: SealWorld) -> None:
    bus = opened(world, proven.central)
    reader = Reader(world, kafka.CP_TELEMETRY, partitions=ALL, bus=bus)
    for number in range(9):
        put_message(world, changed(READING, seq=number), None)
    world.settle(lambda: (reader.poll(), bus.unbelieved == 9)[1])
    assert reader.got == []
    assert len(world.said) == 4


def test_what_is_passed_on_keeps_its_seal_and_what_is_not_believed_is_not_passed_on(
    world: KafkaWorld, proven: SealWorld
) -> None:
    bus = opened(world, proven.central)
    reader = Reader(world, kafka.CP_TELEMETRY, group=CENTRAL, bus=bus)
    share(world, reader)
    elsewhere = (HERE + 1) % PARTITIONS
    put_message(world, changed(READING, seq=1), None, elsewhere)
    put_message(world, READING, sealed(proven.point(), READING), elsewhere)
    world.settle(lambda: (reader.poll(), bool(reader.got) and bus.unbelieved == 1)[1])
    assert (reader.places["cp.telemetry", HERE], bus.passed_on) == ([READING], 1)
    (record,) = records(world, "cp.telemetry", HERE, 1)
    assert seal_of(record) == sealed(proven.point(), READING)


def test_an_engine_obeys_what_is_sealed_for_it_alone(world: KafkaWorld, proven: SealWorld) -> None:
    engine, central = opened(world, proven.point()), opened(world, proven.central)
    reader = Reader(world, kafka.CENTRAL_COMMANDS, partitions=ALL, bus=engine)
    put_message(world, changed(ORDER, seq=1), None)
    central.publish(ORDER)
    put_message(world, changed(ORDER, cp_id=OTHER_POINT), None)
    world.settle(lambda: (reader.poll(), len(reader.got) == 2 and engine.unbelieved == 1)[1])
    assert [key_of(message) for message in reader.got] in ([POINT, OTHER_POINT], [OTHER_POINT, POINT])
    assert ORDER in reader.got


def test_a_request_that_cannot_be_read_is_handed_over_where_its_driver_is_proven(
    world: KafkaWorld, proven: SealWorld
) -> None:
    bus, text = opened(world, proven.central), b'{"driver_id":"driver-1","cp_id":"CP-1","kwh":"x"}'
    reader = Reader(world, kafka.DRIVER_REQUESTS, group=CENTRAL, bus=bus)
    share(world, reader)
    put(world, kafka.DRIVER_REQUESTS, text, None)
    put(world, kafka.DRIVER_REQUESTS, text, proven.driver().seal(kafka.DRIVER_REQUESTS, REQUEST, text))
    world.settle(lambda: (reader.poll(), bool(reader.got) and bus.dead_letters == 2)[1])
    (found,) = reader.got
    assert isinstance(found, UnreadableRequest)
    assert bus.unbelieved == 0


def test_a_driver_without_a_key_hears_so_without_a_seal_and_no_role_hears_of_it(
    world: KafkaWorld, proven: SealWorld
) -> None:
    proven.central.denial = lambda message: DENIED if message == REQUEST else None
    bus = opened(world, proven.central)
    reader = Reader(world, kafka.DRIVER_REQUESTS, partitions=ALL, bus=bus)
    stranger = Reader(world, kafka.DRIVER_UPDATES, partitions=ALL)
    owner_bus = opened(world, proven.driver())
    owner = Reader(world, kafka.DRIVER_UPDATES, partitions=ALL, bus=owner_bus)
    put_message(world, REQUEST, None)
    world.settle(lambda: (stranger.poll(), owner.poll(), stranger.got != [] and owner_bus.unbelieved == 1)[2])
    assert [message for message in stranger.got if isinstance(message, DriverUpdate)] == [DENIED]
    reader.poll()
    assert (reader.got, owner.got) == ([], [])


def test_what_waits_is_sealed_when_it_is_sent(world: KafkaWorld, proven: SealWorld) -> None:
    central = opened(world, proven.central)
    central.publish(ORDER)
    proven.registry.rotate(KeyKind.POINT, POINT, proven.now)
    proven.ring.saw(KeyKind.POINT, POINT, 2)
    proven.look()
    central.publish(ORDER)
    found = [read_seal(seal_of(record) or b"") for record in records(world, "central.commands", HERE, 2)]
    assert [seal.sealer.version for seal in found] == [1, 2]


def test_nothing_is_judged_before_it_was_looked_whose_keys_count_and_nothing_is_lost(
    world: KafkaWorld, proven: SealWorld
) -> None:
    bus = opened(world, proven.central)
    reader = Reader(world, kafka.CP_STATUS, partitions=ALL, bus=bus)
    ahead = Reader(world, kafka.CP_STATUS, partitions=ALL)
    status = refusal(1, POINT)
    put_message(world, status, sealed(proven.point(), status))
    world.settle(lambda: (reader.poll(), bool(reader.got))[1])
    proven.seconds += FRESH_FOR + 1
    proven.registry.revoke(KeyKind.POINT, POINT, proven.now)
    late = refusal(2, POINT)
    put_message(world, late, sealed(proven.point(), late))
    world.settle(lambda: (ahead.poll(), len(ahead.got) == 2)[1])
    assert (reader.poll(), bus.unbelieved) == ([], 0)
    proven.look()
    world.settle(lambda: (reader.poll(), bus.unbelieved == 1)[1])
    assert reader.got == [status]


def test_who_looks_on_sees_the_seal_of_a_message_and_whether_it_holds(world: KafkaWorld, proven: SealWorld) -> None:
    bus = opened(world, proven.central)
    seen: list[Passing] = []
    bus.traffic.tail(seen.append)
    seal, body = proven.point().seal(TOPIC_OF[type(READING)], READING, to_json(READING)), to_json(READING)

    def is_seen() -> bool:
        put_message(world, READING, seal)
        return bool(seen)

    world.look_until(is_seen)
    assert (seen[0].body, seen[0].seal) == (body, seal)
    assert bus.traffic.seals.why_not(seen[0].topic, READING, body, seal) is None
    assert bus.traffic.seals.why_not(seen[0].topic, READING, body + b" ", seal) == OTHER_KEY
