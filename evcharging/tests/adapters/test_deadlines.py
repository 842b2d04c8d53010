"""One timer for many deadlines, on virtual time."""

import asyncio
from collections.abc import Callable

import pytest

from evcharging.adapters.deadlines import TICK, Deadlines
from evcharging.tests.stages.virtual_loop import VirtualLoop, on_virtual_time


class Alarm:
    """Something that waits for one moment, and remembers when it was woken."""

    def __init__(self, ring: Callable[[], None] = lambda: None) -> None:
        self.slot = float("inf")
        self.woken_at: list[float] = []
        self._ring = ring

    def on_time(self, now: float) -> None:
        self.woken_at.append(now)
        self._ring()


def test_every_deadline_is_kept_within_two_ticks_and_never_early() -> None:
    async def scene() -> None:
        deadlines = Deadlines()
        dues = [deadlines.now() + wait for wait in (-5.0, 0.0, 0.001, 0.05, 0.1, 0.13, 1.0, 59.99, 3600.0)]
        alarms = [Alarm() for _ in dues]
        for alarm, due in zip(alarms, dues, strict=True):
            deadlines.watch(alarm, due)
        began = deadlines.now()
        await asyncio.sleep(4000)
        for alarm, due in zip(alarms, dues, strict=True):
            (woken_at,) = alarm.woken_at
            assert due <= woken_at <= max(due, began) + 2 * TICK

    on_virtual_time(scene())


def test_the_earliest_of_several_deadlines_counts_and_wakes_once() -> None:
    async def scene() -> None:
        deadlines, alarm = Deadlines(), Alarm()
        began = deadlines.now()
        for wait in (50.0, 10.0, 70.0):
            deadlines.watch(alarm, began + wait)
        deadlines.watch(alarm, None)
        await asyncio.sleep(100)
        assert alarm.woken_at == [pytest.approx(began + 10, abs=2 * TICK)]

    on_virtual_time(scene())


def test_who_was_forgotten_is_not_woken_and_can_wait_again() -> None:
    async def scene() -> None:
        deadlines, alarm = Deadlines(), Alarm()
        deadlines.forget(alarm)
        deadlines.watch(alarm, deadlines.now() + 10)
        deadlines.forget(alarm)
        await asyncio.sleep(20)
        assert alarm.woken_at == []
        deadlines.watch(alarm, deadlines.now() + 10)
        await asyncio.sleep(20)
        assert len(alarm.woken_at) == 1

    on_virtual_time(scene())


def test_who_is_woken_may_wait_again_at_once() -> None:
    async def scene() -> None:
        deadlines = Deadlines()
        alarm = Alarm(lambda: deadlines.watch(alarm, deadlines.now() + 1))
        deadlines.watch(alarm, deadlines.now() + 1)
        await asyncio.sleep(100)
        assert 80 < len(alarm.woken_at) < 100

    on_virtual_time(scene())


def test_who_is_forgotten_by_another_in_the_same_moment_is_not_woken() -> None:
    async def scene() -> None:
        deadlines, alarms = Deadlines(), list[Alarm]()
        alarms += [Alarm(lambda: deadlines.forget(alarms[1])), Alarm(lambda: deadlines.forget(alarms[0]))]
        for alarm in alarms:
            deadlines.watch(alarm, deadlines.now())
        await asyncio.sleep(10)
        assert sorted(len(alarm.woken_at) for alarm in alarms) == [0, 1]

    on_virtual_time(scene())


def test_one_that_fails_does_not_keep_the_others_from_being_woken() -> None:
    async def scene() -> None:
        failures: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: failures.append(context["exception"]))
        deadlines, fault = Deadlines(), ValueError("a fault in a program")

        def fail() -> None:
            raise fault

        alarms = [Alarm(), Alarm(fail), Alarm()]
        for alarm in alarms:
            deadlines.watch(alarm, deadlines.now())
        await asyncio.sleep(10)
        deadlines.watch(alarms[0], deadlines.now())
        await asyncio.sleep(10)
        assert [len(alarm.woken_at) for alarm in alarms] == [2, 1, 1]
        assert failures == [fault]

    on_virtual_time(scene())


def test_the_timer_stops_when_nobody_waits() -> None:
    async def scene() -> None:
        deadlines = Deadlines()
        deadlines.watch(Alarm(), deadlines.now() + 10)
        await asyncio.sleep(20)
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        before = loop.skipper.looks
        await asyncio.sleep(1000)
        assert loop.skipper.looks - before < 10

    on_virtual_time(scene())
