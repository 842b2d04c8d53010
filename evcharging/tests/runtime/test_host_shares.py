"""Hosts that share the partitions of a group: how those move, and what a host does that another has overtaken."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

import pytest

from evcharging.adapters.bus import Fetched
from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.store import Commit, Fenced, Taken
from evcharging.adapters.store.memory import MemoryStore
from evcharging.common.kafka import DRIVER_REQUESTS, DRIVER_UPDATES, partition_of
from evcharging.common.messages import DriverRequest, DriverUpdate, Message
from evcharging.roles.cadences import FULL
from evcharging.runtime.host import REGAIN_AFTER, Host
from evcharging.tests.stages.host_world import (
    NOW,
    Clerk,
    Seen,
    end,
    published,
    request,
)

MOMENT = timedelta(microseconds=1)


class Homes:
    """Gives each partition that it is assigned a clerk, and lets clerks of lost ones go."""

    def __init__(self, bus: MemoryBus, store: MemoryStore) -> None:
        self.store = store
        self.host = Host(store, bus)
        self.host.subscribe((DRIVER_REQUESTS,), group="clerks", recalled=(DRIVER_REQUESTS,), shared=self)

    def shard_at(self, topic: str, partition: int) -> str:
        return str(partition)

    def adopt(self, assigned: frozenset[int]) -> Callable[[], None]:
        wanted = {str(number) for number in assigned}
        epochs = self.store.claim(sorted(wanted - self.host.hosted_roles.keys()))

        def move() -> None:
            for lost in self.host.hosted_roles.keys() - wanted:
                self.host.remove(lost)
            for fresh, epoch in epochs.items():
                self.host.add(fresh, Clerk(), shard=fresh, epoch=epoch)

        return move

    def settle(self, now: datetime = NOW) -> None:
        while self.host.cycle(now) or (self.host.intake is not None and self.host.intake.is_reassigned):
            pass


def test_a_second_process_of_a_group_takes_its_share_and_gives_it_back_when_it_ends() -> None:
    bus, store = MemoryBus(4), MemoryStore()
    first = Homes(bus, store)
    first.settle()
    assert set(first.host.hosted_roles) == {"0", "1", "2", "3"}
    second = Homes(bus, store)
    for _ in range(3):
        first.settle()
        second.settle()
    assert len(first.host.hosted_roles) == len(second.host.hosted_roles) == 2
    assert set(first.host.hosted_roles) | set(second.host.hosted_roles) == {"0", "1", "2", "3"}
    end(second.host)
    for _ in range(3):
        first.settle()
    assert set(first.host.hosted_roles) == {"0", "1", "2", "3"}


def test_a_partition_that_moves_is_read_on_where_it_was_committed() -> None:
    bus, store = MemoryBus(4), MemoryStore()
    first = Homes(bus, store)
    first.settle()
    keys = [f"CP-{number}" for number in range(12)]
    for number, key in enumerate(keys):
        bus.publish(request(number, cp_id=key))
    first.settle()
    second = Homes(bus, store)
    for number, key in enumerate(keys, len(keys)):
        bus.publish(request(number, cp_id=key))
    for _ in range(3):
        first.settle()
        second.settle()
    assert sorted(seen.request_id for seen in store.select(Seen)) == sorted(f"req-{n}" for n in range(2 * len(keys)))
    assert {seen.times for seen in store.select(Seen)} == {1}


def updates(messages: list[Message]) -> list[DriverUpdate]:
    return [message for message in messages if isinstance(message, DriverUpdate)]


class SharedBus(MemoryBus):
    """As if the other members of a group were in other processes."""

    is_shared = True


def in_two_partitions(number: int) -> tuple[DriverRequest, DriverRequest]:
    """One request id, asked of points in two of four partitions."""
    first = request(number, cp_id="CP-0")
    others = (request(number, cp_id=f"CP-{other}") for other in range(1, 100))
    return first, next(each for each in others if partition_of(each.cp_id, 4) != partition_of("CP-0", 4))


def test_of_two_roles_that_are_asked_the_same_at_once_the_second_knows_what_the_first_decided() -> None:
    bus, store = MemoryBus(4), MemoryStore()
    homes = Homes(bus, store)
    homes.settle()
    bus.publish_all([*in_two_partitions(1), *in_two_partitions(2)])
    homes.settle()
    assert [(seen.request_id, seen.times) for seen in store.select(Seen)] == [("req-1", 2), ("req-2", 2)]


def test_a_host_leaves_a_shard_that_was_overtaken_alone_and_goes_on_with_its_other_ones() -> None:
    bus, store = SharedBus(4), MemoryStore()
    out = published(bus, DRIVER_UPDATES)
    homes = Homes(bus, store)
    homes.settle()
    kept = dict(homes.host.hosted_roles)
    lost = str(partition_of("CP-0", 4))
    store.claim([lost])
    asked, other = request(1, cp_id="CP-0"), request(2, cp_id=in_two_partitions(2)[1].cp_id)
    bus.publish_all((asked, other))
    homes.settle()
    assert [(seen.request_id, seen.times) for seen in store.select(Seen)] == [("req-2", 1)]
    assert {update.request_id for update in updates(out.messages())} == {"req-2"}
    assert homes.host.hosted_roles == {shard: kept[shard] for shard in kept.keys() - {lost}}
    assert {partition for _, partition in store.positions(bus.log_id)} == {partition_of(other.cp_id, 4)}
    homes.settle(NOW + REGAIN_AFTER - MOMENT)
    assert lost not in homes.host.hosted_roles
    homes.settle(NOW + REGAIN_AFTER)
    assert {update.request_id for update in updates(out.messages())} == {"req-1"}
    assert homes.host.hosted_roles[lost].epoch == 3
    assert all(homes.host.hosted_roles[shard] is kept[shard] for shard in kept.keys() - {lost})


@pytest.mark.parametrize("lost", ["first", "last"])
def test_what_lasted_though_nobody_knew_is_not_done_twice_when_a_shard_is_overtaken(lost: str) -> None:
    bus, store = SharedBus(4), MemoryStore(keep_facts=True)
    out = published(bus, DRIVER_UPDATES)
    homes = Homes(bus, store)
    homes.settle()
    asked = [request(1, cp_id="CP-0"), request(2, cp_id=in_two_partitions(2)[1].cp_id)]
    bus.publish_all(asked)
    shards = sorted(str(partition_of(each.cp_id, 4)) for each in asked)
    turn = homes.host.turn(lambda: NOW)
    job = next(turn)
    while job() is None:
        job = next(turn)
    # The answer got lost, and another process takes one of the shards over before the commit is given again.
    store.claim([shards[0 if lost == "first" else 1]])
    with pytest.raises(Fenced) as fenced:
        job()
    numbers = turn.throw(fenced.value)()
    with suppress(StopIteration):
        turn.send(numbers)
    homes.settle()
    assert len(store.facts(Seen)) == 2
    assert len({update.request_id for update in updates(out.messages())}) == 1


def test_a_shard_that_was_overtaken_is_taken_up_again_at_once_when_partitions_move() -> None:
    bus, store = SharedBus(4), MemoryStore()
    homes = Homes(bus, store)
    homes.settle()
    lost = str(partition_of("CP-0", 4))
    store.claim([lost])
    bus.publish(request(1))
    homes.settle()
    second = Homes(bus, store)
    for _ in range(3):
        homes.settle()
        second.settle()
    end(second.host)
    for _ in range(3):
        homes.settle()
    assert set(homes.host.hosted_roles) == {"0", "1", "2", "3"}
    assert [seen.request_id for seen in store.select(Seen)] == ["req-1"]


def test_a_host_that_was_overtaken_hears_of_it_though_it_has_nothing_to_record() -> None:
    bus, store = SharedBus(1), MemoryStore()
    homes = Homes(bus, store)
    homes.settle()
    store.claim(["0"])
    bus.publish(request(1, driver_id="of no interest"))
    homes.host.cycle(NOW)
    homes.host.cycle(NOW + FULL.positions_every)
    homes.settle()
    assert homes.host.hosted_roles == {}
    assert store.positions(bus.log_id) == {}
    homes.settle(NOW + FULL.positions_every + REGAIN_AFTER)
    assert homes.host.hosted_roles["0"].epoch == 3


def test_a_host_that_shares_with_nobody_ends_when_another_has_taken_over() -> None:
    bus, store = MemoryBus(4), MemoryStore()
    homes = Homes(bus, store)
    homes.settle()
    store.claim(["0", "1", "2", "3"])
    bus.publish(request(1))
    with pytest.raises(Fenced):
        homes.settle()


def test_a_host_whose_decision_came_second_forgets_it_and_decides_again() -> None:
    bus = MemoryBus(4)
    store = RefusingStore()
    homes = Homes(bus, store)
    homes.settle()
    store.refusals = 1
    bus.publish(request(1))
    homes.settle()
    assert [seen.times for seen in store.select(Seen)] == [1]
    assert store.refusals == 0


class RefusingStore(MemoryStore):
    """Refuses some commits, as if what they hold had been taken just before."""

    refusals = 0

    def commit(self, commit: Commit) -> list[int]:
        if self.refusals:
            self.refusals -= 1
            raise Taken("Request req-1 was recorded before")
        return super().commit(commit)


def moved(bus: MemoryBus, store: MemoryStore) -> dict[tuple[str, int], int]:
    """What the store knows of how far the log was read."""
    return store.positions(bus.log_id)


def test_positions_in_a_history_that_has_ended_are_not_taken_for_positions_in_the_next_one() -> None:
    bus, store = MemoryBus(1, log_id="first"), MemoryStore()
    homes = Homes(bus, store)
    homes.settle()
    bus.publish(request(1))
    homes.settle()
    assert moved(bus, store) == {(DRIVER_REQUESTS.name, 0): 1}
    bus.log_id = "second"
    bus.publish(request(2))
    homes.settle()
    assert moved(bus, store) == {(DRIVER_REQUESTS.name, 0): 2}
    assert store.positions("first") == {(DRIVER_REQUESTS.name, 0): 1}


def test_a_batch_that_was_taken_before_the_history_changed_is_committed_as_of_the_old_one() -> None:
    bus, store = MemoryBus(1, log_id="first"), MemoryStore()
    homes = Homes(bus, store)
    homes.settle()
    bus.publish(request(1))
    turn = homes.host.turn(lambda: NOW)
    job = next(turn)
    bus.log_id = "second"
    with suppress(StopIteration):
        while True:
            job = turn.send(job())
    assert store.positions("first") == {(DRIVER_REQUESTS.name, 0): 1}
    assert moved(bus, store) == {}


def test_messages_that_still_wait_when_the_history_changes_are_handled_and_read_again_after_a_crash() -> None:
    bus, store = MemoryBus(2, log_id="first"), MemoryStore()
    homes = Homes(bus, store)
    homes.settle()
    intake = homes.host.intake
    assert intake is not None
    intake._deferred = [Fetched(DRIVER_REQUESTS, 1, 500, [request(1)])]
    bus.log_id = "second"
    homes.settle()
    assert [seen.request_id for seen in store.select(Seen)] == ["req-1"]
    assert moved(bus, store) == {(DRIVER_REQUESTS.name, 1): 0}


def test_partitions_that_come_while_the_history_changes_do_not_go_on_at_old_positions() -> None:
    bus, store = MemoryBus(1, log_id="first"), MemoryStore()
    store.commit(Commit(log_id="first", positions={(DRIVER_REQUESTS.name, 0): 1}))
    bus.subscribe([DRIVER_REQUESTS], group="others", partitions=[0])
    bus.publish(request(1))
    homes = Homes(bus, store)
    turn = homes.host.turn(lambda: NOW)
    job = next(turn)
    job()
    bus.log_id = "second"
    with suppress(StopIteration):
        answer = None
        while True:
            answer = turn.send(answer)()
    homes.settle()
    assert [seen.request_id for seen in store.select(Seen)] == ["req-1"]
