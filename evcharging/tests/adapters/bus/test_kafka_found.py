"""Finding Kafka and its topics: a bus waits for them, says so once, and refuses those that do not fit."""

import asyncio

import pytest

from evcharging.adapters.bus.kafka import topics as kafka_topics
from evcharging.adapters.bus.kafka.bus import KafkaBus
from evcharging.adapters.bus.kafka.topics import NAMES
from evcharging.tests.stages.bus_world import PARTITIONS
from evcharging.tests.stages.kafka_world import kafka_world
from evcharging.tests.stages.mock_kafka import mock_kafka


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
