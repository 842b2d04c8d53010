"""Time for live hosts: the wall's, perhaps sped up, or one that a test turns by hand. Knows no host."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What a live host asks of time."""

    def now(self) -> datetime:
        """This moment, in UTC."""
        ...

    async def wait(self, wake: asyncio.Event, until: datetime | None) -> None:
        """Wait for an event, and for a moment at most; the event is clear afterwards."""
        ...


SLOT = timedelta(milliseconds=20)
"""Deadlines that lie this close together are met together."""


class WallClock:
    """The time on the wall; `speed` seconds of it pass in each real one, from the moment it was made."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._origin = datetime.now(UTC)
        self._began = time.monotonic()

    def now(self) -> datetime:
        return self._origin + timedelta(seconds=(time.monotonic() - self._began) * self.speed)

    async def wait(self, wake: asyncio.Event, until: datetime | None) -> None:
        loop = asyncio.get_running_loop()
        alarm = None if until is None else loop.call_later(self._seconds_to(until), wake.set)
        try:
            await wake.wait()
        finally:
            wake.clear()
            if alarm is not None:
                alarm.cancel()

    def _seconds_to(self, until: datetime) -> float:
        slot = SLOT.total_seconds()
        left = (until - self.now()).total_seconds() / self.speed
        end = time.monotonic() + left
        return max(0.0, left + (slot - end % slot))


class SteppedClock:
    """Stands still until `run_until` turns it, from one awaited moment to the next."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self._waiting: dict[int, tuple[datetime, asyncio.Event]] = {}
        self._numbers = 0

    def now(self) -> datetime:
        return self._now

    async def wait(self, wake: asyncio.Event, until: datetime | None) -> None:
        self._numbers += 1
        number = self._numbers
        if until is not None:
            self._waiting[number] = (until, wake)
        try:
            await wake.wait()
        finally:
            wake.clear()
            self._waiting.pop(number, None)

    async def run_until(self, until: datetime) -> None:
        """Let all that is due before or at a moment happen."""
        while True:
            await self._settle()
            due = min((at for at, _ in self._waiting.values()), default=until)
            if due > until:
                break
            self._now = max(self._now, due)
            for at, wake in list(self._waiting.values()):
                if at <= self._now:
                    wake.set()
            if not self._waiting:
                break
        self._now = max(self._now, until)

    async def _settle(self) -> None:
        for _ in range(100):
            await asyncio.sleep(0)
