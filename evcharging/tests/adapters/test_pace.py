"""The time of a sped-up clock waits for what is late: for the event loop, and for hosts that are at work."""

import asyncio
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from evcharging.adapters.clock import WallClock
from evcharging.adapters.pace import JUDGED_EVERY, LEAD, Pace, pacing
from evcharging.tests.stages.machine import NOON, SECOND, Machine
from evcharging.tests.stages.scenario import law

MILLISECOND = timedelta(milliseconds=1)


class Run:
    """A clock at speed 100 on a machine, its pace, and one host, which began with its round at `busy_since`."""

    def __init__(self, speed: float = 100.0) -> None:
        self.machine = Machine()
        self.clock = WallClock(speed, wall=self.machine.wall, monotonic=self.machine.monotonic)
        self.busy_since: datetime | None = None
        self.clock.attend(lambda: self.busy_since)
        self.said: list[tuple[str, str]] = []
        self.pace = Pace(
            self.clock, lambda level, text: self.said.append((level, text)), lambda: self.machine.monotonic() / 1e9
        )

    def go_on(self, real: timedelta, *, beat_every: timedelta = MILLISECOND) -> timedelta:
        """Let real time pass, in which the loop turns this often; how much time passed on the clock."""
        began, end = self.clock.now(), self.machine.monotonic() + real // timedelta(microseconds=1) * 1000
        while self.machine.monotonic() < end:
            self.machine.pass_by(beat_every)
            self.pace.beat()
        return self.clock.now() - began

    def judged(self, times: int, *, beat_every: timedelta = MILLISECOND) -> None:
        """Long enough for the speed to be judged this often."""
        self.go_on(times * timedelta(seconds=JUDGED_EVERY), beat_every=beat_every)


def test_where_all_keep_up_time_goes_as_fast_as_is_wished() -> None:
    run = Run()
    assert run.go_on(SECOND) == 100 * SECOND
    run.judged(4)
    assert (run.said, run.pace.remark()) == ([], None)


def test_while_the_event_loop_stands_still_hardly_any_time_passes() -> None:
    run = Run()
    run.machine.pass_by(60 * SECOND)
    assert run.clock.now() == NOON + LEAD
    run.pace.beat()
    assert run.go_on(SECOND) == 100 * SECOND


def test_time_waits_for_a_host_that_is_at_work_and_for_its_commit() -> None:
    run = Run()
    run.busy_since = run.clock.now()
    assert run.go_on(SECOND) == LEAD
    run.busy_since = None
    run.pace.beat()
    assert run.go_on(SECOND) == 100 * SECOND


@law
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 50)), max_size=30))
def test_nobody_is_ever_later_than_the_lead(turns: list[tuple[bool, int]]) -> None:
    run = Run()
    for begins, milliseconds in turns:
        began = run.clock.now()
        run.busy_since = began if begins else None
        run.machine.pass_by(milliseconds * MILLISECOND)
        run.pace.beat()
        assert run.clock.now() <= began + LEAD
        if begins:
            run.machine.pass_by(milliseconds * MILLISECOND)
            run.pace.beat()
            assert run.clock.now() <= began + LEAD


def test_a_clock_that_is_set_while_time_waits_goes_on_from_there() -> None:
    run, hour = Run(), timedelta(hours=1)
    run.machine.pass_by(60 * SECOND)
    run.machine.set_wall(hour)
    assert run.clock.now() == NOON + hour + LEAD
    run.pace.beat()
    assert run.go_on(SECOND) == 100 * SECOND


def test_that_the_speed_cannot_be_kept_is_said_once_and_so_is_that_it_can_again() -> None:
    run = Run()
    run.judged(6, beat_every=10 * MILLISECOND)
    slow = "The network cannot keep up with speed 100 and runs at 40"
    assert run.said == [("warning", f"{slow}: its time waits for what is late")]
    assert run.pace.remark() == slow
    run.judged(3, beat_every=20 * MILLISECOND)
    assert run.pace.remark() == "The network cannot keep up with speed 100 and runs at 20"
    run.judged(6)
    assert run.said[1:] == [("info", "The network keeps up with speed 100 again")]
    assert run.pace.remark() is None


def test_nothing_is_said_of_what_is_over_soon() -> None:
    run = Run()
    for _ in range(10):
        run.judged(1, beat_every=10 * MILLISECOND)
        run.judged(1)
    assert run.said == []


def test_a_clock_whose_machine_was_set_has_not_become_slow() -> None:
    run = Run(speed=10)
    for _ in range(10):
        run.judged(1)
        run.machine.set_wall(timedelta(hours=-1))
    assert run.said == []


def test_time_that_is_held_stands_still() -> None:
    run = Run()
    run.go_on(SECOND)
    run.pace.hold()
    assert run.go_on(SECOND) == timedelta(0)


def test_real_time_waits_for_nobody() -> None:
    async def act() -> None:
        machine = Machine()
        clock = WallClock(wall=machine.wall, monotonic=machine.monotonic)
        clock.attend(clock.now)
        async with pacing(clock, lambda level, text: None) as pace:
            assert pace is None
            machine.pass_by(60 * SECOND)
            assert clock.now() == NOON + 60 * SECOND

    asyncio.run(act())


def test_once_its_pace_is_looked_after_no_more_a_clock_runs_on() -> None:
    async def act() -> None:
        machine = Machine()
        clock = WallClock(100, wall=machine.wall, monotonic=machine.monotonic)
        async with pacing(clock, lambda level, text: None) as pace:
            assert pace is not None
            machine.pass_by(SECOND)
            assert clock.now() == NOON + LEAD
        machine.pass_by(SECOND)
        assert clock.now() == NOON + LEAD + 100 * SECOND

    asyncio.run(act())
