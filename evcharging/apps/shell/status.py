"""How a process is, for those who watch over it: live while its event loop turns, ready while nothing stands in its
way, and its numbers. Knows no HTTP."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from evcharging.adapters.beside import beside
from evcharging.adapters.metrics import Metrics, Sample
from evcharging.apps.shell import metrics as m

VERSION = version("evcharging")
BEAT_EVERY = 0.5
STALE_AFTER = 10.0
"""Seconds that the event loop may stand still before the process counts as dead."""

STOOD_STILL = 2.5
"""Seconds without a beat after which the process is said to have stood still: what waited for it meanwhile is old."""

Check = Callable[[], str | None]
"""Says in one sentence what is in the way, or None. May be called in any thread."""

View = dict[str, object]


def since_boot() -> float:
    """Seconds that also pass while the machine sleeps, where the system counts these."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Status:
    """What is known of one process. `waiting` says why it is not up: while it starts, and again once it ends."""

    def __init__(self, now: Callable[[], float] = since_boot) -> None:
        self.waiting: str | None = "The program is starting"
        self._now = now
        self._began = self._beat_at = now()
        self._beats = False
        self._checks: list[Check] = []
        self._counts: dict[str, Callable[[], int]] = {}
        self.on_standstill: list[Callable[[], None]] = []
        """Called in the event loop, once it turns again after the process stood still: stopped, asleep, or blocked."""
        self.metrics = Metrics()
        self.metrics.add(self._samples)

    def add_check(self, check: Check) -> None:
        """Add a readiness check; it returns why the program is not ready, or None."""
        self._checks.append(check)

    def count(self, name: str, number: Callable[[], int]) -> None:
        """Tell this number along with the health; `number` may be called in any thread."""
        self._counts[name] = number

    def beat(self) -> None:
        """The event loop turns."""
        self.look()
        self._beat_at, self._beats = self._now(), True

    def look(self) -> None:
        """Tell of a standstill that has just ended, before anything is done that waited for its end."""
        if self._beats and self._now() - self._beat_at > STOOD_STILL:
            self._beat_at = self._now()
            for tell in self.on_standstill:
                tell()

    def dead(self) -> str | None:
        """Why the process must be taken for dead, if so."""
        still = self._now() - self._beat_at
        return f"The event loop has stood still for {still:.0f} s" if still > STALE_AFTER else None

    def obstacle(self) -> str | None:
        """Why the process cannot do its work just now, if so."""
        return self.dead() or self.waiting or first(self._checks)

    def health(self) -> View:
        """All of it, as `/health` shows it."""
        counts = {name: number() for name, number in self._counts.items()}
        uptime = round(self._now() - self._began, 3)
        return {**verdict(self.obstacle()), "version": VERSION, **counts, "uptime_s": uptime}

    def _samples(self) -> Iterator[Sample]:
        yield m.BUILD, (VERSION,), 1
        yield m.READY, (), int(self.obstacle() is None)
        yield m.LOOP_DELAY, (), max(0.0, self._now() - self._beat_at - BEAT_EVERY)


def first(checks: Iterable[Check]) -> str | None:
    """What the first check finds that finds anything."""
    return next((found for check in checks if (found := check())), None)


def verdict(reason: str | None) -> View:
    """`ok`, or `failing` with the reason."""
    return {"status": "failing" if reason else "ok", "reason": reason}


@asynccontextmanager
async def beating(status: Status) -> AsyncIterator[None]:
    """The event loop's pulse, until the block is left."""

    async def beat() -> None:
        while True:
            status.beat()
            await asyncio.sleep(BEAT_EVERY)

    async with beside(beat()):
        try:
            yield
        finally:
            status.waiting = "The program is ending"
