"""The clock of a machine is set while programs run: time follows it, and never goes back but in a step."""

import asyncio
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.adapters.clock import LOOK_EVERY, SteppedClock, WallClock
from evcharging.tests.stages.machine import NOON, SECOND, Machine
from evcharging.tests.stages.tcp_stage import soon
from evcharging.tests.stages.virtual_loop import on_virtual_time

HOUR = timedelta(hours=1)
MILLISECOND = timedelta(milliseconds=1)


class Watched:
    """A clock on a machine, and the steps that it told of."""

    def __init__(self, speed: float = 1.0) -> None:
        self.machine = Machine()
        self.clock = WallClock(speed, wall=self.machine.wall, monotonic=self.machine.monotonic)
        self.steps: list[timedelta] = []
        self.clock.on_set = self.steps.append

    def after(self, time: timedelta) -> datetime:
        self.machine.pass_by(time)
        return self.clock.now()


def test_the_clock_shows_the_time_of_the_wall() -> None:
    watched = Watched()
    assert watched.clock.read() == (NOON, timedelta(0))
    assert watched.after(90 * SECOND) == NOON + 90 * SECOND
    assert watched.steps == []


@pytest.mark.parametrize("by", [HOUR, -HOUR, 8 * 365 * 24 * HOUR, 2 * SECOND, -2 * SECOND])
def test_a_large_step_is_followed_at_once_and_told_of_once(by: timedelta) -> None:
    watched = Watched()
    watched.after(SECOND)
    watched.machine.set_wall(by)
    assert watched.clock.stepped == timedelta(0)
    assert watched.clock.read() == (NOON + SECOND + by, by)
    assert watched.after(SECOND) == NOON + 2 * SECOND + by
    assert watched.steps == [by]


def test_a_small_step_forward_is_followed_at_once_and_nobody_hears_of_it() -> None:
    watched = Watched()
    watched.machine.set_wall(300 * MILLISECOND)
    assert watched.clock.read() == (NOON + 300 * MILLISECOND, 300 * MILLISECOND)
    assert watched.steps == []


def test_after_a_small_step_back_time_goes_more_slowly_until_it_agrees() -> None:
    watched = Watched()
    watched.machine.set_wall(-300 * MILLISECOND)
    assert watched.clock.now() == NOON
    assert watched.after(SECOND) == NOON + 800 * MILLISECOND
    assert watched.after(SECOND) == NOON + 1_700 * MILLISECOND
    assert watched.after(SECOND) == NOON + 2_700 * MILLISECOND
    assert (watched.clock.stepped, watched.steps) == (timedelta(0), [])


def test_a_sped_up_clock_is_set_by_as_much_as_the_wall() -> None:
    watched = Watched(speed=100)
    assert watched.after(SECOND) == NOON + 100 * SECOND
    watched.machine.set_wall(HOUR)
    assert watched.clock.read() == (NOON + 100 * SECOND + HOUR, HOUR)
    assert watched.after(SECOND) == NOON + 200 * SECOND + HOUR


def test_a_process_that_is_held_up_while_it_looks_sees_no_step() -> None:
    watched = Watched()
    watched.machine.held_up = 3 * SECOND
    for _ in range(10):
        assert watched.clock.read()[1] == timedelta(0)
    watched.machine.held_up = timedelta(0)
    assert watched.clock.read() == (NOON + 30 * SECOND, timedelta(0))


def test_a_clock_may_go_on_from_a_later_moment_and_follows_the_wall_from_there() -> None:
    watched = Watched()
    watched.clock.go_on_from(NOON + 25 * HOUR)
    assert watched.clock.read() == (NOON + 25 * HOUR, 25 * HOUR)
    assert watched.after(SECOND) == NOON + 25 * HOUR + SECOND
    watched.machine.set_wall(-HOUR)
    assert watched.clock.read() == (NOON + 24 * HOUR + SECOND, 24 * HOUR)
    assert watched.steps == [-HOUR]


def test_a_clock_that_went_on_because_the_wall_was_behind_is_not_ahead_once_that_is_right() -> None:
    watched, years = Watched(), 8 * 365 * 24 * HOUR
    watched.clock.go_on_from(NOON + years)
    watched.machine.set_wall(years - HOUR)
    assert watched.clock.now() == NOON + years
    watched.machine.set_wall(2 * HOUR)
    assert watched.clock.read() == (NOON + years + HOUR, years + HOUR)
    assert watched.steps == [HOUR]


def test_a_clock_never_goes_on_from_what_is_past() -> None:
    watched = Watched()
    watched.clock.go_on_from(NOON - HOUR)
    assert watched.clock.read() == (NOON, timedelta(0))


sets = st.tuples(st.integers(-5_000, 5_000), st.integers(0, 5_000))


@given(st.lists(sets, max_size=20), st.sampled_from([1.0, 7.0]))
def test_time_never_goes_back_but_by_what_is_told(sets: list[tuple[int, int]], speed: float) -> None:
    watched = Watched(speed)
    now, stepped = watched.clock.read()
    for by, passed in sets:
        watched.machine.set_wall(by * MILLISECOND)
        watched.machine.pass_by(passed * MILLISECOND)
        later, further = watched.clock.read()
        assert later - further >= now - stepped
        assert later - further <= now - stepped + passed * MILLISECOND * speed
        now, stepped = later, further


@given(st.lists(st.integers(-5_000, 5_000), max_size=20))
def test_time_agrees_with_the_wall_however_often_that_was_set(sets: list[int]) -> None:
    watched = Watched()
    for by in sets:
        watched.machine.set_wall(by * MILLISECOND)
        watched.clock.now()
    for _ in range(20):
        watched.after(SECOND)
    off = watched.clock.now() - NOON - timedelta(microseconds=watched.machine.wall() // 1000 - Machine().wall() // 1000)
    assert abs(off) <= MILLISECOND


def test_who_waits_looks_every_second_whether_the_clock_was_set() -> None:
    async def act() -> None:
        clock, loop = WallClock(), asyncio.get_running_loop()
        for until in (clock.now() + HOUR, None):
            began = loop.time()
            await clock.wait(asyncio.Event(), until)
            assert loop.time() - began == pytest.approx(LOOK_EVERY)

    on_virtual_time(act())


def test_who_waits_on_a_stepped_clock_wakes_when_it_is_set() -> None:
    async def act() -> None:
        clock = SteppedClock(NOON)
        waiting = asyncio.create_task(clock.wait(asyncio.Event(), NOON + HOUR))
        await asyncio.sleep(0)
        clock.step(-HOUR)
        await soon(waiting)
        assert clock.read() == (NOON - HOUR, -HOUR)

    asyncio.run(act())
