"""Lets a program die at a crash point, where a test asks for that. Knows no program."""

import os

from evcharging.adapters.bus import Bus
from evcharging.adapters.store import Ledger
from evcharging.apps.shell.logs import LogLine
from evcharging.apps.shell.program import CannotStart
from evcharging.runtime.crash_points import CrashingBus, CrashingProvider, CrashingStore, CrashPoint, Reach
from evcharging.runtime.errands import ProviderRunner

KILLED = 137
"""What a shell says of a process that was ended by kill -9."""


def crashing(crash_at: str | None, store: Ledger, bus: Bus, log: LogLine) -> tuple[Ledger, Bus]:
    """Both as they are; or, given the name of a crash point such as `COMMIT` or `COMMIT:3`, such that this process is
    dead once it has come there for the first or third time. Raises CannotStart where there is no such point."""
    reach = _reach_of(crash_at, log)
    return (store, bus) if reach is None else (CrashingStore(store, reach), CrashingBus(bus, reach))


def crashing_provider(crash_at: str | None, run: ProviderRunner, log: LogLine) -> ProviderRunner:
    """The same of the way to the provider of payments."""
    reach = _reach_of(crash_at, log)
    return run if reach is None else CrashingProvider(run, reach)


def _reach_of(crash_at: str | None, log: LogLine) -> Reach | None:
    """What ends this process at the crash point of this name; None where none is named. Raises CannotStart."""
    if crash_at is None:
        return None
    name, _, nth = crash_at.partition(":")
    point = CrashPoint.__members__.get(name)
    if point is None:
        raise CannotStart(f"There is no crash point {name}: give one of {', '.join(CrashPoint.__members__)}")
    return _Death(point, int(nth or 1), log)


class _Death:
    """Counts how often a point was passed, and ends the process without another instruction."""

    def __init__(self, at: CrashPoint, nth: int, log: LogLine) -> None:
        self._at = at
        self._left = nth
        self._say = log

    def __call__(self, point: CrashPoint) -> None:
        if point is self._at:
            self._left -= 1
            if self._left == 0:
                self._say("warning", f"Dies at {point.name}, as it was told to: {point}")
                os._exit(KILLED)
