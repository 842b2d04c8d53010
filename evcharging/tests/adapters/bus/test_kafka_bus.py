"""What is the Kafka bus's own: where a reader begins, how far it is, and what never goes to Kafka."""

import pytest

from evcharging.adapters.bus.kafka.topics import NAMES
from evcharging.common.kafka import HEALTH_QUERIES, TOPICS
from evcharging.common.messages_link import HealthQuery
from evcharging.tests.stages.bus_world import ALL, NOW, Reader, orders, place_of, send
from evcharging.tests.stages.kafka_world import KafkaWorld, mock_world


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


def test_a_reader_knows_how_many_messages_it_has_not_taken(world: KafkaWorld) -> None:
    reader = Reader(world, partitions=ALL)
    send(world, orders(*range(20)))
    world.look_until(lambda: reader.subscription.waiting >= 20)
    assert len(reader.read(20)) == 20
    world.look_until(lambda: reader.subscription.waiting == 0)
