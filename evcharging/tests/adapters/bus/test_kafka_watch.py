"""What watches over Kafka: whether it answers, and whether each topic is still the one that it was."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from threading import Event
from typing import Any

import pytest
from confluent_kafka import TopicPartition

from evcharging.adapters.bus.kafka import probe as kafka_probe
from evcharging.adapters.bus.kafka import watch as kafka_watch
from evcharging.adapters.bus.kafka.bus import KafkaBus
from evcharging.adapters.bus.kafka.places import shared_by
from evcharging.adapters.bus.kafka.probe import EVERY, PATIENCE, Probe
from evcharging.adapters.bus.kafka.security import LogLine
from evcharging.adapters.bus.kafka.topics import NAMES, Cluster, UnequalTopics, client_settings, find
from evcharging.adapters.bus.kafka.writer import KafkaWriter
from evcharging.adapters.store import Commit
from evcharging.adapters.store.memory import MemoryStore
from evcharging.common.kafka import CENTRAL_COMMANDS, CP_STATUS, Topic
from evcharging.tests.stages.bus_world import ALL, PARTITIONS, STREAM, Reader, order, orders, place_of, refusal, send
from evcharging.tests.stages.kafka_world import QUICK, KafkaWorld, mock_world
from evcharging.tests.stages.mock_kafka import MockKafka

AWAY = "Cannot reach Kafka at HOST, retrying"
BACK = "Kafka at HOST answers again"
CLUSTER = Cluster({}, "cluster", {name: f"id of {name}" for name in NAMES}, PARTITIONS, {})


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[MockKafka, KafkaWorld]]:
    monkeypatch.setattr(kafka_probe, "EVERY", 0.02)
    monkeypatch.setattr(kafka_watch, "LOOK_AGAIN", 0.01)
    with mock_world() as there:
        yield there


# Whether it answers


def test_that_kafka_does_not_answer_is_known_within_two_seconds() -> None:
    assert EVERY + sum(PATIENCE) < 2.0


def test_one_question_without_an_answer_says_nothing_and_two_do(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter([True, False, True, True, False, False, False, False, True, True, False, True])
    told: list[bool] = []
    over = Event()

    def ask(probe: Probe, admin: object, seconds: float) -> bool:
        answer = next(answers, None)
        if answer is None:
            probe.close()
            over.set()
        return answer is not False

    monkeypatch.setattr(kafka_probe, "EVERY", 0.0)
    monkeypatch.setattr(Probe, "_is_answered", ask)
    Probe(client_settings("localhost:1", {}), told.append)
    assert over.wait(10)
    assert told == [False, True]


def test_who_wants_to_know_hears_once_that_kafka_is_away_and_once_that_it_is_back(
    there: tuple[MockKafka, KafkaWorld],
) -> None:
    kafka, world = there
    bus, heard = world.bus, list[tuple[bool, bool, str | None]]()
    bus.on_away.append(lambda away: heard.append((away, bus.away, bus.trouble)))
    assert (bus.away, bus.trouble) == (False, None)
    kafka.go_down()
    world.settle(lambda: bus.away)
    kafka.come_up()
    world.settle(lambda: not bus.away)
    assert heard == [(True, True, f"Cannot reach Kafka at {world.bootstrap}"), (False, False, None)]
    assert world.said == [AWAY, BACK]


def test_nothing_is_handed_out_before_all_have_heard_that_kafka_is_back(
    there: tuple[MockKafka, KafkaWorld],
) -> None:
    kafka, world = there
    reader = Reader(world, partitions=ALL)
    send(world, orders(0))
    assert reader.read(1) == [0]
    had: list[int] = []
    world.bus.on_away.append(lambda away: had.append(len(reader.got)))
    kafka.go_down()
    world.bus.publish(order(1))
    world.settle(lambda: world.bus.away)
    kafka.come_up()
    assert reader.read(2) == [0, 1]
    assert had == [1, 1]


# Whether its topics are the same


@pytest.mark.parametrize("topic", sorted(NAMES))
def test_the_history_has_another_name_when_any_topic_is_another_one(topic: str) -> None:
    other = replace(CLUSTER, topic_ids={**CLUSTER.topic_ids, topic: "another id"})
    assert other.log_id != CLUSTER.log_id
    assert other.changed_since(CLUSTER) == {topic}


def test_on_another_cluster_every_topic_is_another_one() -> None:
    other = replace(CLUSTER, cluster_id="another")
    assert other.log_id != CLUSTER.log_id
    assert other.changed_since(CLUSTER) == NAMES
    assert replace(CLUSTER, ends={("cp.status", 1): 5}).log_id == CLUSTER.log_id


Look = Callable[[LogLine], Awaitable[Cluster]]


def bus_that_finds(
    world: KafkaWorld, find_again: Callable[[Cluster, LogLine], Cluster]
) -> tuple[KafkaBus, KafkaWriter]:
    """A bus whose later looks at Kafka find what this makes of the truth, and what it writes with."""

    async def make() -> tuple[KafkaBus, KafkaWriter]:
        settings = client_settings(world.bootstrap, QUICK)
        truth = partial(find, settings, None, had=PARTITIONS)

        async def look(log: LogLine) -> Cluster:
            return find_again(await truth(log), log)

        writer = KafkaWriter(settings, world.log)
        return KafkaBus(await truth(world.log), writer, world.log, look), writer

    return world.run(make())


def with_other(cluster: Cluster, *topics: Topic) -> Cluster:
    """The same, but these topics were made again."""
    changed: Mapping[str, str] = {topic.name: "another id" for topic in topics}
    return replace(cluster, topic_ids={**cluster.topic_ids, **changed})


@pytest.mark.parametrize("shared", [True, False], ids=["shared", "fixed"])
def test_only_topics_that_are_other_ones_are_read_from_their_beginning(world: KafkaWorld, shared: bool) -> None:
    bus, writer = bus_that_finds(world, lambda cluster, _: with_other(cluster, CP_STATUS))
    reader = Reader(world, CENTRAL_COMMANDS, CP_STATUS, partitions=None if shared else ALL, bus=bus)
    history = bus.log_id
    send(world, [order(1), refusal(2)])
    reader.read(2)
    writer.on_trouble()
    world.settle(lambda: bool(world.said))
    assert world.said == ["Kafka has lost the messages of cp.status"]
    assert bus.log_id != history
    send(world, [order(3)])
    world.settle(lambda: (reader.poll(), 3 in [message.seq for message in reader.got])[1])
    world.settle(lambda: (reader.poll(), len(reader.places[place_of("CP-1", CP_STATUS)]) == 2)[1])
    assert [message.seq for message in reader.places[place_of("CP-1", CENTRAL_COMMANDS)]] == [1, 3]
    world.run(bus.close())


def test_a_reader_of_other_topics_is_left_alone(world: KafkaWorld) -> None:
    bus, writer = bus_that_finds(world, lambda cluster, _: with_other(cluster, CP_STATUS))
    reader = Reader(world, STREAM, partitions=ALL, bus=bus)
    send(world, orders(1))
    reader.read(1)
    thread = reader.subscription
    writer.on_trouble()
    world.settle(lambda: bool(world.said))
    send(world, orders(2))
    assert reader.read(2) == [1, 2]
    assert reader.subscription is thread
    world.run(bus.close())


def test_what_waits_for_kafka_when_topics_are_other_ones_is_sent(world: KafkaWorld) -> None:
    bus, writer = bus_that_finds(world, lambda cluster, _: with_other(cluster, STREAM))
    told: list[int] = []

    def publish(number: int) -> None:
        def tell() -> None:
            told.append(number)
            world.wake()

        bus.publish(order(number), tell)

    for number in range(20):
        publish(number)
    writer.on_trouble()
    world.settle(lambda: bool(world.said))
    for number in range(20, 40):
        publish(number)
    world.settle(lambda: len(told) == 40)
    assert told == list(range(40))
    world.run(bus.close())


def test_topics_that_cannot_be_used_are_the_trouble_until_they_can(world: KafkaWorld) -> None:
    sentence = "Kafka topic cp.status has 1 partitions, not 4; delete it to go on"
    unequal: list[str] = [sentence]

    def found(cluster: Cluster, log: LogLine) -> Cluster:
        if unequal:
            raise UnequalTopics(unequal[0])
        world.wake()
        return cluster

    bus, writer = bus_that_finds(world, found)
    writer.on_trouble()
    world.settle(lambda: bus.trouble is not None)
    assert (bus.trouble, bus.away, world.said) == (sentence, False, [sentence])
    unequal.clear()
    world.settle(lambda: bus.trouble is None)
    assert world.said == [sentence]
    world.run(bus.close())


def test_topics_that_are_missing_are_the_trouble_until_they_are_there(world: KafkaWorld) -> None:
    heard: list[str | None] = []

    def found(cluster: Cluster, log: LogLine) -> Cluster:
        log("warning", "Waiting for Central to make its topics on Kafka at HOST")
        heard.append(bus.trouble)
        return cluster

    bus, writer = bus_that_finds(world, found)
    writer.on_trouble()
    world.settle(lambda: bool(heard) and bus.trouble is None)
    assert heard == ["Waiting for Central to make its topics on Kafka at HOST"]
    world.run(bus.close())


def test_an_offset_that_the_log_does_not_have_is_said_once_and_the_oldest_message_is_next(world: KafkaWorld) -> None:
    send(world, orders(0, 1))
    reader = Reader(world, partitions=ALL, store={place_of("CP-1"): 10**6, place_of("CP-2"): 10**6})
    assert reader.read(2) == [0, 1]
    world.settle(lambda: bool(world.said))
    assert set(world.said) == {
        f"Kafka does not have what was to be read next in {STREAM.name}; going on with the oldest"
    }


@pytest.mark.parametrize(
    ("assigned", "numbers"),
    [
        ({"a": [0, 1, 2, 3], "b": [0, 1, 2, 3]}, {0, 1, 2, 3}),
        ({"a": [0, 1], "b": [0, 1], "c": [0, 1, 2, 3]}, {0, 1}),
        ({"a": [2, 3], "b": [2, 3], "c": [4, 5, 6, 7]}, {2, 3}),
        ({"c": [4, 5]}, set()),
        ({}, set()),
    ],
)
def test_a_topic_with_more_partitions_than_there_should_be_changes_no_shares(
    assigned: dict[str, list[int]], numbers: set[int]
) -> None:
    places: Any = [TopicPartition(topic, number) for topic, share in assigned.items() for number in share]
    assert shared_by(places, 4) == numbers


def test_a_ledger_whose_positions_count_in_a_history_of_another_name_goes_on_where_the_group_was_done(
    world: KafkaWorld,
) -> None:
    store = MemoryStore()
    first = Reader(world, group="central")
    send(world, orders(1, 2, 3))
    first.read(3)
    first.commit()
    store.commit(Commit(log_id="cluster/id-of-central.commands", positions=first.positions))
    first.subscription.close()
    send(world, orders(4, 5))
    assert store.positions(world.bus.log_id) == {}
    again = Reader(world, group="central", store=store.positions(world.bus.log_id))
    assert again.read(2) == [4, 5]
