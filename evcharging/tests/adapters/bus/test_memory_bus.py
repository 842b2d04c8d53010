"""Whatever the order in which readers join, poll, commit and leave, each group on the memory bus sees each message
once, in order; and what everyone is done with is forgotten."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from evcharging.adapters.bus import Place
from evcharging.adapters.bus.memory import MemoryBus
from evcharging.common.kafka import HEALTH_QUERIES
from evcharging.common.messages_link import HealthQuery
from evcharging.tests.stages.bus_world import (
    ALL,
    KEYS,
    NOW,
    PARTITIONS,
    STREAM,
    MemoryWorld,
    Reader,
    order,
    orders,
    place_of,
)

ENOUGH = 3
"""Polls until a change of assignment, in its two steps, and then everything has been seen."""


@dataclass
class Group:
    """A group, what it has stored and what its members have seen; one reader at a time where partitions are fixed."""

    name: str
    partitions: frozenset[int] | None
    store: dict[Place, int] = field(default_factory=dict)
    members: list[Reader] = field(default_factory=list)
    seen: dict[Place, list[int]] = field(default_factory=lambda: defaultdict(list))
    since: dict[Place, int] | None = None
    """How many messages of each place there were when it first came."""


class Network:
    """A memory bus, its groups, and what was published to it."""

    def __init__(self) -> None:
        self.world = MemoryWorld()
        self.published: dict[Place, list[int]] = defaultdict(list)
        self.count = 0
        self.groups = [
            Group("a", None),
            Group("b", None),
            Group("c", ALL),
            Group("d", frozenset({place_of("CP-1")[1]})),
        ]

    def publish(self, key: str) -> None:
        self.published[place_of(key)].append(self.count)
        self.world.bus.publish(order(self.count, key))
        self.count += 1

    def join(self, group: Group) -> None:
        if group.since is None:
            group.since = {place: len(numbers) for place, numbers in self.published.items()}
        if group.partitions is None or not group.members:
            group.members.append(Reader(self.world, group=group.name, partitions=group.partitions, store=group.store))

    def poll(self, group: Group, member: int, limit: int) -> None:
        """What a host does in one cycle: take a batch, handle it, commit."""
        if group.members:
            reader = group.members[member % len(group.members)]
            for fetched in reader.poll(limit):
                place = (fetched.topic.name, fetched.partition)
                group.seen[place] += [message.seq for message in fetched.messages]
                group.store[place] = fetched.next_offset

    def done(self, group: Group, member: int) -> None:
        if group.members:
            group.members[member % len(group.members)].subscription.done(group.store)

    def leave(self, group: Group, member: int) -> None:
        if group.members:
            group.members.pop(member % len(group.members)).subscription.close()

    def has_seen_all(self, group: Group) -> bool:
        """Whether a group saw, once and in order, all since it first came, and perhaps some that was still kept."""
        wanted = ALL if group.partitions is None else group.partitions
        first = group.since or {}
        return all(
            len(seen) >= len(numbers) - first.get(place, 0) and seen == numbers[len(numbers) - len(seen) :]
            for place, numbers in self.published.items()
            for seen in [group.seen[place]]
            if place[1] in wanted
        )


Step = Callable[[Network], None]
groups = st.integers(0, 3)
members = st.integers(0, 5)
steps: st.SearchStrategy[Step] = st.one_of(
    st.sampled_from(KEYS).map(lambda key: lambda net: net.publish(key)),
    st.builds(lambda g: lambda net: net.join(net.groups[g]), groups),
    st.builds(lambda g, m, limit: lambda net: net.poll(net.groups[g], m, limit), groups, members, st.integers(1, 4)),
    st.builds(lambda g, m: lambda net: net.done(net.groups[g], m), groups, members),
    st.builds(lambda g, m: lambda net: net.leave(net.groups[g], m), groups, members),
)


@given(st.lists(steps, max_size=60))
def test_after_any_steps_each_group_has_seen_each_message_once_in_order(plan: list[Step]) -> None:
    network = Network()
    for step in plan:
        step(network)
    everyone = [group for group in network.groups if group.since is not None]
    for group in everyone:
        network.join(group)
    for group in everyone:
        for _ in range(ENOUGH):
            for member in range(len(group.members)):
                network.poll(group, member, 1000)
        assert network.has_seen_all(group)


def test_what_everyone_is_done_with_is_forgotten() -> None:
    world = MemoryWorld()
    readers = [Reader(world, group="a"), Reader(world, group="b"), Reader(world, group="c", partitions=ALL)]
    for round_ in range(1, 10):
        for message in orders(*range(100)):
            world.bus.publish(message)
        for reader in readers:
            reader.read(round_ * 100)
        assert kept(world) == 100
        for reader in readers:
            reader.commit()
        assert kept(world) == 0


def test_a_reader_knows_how_many_messages_it_has_not_taken() -> None:
    world = MemoryWorld()
    reader = Reader(world, partitions=ALL)
    world.bus.publish_all(orders(1, 2, 3))
    assert reader.subscription.waiting == 3
    reader.poll(2)
    assert reader.subscription.waiting == 1
    reader.poll()
    assert reader.subscription.waiting == 0


def test_what_nobody_has_ever_read_is_not_kept() -> None:
    world = MemoryWorld()
    world.bus.publish(order(0))
    reader = Reader(world)
    world.bus.publish(order(1))
    assert (reader.read(1), kept(world)) == ([1], 1)


def test_what_a_reader_left_behind_is_kept_until_it_comes_back_and_is_done() -> None:
    world = MemoryWorld()
    Reader(world, partitions=ALL).subscription.close()
    for message in orders(*range(5)):
        world.bus.publish(message)
    assert kept(world) == 5
    reader = Reader(world, partitions=ALL)
    reader.read(5)
    reader.commit()
    assert kept(world) == 0


def test_a_busy_partition_does_not_keep_the_others_waiting() -> None:
    world = MemoryWorld()
    reader = Reader(world)
    keys = {place_of(key): key for key in KEYS}.values()
    for number in range(100):
        world.bus.publish(order(number, "CP-1"))
    for key in keys:
        world.bus.publish(order(0, key))
    for _ in range(PARTITIONS):
        reader.poll(10)
    assert len(reader.places) == PARTITIONS


def test_positions_beyond_the_end_and_backward_marks_do_no_harm() -> None:
    world = MemoryWorld()
    reader = Reader(world, partitions=ALL)
    world.bus.publish(order(0))
    place = place_of("CP-1")
    reader.subscription.done({place: 50})
    reader.subscription.done({place: 0})
    world.bus.publish(order(1))
    assert reader.read(1) == [1]
    assert reader.positions == {place: 2}


def test_links_may_stand_in_on_the_memory_bus() -> None:
    world = MemoryWorld()
    reader = Reader(world, HEALTH_QUERIES, partitions=ALL)
    query = HealthQuery(ts=NOW, cp_id="CP-1")
    world.bus.publish(query)
    reader.read(1)
    assert reader.got == [query]


def kept(world: MemoryWorld) -> int:
    """How many messages the bus still has."""
    assert isinstance(world.bus, MemoryBus)
    return sum(len(world.bus.log(STREAM, partition).messages) for partition in ALL)
