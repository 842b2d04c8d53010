"""Clocks of live hosts."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from evcharging.adapters.clock import SteppedClock, WallClock
from evcharging.tests.stages.tcp_stage import soon
from evcharging.tests.stages.virtual_loop import on_virtual_time

START = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_the_wall_clock_goes_forward_in_utc() -> None:
    clock = WallClock()
    first = clock.now()
    assert first.tzinfo is UTC
    assert clock.now() >= first


def test_a_sped_up_clock_waits_a_fraction_of_the_time() -> None:
    async def act() -> None:
        loop = asyncio.get_running_loop()

        def time_ns() -> int:
            return round(loop.time() * 1e9)

        clock = WallClock(speed=100, wall=time_ns, monotonic=time_ns)
        began, real = clock.now(), loop.time()
        await clock.wait(asyncio.Event(), began + 5 * SECOND)
        assert clock.now() - began >= 5 * SECOND
        assert loop.time() - real == pytest.approx(0.05, abs=0.01)

    on_virtual_time(act())


def test_an_event_ends_the_wait_before_the_moment_and_is_clear_afterwards() -> None:
    async def act() -> bool:
        clock, wake = WallClock(), asyncio.Event()
        wake.set()
        await soon(clock.wait(wake, clock.now() + timedelta(hours=1)))
        return wake.is_set()

    assert asyncio.run(act()) is False


def test_a_moment_that_is_past_does_not_wait() -> None:
    async def act() -> None:
        clock = WallClock()
        await soon(clock.wait(asyncio.Event(), clock.now() - timedelta(hours=1)))

    asyncio.run(act())


def test_a_stepped_clock_goes_from_one_awaited_moment_to_the_next() -> None:
    async def act() -> list[datetime]:
        clock, woken = SteppedClock(START), []

        async def sleeper(step: timedelta) -> None:
            at = START
            while True:
                at += step
                await clock.wait(asyncio.Event(), at)
                woken.append(clock.now())

        tasks = [asyncio.create_task(sleeper(step)) for step in (2 * SECOND, 3 * SECOND)]
        await clock.run_until(START + 6 * SECOND)
        for task in tasks:
            task.cancel()
        return woken

    assert asyncio.run(act()) == [START + second * SECOND for second in (2, 3, 4, 6, 6)]


def test_a_stepped_clock_without_anybody_waiting_just_goes_on() -> None:
    async def act() -> datetime:
        clock = SteppedClock(START)
        await clock.run_until(START + SECOND)
        return clock.now()

    assert asyncio.run(act()) == START + SECOND
