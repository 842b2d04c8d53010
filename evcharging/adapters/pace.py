"""How fast the time of a sped-up clock may go: as fast as is wished for, where all who live by it keep up. Knows no
host."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Final

from evcharging.adapters.clock import WallClock

LEAD: Final = timedelta(seconds=0.4)
"""How far time goes beyond the moment at which who is at work began with it, and beyond that of the last beat."""
BEATS: Final = 4
"""How often the event loop beats while so much time passes."""
SHORTEST_BEAT: Final = 0.001
JUDGED_EVERY: Final = 3.0
"""Real seconds over which the speed is measured."""
SLOW, WELL_AGAIN = 0.8, 0.95
"""Parts of the wished speed: below the first, twice in a row, time is slow, and above the second it is not."""


class Pace:
    """Lets the clock run no further ahead than its hosts, and the event loop, keep up with; time that it stands still
    for them is not made up for. `log` is given one sentence when that makes time slow, and one when it is no more."""

    def __init__(
        self, clock: WallClock, log: Callable[[str, str], None], real: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._say = log
        self._real = real
        self._held = False
        self._slow = False
        self._doubts = 0
        self._speed = clock.speed
        self._judged_at = real()
        self._passed = self._time()
        self.beat()

    def remark(self) -> str | None:
        """That time is slow, in one sentence, while it is."""
        return f"{self._complaint()} {self._speed:.2g}" if self._slow else None

    def beat(self) -> None:
        """The event loop turns: time may go on, up to a little more than is kept up with."""
        if self._held:
            return
        now = self._clock.now()
        began = [since for busy_since in self._clock.busy if (since := busy_since()) is not None]
        self._clock.run_until(min([now, *began]) + LEAD)
        real = self._real()
        if real - self._judged_at >= JUDGED_EVERY:
            passed = self._time()
            self._speed = (passed - self._passed).total_seconds() / (real - self._judged_at)
            self._judged_at, self._passed = real, passed
            self._judge()

    def hold(self) -> None:
        """Time stands still from now on: what ends must not be late for that."""
        self._held = True
        self._clock.run_until(self._clock.now())

    def _time(self) -> datetime:
        now, stepped = self._clock.read()
        return now - stepped

    def _judge(self) -> None:
        slow = self._speed < (WELL_AGAIN if self._slow else SLOW) * self._clock.speed
        self._doubts = self._doubts + 1 if slow != self._slow else 0
        if self._doubts < 2:
            return
        self._slow, self._doubts = slow, 0
        if slow:
            self._say("warning", f"{self._complaint()} {self._speed:.2g}: its time waits for what is late")
        else:
            self._say("info", f"The network keeps up with speed {self._clock.speed:g} again")

    def _complaint(self) -> str:
        return f"The network cannot keep up with speed {self._clock.speed:g} and runs at"


@asynccontextmanager
async def pacing(clock: WallClock, log: Callable[[str, str], None]) -> AsyncIterator[Pace | None]:
    """Sees to the pace of a clock until the block is left; real time waits for nobody and has none."""
    if clock.speed <= 1:
        yield None
        return
    pace = Pace(clock, log)
    every = max(SHORTEST_BEAT, LEAD.total_seconds() / clock.speed / BEATS)

    async def beating() -> None:
        while True:
            await asyncio.sleep(every)
            pace.beat()

    task = asyncio.create_task(beating())
    try:
        yield pace
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        clock.run_until(None)
