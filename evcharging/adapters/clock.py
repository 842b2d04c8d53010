"""Time for live hosts: the wall's, perhaps sped up, or one that a test turns by hand. Knows no host."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, Protocol

from evcharging.common.moments import EPOCH

NO_TIME: Final = timedelta(0)

Reading = tuple[datetime, timedelta]
"""A moment, and by how much the clock was set since it was made: two readings differ by what has passed between them,
and by how much it was set meanwhile."""

BusySince = Callable[[], datetime | None]
"""Since when, by the clock, somebody is at work who has to keep up with it, if so."""


class Clock(Protocol):
    """What a live host asks of time."""

    def now(self) -> datetime:
        """This moment, in UTC."""
        ...

    def read(self) -> Reading:
        """This moment, and by how much the clock has been set: whoever has moments in mind moves them by that first."""
        ...

    @property
    def stepped(self) -> timedelta:
        """By how much the clock had been set when it was last read."""
        ...

    def attend(self, busy_since: BusySince) -> bool:
        """Know of one more who has to keep up with this clock; whether the clock waits for those."""
        ...

    async def wait(self, wake: asyncio.Event, until: datetime | None) -> None:
        """Wait for an event, and for a moment at most; the event is clear afterwards. It may end earlier."""
        ...


SLOT: Final = 0.02
"""Deadlines that lie this close together, in seconds of the clock, are met together."""
SHORTEST_SLOT: Final = 0.001
"""What a timer can tell apart, in real seconds."""
LOOK_EVERY: Final = 1.0
"""Real seconds after which somebody who waits looks whether the clock was set."""

MILLISECOND: Final = 1_000_000
SECOND: Final = 1_000 * MILLISECOND
NOTICED: Final = MILLISECOND
"""Nanoseconds; what the wall is off by no more than this is the noise of two clocks read one after the other."""
STEP: Final = SECOND
"""Nanoseconds; the wall going back by more is a step, and by less, time going more slowly until it agrees."""
SLOWER: Final = 5
"""Of so many nanoseconds one is left out, while time goes more slowly."""


class WallClock:
    """The time on the wall; `speed` seconds of it pass in each real one, from the moment it was made. It follows when
    the wall's clock is set: forward at once, backward at once or, where that is little, by going more slowly. `on_set`
    hears of steps of more than a second. May be read in any thread."""

    def __init__(
        self,
        speed: float = 1.0,
        *,
        wall: Callable[[], int] = time.time_ns,
        monotonic: Callable[[], int] = time.monotonic_ns,
    ) -> None:
        self.speed = speed
        self.on_set: Callable[[timedelta], None] = lambda by: None
        self.busy: list[BusySince] = []
        self._wall = wall
        self._monotonic = monotonic
        self._lock = Lock()
        self._looked_at = monotonic()
        self._now = wall()
        self._offset = self._now - self._looked_at
        self._stepped = NO_TIME
        self._lead = 0
        self._limit: int | None = None

    def now(self) -> datetime:
        return self.read()[0]

    def read(self) -> Reading:
        with self._lock:
            by = self._look()
            reading = EPOCH + timedelta(microseconds=self._now // 1000), self._stepped
        if abs(by) > STEP:
            self.on_set(timedelta(microseconds=by // 1000))
        return reading

    @property
    def stepped(self) -> timedelta:
        return self._stepped

    def attend(self, busy_since: BusySince) -> bool:
        self.busy.append(busy_since)
        return self.speed > 1

    def go_on_from(self, moment: datetime) -> None:
        """Set the clock forward, and so ahead of the wall, which it follows from there; but where the wall is set
        forward later, it has only been behind, and the clock is no further ahead than before."""
        with self._lock:
            self._look()
            by = max(0, _nanoseconds(moment - EPOCH) - self._now)
            self._lead += by
            self._step(by)

    def run_until(self, limit: datetime | None) -> None:
        """Stand still at this moment, once it is there, until another limit is given; or (None) run on without one."""
        with self._lock:
            self._limit = None if limit is None else _nanoseconds(limit - EPOCH)

    async def wait(self, wake: asyncio.Event, until: datetime | None) -> None:
        seconds = LOOK_EVERY if until is None else min(LOOK_EVERY, self._seconds_to(until))
        alarm = asyncio.get_running_loop().call_later(seconds, wake.set)
        try:
            await wake.wait()
        finally:
            wake.clear()
            alarm.cancel()

    def _look(self) -> int:
        """Let the time pass that has passed; the step that the wall has made, if it has."""
        real, wall = self._monotonic(), self._wall()
        passed = real - self._looked_at
        if self.speed != 1.0:
            passed = int(passed * self.speed)
        self._looked_at = real
        by, off = 0, wall - real - self._offset
        if not -NOTICED <= off <= NOTICED:
            by, slower = self._correction(off, passed)
            passed -= slower
        if self._limit is not None:
            passed = max(0, min(passed, self._limit - self._now))
        self._now += passed
        return by

    def _correction(self, off: int, passed: int) -> tuple[int, int]:
        """What the wall is off by, as a step, and as what is left out of the time that passed."""
        # The wall was read at some moment until now: only what no such moment explains was set.
        off = max(min(off, 0), off - (self._monotonic() - self._looked_at))
        slower = min(-off, passed // SLOWER) if -STEP <= off < -NOTICED else 0
        step = off // 1000 * 1000 if off > NOTICED or off < -STEP else 0
        self._offset += step - slower
        made_up = max(0, min(step, self._lead))
        self._lead -= made_up
        self._step(step - made_up)
        return step - made_up, slower

    def _step(self, by: int) -> None:
        self._now += by
        if by:
            self._stepped += timedelta(microseconds=by // 1000)
        if self._limit is not None:
            self._limit += by

    def _seconds_to(self, until: datetime) -> float:
        slot = max(SHORTEST_SLOT, SLOT / self.speed)
        # By the wall as it was last looked at: a correction that nobody was told of must not be slept through.
        now = self._now / SECOND + (self._monotonic() - self._looked_at) / SECOND * self.speed
        left = ((until - EPOCH).total_seconds() - now) / self.speed
        end = self._monotonic() / SECOND + left
        return max(0.0, left + (slot - end % slot))


def _nanoseconds(time: timedelta) -> int:
    return time // timedelta(microseconds=1) * 1000


class SteppedClock:
    """Stands still until `run_until` turns it, from one awaited moment to the next."""

    def __init__(self, start: datetime) -> None:
        self.stepped = NO_TIME
        self._now = start
        self._waiting: dict[int, tuple[datetime, asyncio.Event]] = {}
        self._numbers = 0

    def now(self) -> datetime:
        return self._now

    def read(self) -> Reading:
        return self._now, self.stepped

    def attend(self, busy_since: BusySince) -> bool:
        """Everybody keeps up with a clock that stands still."""
        return False

    def step(self, by: timedelta) -> None:
        """Set the clock; whoever waits looks for what moment it is to wait then."""
        self._now += by
        self.stepped += by
        for _, wake in self._waiting.values():
            wake.set()

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
            await self._drain()
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

    async def _drain(self) -> None:
        for _ in range(100):
            await asyncio.sleep(0)
