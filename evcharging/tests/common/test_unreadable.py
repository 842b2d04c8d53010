"""A request that cannot be read leads to its driver, where the driver can be known."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from confluent_kafka import Producer
from hypothesis import given
from hypothesis import strategies as st

from evcharging.common import kafka
from evcharging.common.kafka import CENTRAL, SCHEMAS, partition_of
from evcharging.common.messages import UnreadableRequest
from evcharging.common.messages_queue import UnreadableAtSite
from evcharging.common.unreadable import unreadable_at_site, unreadable_request
from evcharging.common.utils import BadJson, from_json, to_json
from evcharging.tests.stages.bus_world import PARTITIONS, Reader, share
from evcharging.tests.stages.kafka_world import KafkaWorld, mock_world
from evcharging.tests.stages.scenario import law

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HERE = partition_of("CP-1", PARTITIONS)
GOOD = '"request_id":"R-1","driver_id":"driver-1","cp_id":"CP-1"'
DAY = '"ts":"2026-03-01T12:00:00Z"'
DOUBLED = f'{{{GOOD},{DAY},"kwh":1,"kwh":2}}'.encode()

UNREADABLE = {
    "a bad kwh": f'{{{GOOD},{DAY},"kwh":-1}}',
    "kwh that is no number": f'{{{GOOD},{DAY},"kwh":"ten"}}',
    "kwh as Python writes it": f'{{{GOOD},{DAY},"kwh":NaN}}',
    "a time without zone": f'{{{GOOD},"ts":"2026-03-01T12:00:00"}}',
    "no time": f"{{{GOOD}}}",
    "a key twice": DOUBLED.decode(),
    "a key twice, once with an escape": f'{{{GOOD},{DAY},"kwh":1,"kw\\u0068":2}}',
    "a key twice further inside": f'{{{GOOD},{DAY},"more":[{{"a":1,"a":2}}]}}',
    "another type": f'{{"type":"StopSupply",{GOOD},{DAY}}}',
    "a run that is no number": f'{{{GOOD},{DAY},"epoch":"1"}}',
    "the driver twice, both times the same": f'{{{GOOD},{DAY},"driver_id":"driver-1"}}',
}


def known(text: str) -> UnreadableRequest | None:
    return unreadable_request(text.encode(), "why", NOON)


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_of_a_request_that_cannot_be_read_it_is_known_who_asked_for_what(text: str) -> None:
    with pytest.raises(BadJson):
        SCHEMAS[kafka.DRIVER_REQUESTS.name].decode(text.encode())
    wanted = UnreadableRequest(ts=NOON, request_id="R-1", driver_id="driver-1", cp_id="CP-1", reason="why")
    assert known(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '"driver-1"',
        "[" * 100_000,
        f'{{"cp_id":"CP-1",{DAY}}}',
        '{"driver_id":5}',
        '{"driver_id":null}',
        '{"driver_id":""}',
        '{"driver_id":"driver 1"}',
        '{"driver_id":"driver-1\\n"}',
        '{"driver_id":["driver-1"]}',
        f'{{"driver_id":"{"d" * 65}"}}',
        '{"driver_id":"driver-1","driver_id":"driver-2"}',
        '[{"driver_id":"driver-1"}]',
        '{"a":{"driver_id":"driver-1"}}',
    ],
)
def test_where_the_driver_is_not_known_there_is_nobody_to_answer(text: str) -> None:
    assert known(text) is None


@pytest.mark.parametrize("cp_id", ["null", '"CP 1"', "7", '""', '"CP-1","cp_id":"CP-2"'])
def test_a_point_that_cannot_be_read_is_unknown(cp_id: str) -> None:
    found = known(f'{{"driver_id":"driver-1","request_id":"R-1","cp_id":{cp_id}}}')
    assert found is not None
    assert (found.cp_id, found.request_id) == ("unknown", "R-1")


@pytest.mark.parametrize("request_id", ["null", '"R 1"', "7", '"R-1","request_id":"R-2"', f'"{"R" * 129}"'])
def test_a_request_without_a_number_has_one_that_is_its_own_and_stays(request_id: str) -> None:
    text = f'{{"driver_id":"driver-1","cp_id":"CP-1","request_id":{request_id}}}'
    one, same, other = known(text), known(text), known(text + " ")
    assert one is not None
    assert other is not None
    assert one == same
    assert one.request_id != other.request_id
    assert from_json(UnreadableRequest, to_json(one)) == one


@law
@given(text=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_break_it(text: bytes) -> None:
    found = unreadable_request(text, "why", NOON)
    assert found is None or from_json(UnreadableRequest, to_json(found)) == found


SAID = '"request_id":"R-1","driver_id":"driver-1","site_id":"SITE-1"'


@pytest.mark.parametrize("kind", ["SiteRequest", "ReserveAtSite", "OfferReply", "StopSupply"])
def test_of_what_is_said_to_a_site_and_cannot_be_read_it_is_known_who_said_it(kind: str) -> None:
    text = f'{{"type":"{kind}",{SAID},"kwh":-1}}'.encode()
    with pytest.raises(BadJson):
        SCHEMAS[kafka.DRIVER_SITE_REQUESTS.name].decode(text)
    wanted = UnreadableAtSite(ts=NOON, request_id="R-1", driver_id="driver-1", site_id="SITE-1", reason="why")
    assert unreadable_at_site(text, "why", NOON) == wanted
    unknown = unreadable_at_site(text.replace(b"SITE-1", b"SITE 1"), "why", NOON)
    assert unknown is not None
    assert unknown.site_id == "unknown"
    assert unreadable_at_site(text.replace(b"driver-1", b"driver 1"), "why", NOON) is None


def test_a_key_that_comes_twice_is_refused_in_a_sentence_where_somebody_decides_by_it() -> None:
    for topic in (kafka.DRIVER_REQUESTS, kafka.OPERATOR_REQUESTS):
        assert topic.exact
    with pytest.raises(BadJson, match=r"^JSON has the key `kwh` twice$"):
        SCHEMAS[kafka.DRIVER_REQUESTS.name].decode(DOUBLED)
    action = (
        '{"type":"OperatorRequest","request_id":"R-1","cp_id":"CP-1",' + DAY + ',"action":"stop","action":"resume"}'
    )
    with pytest.raises(BadJson, match=r"^JSON has the key `action` twice$"):
        SCHEMAS[kafka.OPERATOR_REQUESTS.name].decode(action.encode())


def test_the_same_key_in_other_objects_is_no_fault() -> None:
    text = f'{{{GOOD},{DAY},"more":[{{"a":1}},{{"a":2}}],"a":10e99999,"b":{"9" * 5000}}}'
    assert SCHEMAS[kafka.DRIVER_REQUESTS.name].decode(text.encode()).driver_id == "driver-1"


# On Kafka


@pytest.fixture
def world() -> Iterator[KafkaWorld]:
    with mock_world() as (_, world):
        yield world


def put(world: KafkaWorld, text: bytes, partition: int, topic: kafka.Topic = kafka.DRIVER_REQUESTS) -> None:
    producer = Producer({"bootstrap.servers": world.bootstrap, "linger.ms": 0})
    producer.produce(topic.name, text, partition=partition)
    assert producer.flush(10) == 0


@pytest.mark.parametrize("partition", [HERE, (HERE + 1) % PARTITIONS], ids=["here", "elsewhere"])
def test_it_is_handed_over_where_it_is_decided_and_set_aside_as_well(world: KafkaWorld, partition: int) -> None:
    reader = Reader(world, kafka.DRIVER_REQUESTS, group=CENTRAL)
    share(world, reader)
    put(world, DOUBLED, partition)
    put(world, b"{", HERE)
    world.settle(lambda: (reader.poll(), bool(reader.got) and world.bus.dead_letters == 2)[1])
    assert reader.places[kafka.DRIVER_REQUESTS.name, HERE] == reader.got
    (found,) = reader.got
    assert isinstance(found, UnreadableRequest)
    assert (found.request_id, found.driver_id, found.cp_id) == ("R-1", "driver-1", "CP-1")
    assert found.reason == "JSON has the key `kwh` twice"


def test_of_an_unknown_point_it_is_handed_over_where_it_is(world: KafkaWorld) -> None:
    reader = Reader(world, kafka.DRIVER_REQUESTS, group=CENTRAL)
    share(world, reader)
    for partition in range(PARTITIONS):
        put(world, b'{"driver_id":"driver-1","cp_id":"CP 1"}', partition)
    world.settle(lambda: (reader.poll(), len(reader.got) == PARTITIONS)[1])
    assert [len(reader.places[kafka.DRIVER_REQUESTS.name, number]) for number in range(PARTITIONS)] == [1] * PARTITIONS
    assert world.bus.dead_letters == PARTITIONS


@pytest.mark.parametrize("elsewhere", [0, 1], ids=["here", "elsewhere"])
def test_what_is_said_to_a_site_is_handed_over_where_it_is_decided(world: KafkaWorld, elsewhere: int) -> None:
    topic, here = kafka.DRIVER_SITE_REQUESTS, partition_of("SITE-1", PARTITIONS)
    reader = Reader(world, topic, group=CENTRAL)
    share(world, reader)
    put(world, f'{{"type":"SiteRequest",{SAID},{DAY},"kwh":-1}}'.encode(), (here + elsewhere) % PARTITIONS, topic)
    world.settle(lambda: (reader.poll(), bool(reader.got) and world.bus.dead_letters == 1)[1])
    (found,) = reader.places[topic.name, here]
    assert isinstance(found, UnreadableAtSite)
    assert (found.request_id, found.driver_id, found.site_id) == ("R-1", "driver-1", "SITE-1")
