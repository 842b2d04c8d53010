"""The bus's contract about looking on, in sentences; part of `bus_contract`."""

from itertools import count

from evcharging.adapters.bus.traffic import Passing
from evcharging.common.kafka import CP_STATUS, key_of, partition_of
from evcharging.common.utils import from_json, to_json
from evcharging.tests.contracts.positions_contract import PositionsContract
from evcharging.tests.stages.bus_world import (
    ALL,
    KEYS,
    PARTITIONS,
    STREAM,
    Reader,
    World,
    order,
    order_each,
    orders,
    refusal,
    send,
)


class Onlooker:
    """Somebody who looks on, and remembers what was seen."""

    def __init__(self, world: World) -> None:
        self.seen: list[Passing] = []
        self._world = world
        self.tail = world.bus.traffic.tail(self._hear)

    def _hear(self, passing: Passing) -> None:
        self.seen.append(passing)
        self._world.wake()

    def see(self, number: int) -> list[Passing]:
        """So many messages, once they were seen."""
        self._world.settle(lambda: len(self.seen) >= number)
        return self.seen


def begin(world: World, *onlookers: Onlooker) -> None:
    """Wait until all of them see what comes of each partition, and forget what was sent for that."""
    numbers = count(1000)

    def have_begun() -> bool:
        for key in KEYS:
            world.bus.publish(order(next(numbers), key), world.wake)
        return all({passing.partition for passing in each.seen} == ALL for each in onlookers)

    world.settle(have_begun)
    last = [order(next(numbers), key) for key in KEYS]
    bodies = {to_json(message) for message in last}
    send(world, last)
    world.settle(lambda: all(bodies <= {passing.body for passing in each.seen} for each in onlookers))
    for each in onlookers:
        each.seen.clear()


def is_behind(world: World, messages: int) -> bool:
    """Whether the stream's reader is so far behind; a bus that says so late is asked again."""
    world.bus.publish(refusal(0), world.wake)
    return world.bus.traffic.behind()[STREAM.name] == messages


class TrafficContract(PositionsContract):
    """What any bus lets those see who look on."""

    def test_who_looks_on_sees_each_message_as_it_stands_on_the_bus(self, world: World) -> None:
        onlooker = Onlooker(world)
        begin(world, onlooker)
        messages = order_each()
        send(world, messages)
        seen = onlooker.see(len(messages))
        assert sorted(passing.body for passing in seen) == sorted(to_json(message) for message in messages)
        for passing in seen:
            key = key_of(from_json(type(messages[0]), passing.body))
            assert (passing.topic, passing.key) == (STREAM, key)
            assert passing.partition == partition_of(key, PARTITIONS)
            assert passing.seal is None

    def test_who_looks_on_sees_the_messages_of_a_key_in_their_order(self, world: World) -> None:
        onlooker = Onlooker(world)
        begin(world, onlooker)
        send(world, orders(*range(50)))
        assert [passing.body for passing in onlooker.see(50)] == [to_json(message) for message in orders(*range(50))]

    def test_offsets_are_those_of_the_messages_for_their_readers(self, world: World) -> None:
        reader, onlooker = Reader(world, partitions=ALL), Onlooker(world)
        begin(world, onlooker)
        send(world, orders(7))
        (passing,) = onlooker.see(1)
        world.settle(lambda: (reader.poll(), 7 in [message.seq for message in reader.got])[1])
        assert passing.offset == reader.positions[STREAM.name, passing.partition] - 1

    def test_all_who_look_on_see_all_and_readers_get_all(self, world: World) -> None:
        one, other = Onlooker(world), Onlooker(world)
        begin(world, one, other)
        reader = Reader(world, group="later", partitions=ALL)
        send(world, orders(1, 2))
        assert len(one.see(2)) == len(other.see(2)) == 2
        world.settle(lambda: (reader.poll(), {1, 2} <= {message.seq for message in reader.got})[1])

    def test_who_looks_on_no_longer_sees_nothing(self, world: World) -> None:
        one, other = Onlooker(world), Onlooker(world)
        begin(world, one, other)
        one.tail.close()
        send(world, orders(1))
        other.see(1)
        assert one.seen == []

    def test_it_is_known_how_far_readers_are_behind(self, world: World) -> None:
        reader = Reader(world, partitions=ALL)
        send(world, orders(0))
        reader.read(1)
        assert CP_STATUS.name not in world.bus.traffic.behind()
        send(world, orders(1, 2, 3))
        world.settle(lambda: is_behind(world, 3))
        reader.read(4)
        world.settle(lambda: is_behind(world, 0))
        reader.subscription.close()
        assert STREAM.name not in world.bus.traffic.behind()

    def test_nothing_was_set_aside_where_all_can_be_read(self, world: World) -> None:
        letters: list[object] = []
        world.bus.traffic.on_set_aside.append(letters.append)
        reader = Reader(world, partitions=ALL)
        send(world, orders(0))
        reader.read(1)
        assert letters == []
