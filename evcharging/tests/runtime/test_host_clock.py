"""Hosts whose clock is set: their roles hear of it before they see the new time, each exactly once."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import SteppedClock, WallClock
from evcharging.adapters.store import Commit
from evcharging.adapters.store.memory import MemoryStore
from evcharging.roles.cadences import FULL
from evcharging.roles.role import NOTHING, ClockStepped, Effects, Input
from evcharging.runtime.host import Host
from evcharging.runtime.live import LiveHost
from evcharging.runtime.virtual import VirtualTime
from evcharging.tests.stages.host_world import NOW, SECOND, Clerk, Watch, clerk_host, request
from evcharging.tests.stages.machine import Machine

HOUR = timedelta(hours=1)


class Sleeper(Clerk):
    """Wakes every ten seconds, and moves that moment with the clock; it keeps when it heard what."""

    def __init__(self, first: datetime | None = None) -> None:
        super().__init__()
        self.deadline = first
        self.moments: list[tuple[datetime, Input | None]] = []

    def on_message(self, message: Input, now: datetime) -> Effects:
        self.moments.append((now, message))
        if isinstance(message, ClockStepped):
            assert self.deadline is not None
            self.deadline += message.by
            return NOTHING
        self.deadline = self.deadline or now + 10 * SECOND
        return super().on_message(message, now)

    def on_deadline(self, now: datetime) -> Effects:
        self.moments.append((now, None))
        assert self.deadline is not None
        self.deadline += 10 * SECOND
        return NOTHING

    @property
    def woken(self) -> list[datetime]:
        return [now for now, message in self.moments if message is None]

    @property
    def steps(self) -> list[timedelta]:
        return [message.by for _, message in self.moments if isinstance(message, ClockStepped)]


def test_a_role_hears_that_the_clock_was_set_before_anything_else_and_its_deadline_moves() -> None:
    for by in (HOUR, -HOUR):
        bus, sleeper = MemoryBus(1), Sleeper()
        host = clerk_host(MemoryStore(), bus, sleeper)
        host.cycle(NOW)
        sleeper.moments.clear()
        bus.publish(request(1))
        host.tell("CP-001", request(2))
        host.step_clock(by)
        host.cycle(NOW + SECOND + by)
        assert [message for _, message in sleeper.moments] == [ClockStepped(by=by), request(2), request(1)]
        assert sleeper.deadline == NOW + 10 * SECOND + by
        host.cycle(NOW + 9 * SECOND + by)
        assert sleeper.woken == []
        host.cycle(NOW + 10 * SECOND + by)
        assert sleeper.woken == [NOW + 10 * SECOND + by]


def test_a_deadline_that_had_come_before_the_clock_was_set_back_is_met() -> None:
    sleeper = Sleeper()
    host = clerk_host(MemoryStore(), MemoryBus(1), sleeper)
    host.cycle(NOW)
    host.step_clock(-HOUR)
    host.cycle(NOW + 11 * SECOND - HOUR)
    assert sleeper.woken == [NOW + 11 * SECOND - HOUR]


def test_a_clock_that_was_set_there_and_back_again_meanwhile_is_none_of_a_roles_business() -> None:
    sleeper = Sleeper()
    host = clerk_host(MemoryStore(), MemoryBus(1), sleeper)
    host.cycle(NOW)
    host.step_clock(HOUR)
    host.step_clock(-HOUR)
    host.cycle(NOW + SECOND)
    assert sleeper.steps == []


def test_the_moment_at_which_positions_are_noted_moves_with_the_clock() -> None:
    bus, store = MemoryBus(1), MemoryStore()
    host = clerk_host(store, bus, Clerk())
    bus.publish(request(1))
    host.cycle(NOW)
    host.step_clock(-HOUR)
    host.cycle(NOW - HOUR)
    assert host.next_due() == NOW + FULL.positions_every - HOUR
    assert len(store.unsent(["s"])) == 1
    host.cycle(NOW + FULL.positions_every - HOUR)
    assert store.unsent(["s"]) == []


def test_a_role_that_fails_when_the_clock_is_set_is_woken_all_the_same() -> None:
    class Stubborn(Sleeper):
        def on_message(self, message: Input, now: datetime) -> Effects:
            if isinstance(message, ClockStepped):
                raise TypeError("not me")
            return super().on_message(message, now)

    watch, stubborn = Watch(), Stubborn()
    host = clerk_host(MemoryStore(), MemoryBus(1), stubborn, watch)
    host.cycle(NOW)
    host.step_clock(HOUR)
    host.cycle(NOW + HOUR)
    assert watch.poisons == [ClockStepped(by=HOUR)]
    assert stubborn.woken


def test_hosts_in_virtual_time_go_on_as_if_the_clock_had_not_been_set() -> None:
    world, sleepers = VirtualTime(NOW), [Sleeper(), Sleeper()]
    for sleeper in sleepers:
        host = world.host(MemoryStore(), MemoryBus(1))
        host.add("CP-001", sleeper, shard="s", epoch=1)
    world.run_until(NOW + 15 * SECOND)
    world.step_clock(-HOUR)
    world.run_until(NOW + 25 * SECOND - HOUR)
    for sleeper in sleepers:
        assert sleeper.woken == [NOW + 10 * SECOND, NOW + 20 * SECOND - HOUR]


# Live hosts


class Slow(MemoryStore):
    """Its commits wait until they may go on."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.may_go_on = threading.Event(), threading.Event()

    def commit(self, commit: Commit) -> list[int]:
        self.asked.set()
        assert self.may_go_on.wait(20)
        return super().commit(commit)


class Lives:
    """Several live hosts on one clock, each with a role of its own."""

    def __init__(self, clock: SteppedClock | WallClock, *stores: MemoryStore) -> None:
        self.buses = [MemoryBus(1) for _ in stores]
        self.roles = [Sleeper() for _ in stores]
        self.lives = [LiveHost(clock, lambda text: None, inline=not isinstance(store, Slow)) for store in stores]
        self.hosts = []
        for store, bus, role, live in zip(stores, self.buses, self.roles, self.lives, strict=True):
            host = Host(store, bus, on_ready=live.wake)
            host.add("CP-001", role, shard="s", epoch=store.claim(["s"])["s"])
            self.hosts.append(host)
        self.tasks = [asyncio.create_task(live.run(host)) for live, host in zip(self.lives, self.hosts, strict=True)]

    async def end(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


def played(act: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(20):
            await act()

    asyncio.run(bounded())


def test_every_host_that_shares_a_clock_hears_of_each_step_exactly_once() -> None:
    async def act() -> None:
        clock = SteppedClock(NOW)
        lives = Lives(clock, MemoryStore(), MemoryStore())
        await clock.run_until(NOW + 5 * SECOND)
        clock.step(HOUR)
        await clock.run_until(NOW + 15 * SECOND + HOUR)
        clock.step(-2 * HOUR)
        await clock.run_until(NOW + 25 * SECOND - HOUR)
        for role in lives.roles:
            assert role.steps == [HOUR, -2 * HOUR]
            assert role.woken == [NOW + 10 * SECOND + HOUR, NOW + 20 * SECOND - HOUR]
        await lives.end()

    played(act)


def test_a_host_that_was_at_work_when_another_saw_the_step_hears_of_it_before_its_next_round() -> None:
    async def act() -> None:
        machine, slow = Machine(), Slow()
        clock = WallClock(wall=machine.wall, monotonic=machine.monotonic)
        began = clock.now()
        lives = Lives(clock, slow, MemoryStore())
        lives.hosts[0].tell("CP-001", request(1))
        while not slow.asked.is_set() or not lives.roles[1].moments:
            await asyncio.sleep(0)
        machine.set_wall(-HOUR)
        lives.hosts[1].tell("CP-001", request(2))
        while not lives.roles[1].steps:
            await asyncio.sleep(0)
        assert lives.roles[0].steps == []
        slow.may_go_on.set()
        lives.hosts[0].tell("CP-001", request(3))
        while lives.roles[0].moments[-1][1] != request(3):
            await asyncio.sleep(0)
        for role in lives.roles:
            assert role.steps == [-HOUR]
            assert [now for now, message in role.moments if isinstance(message, ClockStepped)] == [began - HOUR]
            assert role.deadline == began + 10 * SECOND - HOUR
        await lives.end()

    played(act)


def test_a_host_with_nothing_to_do_hears_of_it_too() -> None:
    async def act() -> None:
        machine = Machine()
        clock = WallClock(wall=machine.wall, monotonic=machine.monotonic)
        lives = Lives(clock, MemoryStore())
        while not lives.roles[0].moments:
            await asyncio.sleep(0)
        machine.set_wall(-HOUR)
        while not lives.roles[0].steps:
            await asyncio.sleep(0.01)
        await lives.end()

    played(act)


def test_a_clock_that_waits_knows_since_when_a_host_is_at_work_until_its_commit_lasts() -> None:
    async def act() -> None:
        machine, slow = Machine(), Slow()
        clock = WallClock(100, wall=machine.wall, monotonic=machine.monotonic)
        began = clock.now()
        lives = Lives(clock, slow)
        [busy_since] = clock.busy
        lives.hosts[0].tell("CP-001", request(1))
        while not slow.asked.is_set():
            await asyncio.sleep(0)
        assert busy_since() == began
        slow.may_go_on.set()
        while busy_since() is not None:
            await asyncio.sleep(0)
        await lives.end()

    played(act)
