"""Thieves on Kafka: they read all that is said there, and write it again, altered, elsewhere, or by another's seal.
Knows no Central but what it counts."""

import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import cycle, islice
from typing import NamedTuple

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka import Message as Record

from evcharging.adapters.bus.kafka.topics import DEAD_LETTERS, NAMES, client_settings
from evcharging.common.kafka import CP_STATUS, DRIVER_REQUESTS, partition_of
from evcharging.common.messages import DriverRequest
from evcharging.common.utils import to_json
from evcharging.protocols.seal import HEADER, seal
from tests.real.breakin.findings import Tally
from tests.real.breakin.place import PARTITIONS, Place

TOPICS = sorted(NAMES - {DEAD_LETTERS})
WITHIN, QUIET = 60.0, 2.5
SET_ASIDE = ("evcharging_messages_unbelieved_total", "evcharging_dead_letters_total")
KINDS = ("no seal", "altered body", "another's seal", "on another topic", "a seal that nobody made", "said again")


class Written(NamedTuple):
    """One thing to be written on Kafka."""

    kind: str
    topic: str
    key: bytes
    partition: int
    value: bytes
    seal: bytes | None


def recorded(place: Place) -> list[Record]:
    """All that was ever said on Kafka, as anybody can read it who reaches it."""
    found: list[Record] = []
    with Consumer({**client_settings(place.bootstrap, {}), "group.id": "thief"}) as thief:
        spots = [TopicPartition(name, number) for name in TOPICS for number in range(PARTITIONS)]
        ends = {(spot.topic, spot.partition): thief.get_watermark_offsets(spot, 10)[1] for spot in spots}
        thief.assign([TopicPartition(spot.topic, spot.partition, 0) for spot in spots])
        left = sum(ends.values())
        end = time.monotonic() + WITHIN
        while left > len(found) and time.monotonic() < end:
            found += [record for record in thief.consume(5000, 0.5) if record.error() is None]
    return found


def seal_in(record: Record) -> bytes | None:
    """The seal of a record."""
    found = dict(record.headers() or []).get(HEADER)
    return found if isinstance(found, bytes) else None


def by_topic(stolen: Sequence[Record]) -> list[Record]:
    """One of each topic after another, so that none is left out; the newest first."""
    shelves: dict[str, list[Record]] = {}
    for record in reversed(stolen):
        shelves.setdefault(record.topic() or "", []).append(record)
    longest = max(map(len, shelves.values()))
    return [shelf[number] for number in range(longest) for shelf in shelves.values() if number < len(shelf)]


def _like(record: Record, kind: str, value: bytes, its_seal: bytes | None, topic: str | None = None) -> Written:
    """Something in the place of a record."""
    return Written(kind, topic or record.topic() or "", record.key() or b"", record.partition() or 0, value, its_seal)


def forged(stolen: Sequence[Record], count: int) -> Iterator[Written]:
    """So many false things of all kinds in turn; `stolen` has all topics."""
    others = cycle(reversed(stolen))
    for number, record in enumerate(islice(cycle(stolen), count)):
        value, true = record.value() or b"", seal_in(record)
        # Topics and kinds go round apart, so that each kind comes on each topic.
        match kind := KINDS[(number + number // len(KINDS) // 7) % len(KINDS)]:
            case "no seal":
                yield _like(record, kind, value, None)
            case "altered body":
                yield _like(record, kind, value.replace(b'"seq":', b'"seq":9').replace(b"CP-00", b"CP-0"), true)
            case "another's seal":
                other = next(each for each in others if seal_in(each) != true)
                yield _like(record, kind, value, seal_in(other))
            case "on another topic":
                yield _like(record, kind, value, true, TOPICS[number % len(TOPICS)])
            case "a seal that nobody made":
                yield _like(record, kind, value, b"point/CP-001/1/" + b"0" * 32)
            case _:
                yield _like(record, kind, value, true)


def by_revoked_key(stolen: Sequence[Record], cp_id: str, key: bytes, count: int) -> Iterator[Written]:
    """What a point says whose key was revoked, sealed by that."""
    statuses = [record for record in stolen if record.topic() == CP_STATUS.name]
    for record in islice(cycle(statuses), count):
        value = (record.value() or b"").replace(b"CP-001", cp_id.encode()).replace(b"CP-002", cp_id.encode())
        yield _like(record, "a revoked key", value, seal(key, CP_STATUS.name, f"point/{cp_id}/1", value))


def write(place: Place, things: Iterable[Written], tally: Tally) -> None:
    """Write them all; returns once Kafka has them."""
    producer = Producer({**client_settings(place.bootstrap, {}), "linger.ms": 5})
    for thing in things:
        headers: list[tuple[str, str | bytes | None]] = [] if thing.seal is None else [(HEADER, thing.seal)]
        producer.produce(thing.topic, thing.value, thing.key, thing.partition, headers=headers)
        producer.poll(0)
        tally.tried[f"Kafka: {thing.kind}"] += 1
    assert producer.flush(WITHIN) == 0


def set_aside(place: Place) -> int:
    """How many messages Central has not believed, or could not read."""
    lines = place.owner.answer("GET", "/metrics").text.splitlines()
    return sum(int(float(line.split()[-1])) for line in lines if line.startswith(SET_ASIDE))


def until_read(place: Place, at_least: int) -> int:
    """Wait until Central has read all that was written; how many it has set aside."""
    end, since, before = time.monotonic() + WITHIN, time.monotonic(), -1
    while time.monotonic() < end and (before < at_least or time.monotonic() - since < QUIET):
        found = set_aside(place)
        if found != before:
            since, before = time.monotonic(), found
        time.sleep(0.2)
    return before


def charge_request(driver: str, cp_id: str, request_id: str, key: bytes, version: int = 1) -> Written:
    """What a driver asks for who has a key, sealed by it."""
    value = to_json(DriverRequest(ts=datetime.now(UTC), request_id=request_id, driver_id=driver, cp_id=cp_id))
    made = seal(key, DRIVER_REQUESTS.name, f"driver/{driver}/{version}", value)
    place = partition_of(cp_id, PARTITIONS)
    return Written("a driver's request", DRIVER_REQUESTS.name, cp_id.encode(), place, value, made)
