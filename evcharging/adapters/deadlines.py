"""One timer for any number of deadlines: a set of waiters per time slot. Knows not what they wait for."""

import asyncio
from collections.abc import Callable
from math import ceil, inf
from typing import Final, Protocol

TICK: Final = 0.05
"""The length of a slot: how coarse every deadline is, in seconds."""


class Waiter(Protocol):
    """Something with one next deadline. `slot` belongs to Deadlines and starts as `math.inf`."""

    slot: float

    def on_time(self, now: float) -> None:
        """The deadline, or an earlier one that was watched before, has come; watch again for the next."""


class Deadlines:
    """Wakes waiters by the clock of the running loop, or another one. Its timer runs only while somebody waits."""

    def __init__(self, now: Callable[[], float] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self.now: Callable[[], float] = now or self._loop.time
        """The moment, in monotonic seconds."""
        self._slots: dict[float, set[Waiter]] = {}
        self._last = 0
        self._running = False

    def watch(self, waiter: Waiter, deadline: float | None) -> None:
        """Wakes the waiter within two ticks after the deadline; one that already waits for an earlier keeps that."""
        if deadline is None or deadline >= waiter.slot * TICK:
            return
        self._start()
        self.forget(waiter)
        waiter.slot = max(ceil(deadline / TICK), self._last + 1)
        self._slots.setdefault(waiter.slot, set()).add(waiter)

    def forget(self, waiter: Waiter) -> None:
        """Wakes the waiter no more."""
        if waiter.slot in self._slots:
            self._slots[waiter.slot].discard(waiter)
        waiter.slot = inf

    def _start(self) -> None:
        if not self._running:
            self._running = True
            self._last = int(self.now() / TICK)
            self._loop.call_later(TICK, self._tick)

    def look(self) -> None:
        """Wakes all whose moment has come; the timer does so in each tick."""
        now = self.now()
        first, self._last = self._last + 1, int(now / TICK)
        for slot in range(first, self._last + 1):
            if slot in self._slots:
                self._wake(self._slots[slot], now)
                del self._slots[slot]

    def _tick(self) -> None:
        self.look()
        if self._slots:
            self._loop.call_later(TICK, self._tick)
        else:
            self._running = False

    def _wake(self, waiters: set[Waiter], now: float) -> None:
        while waiters:
            waiter = waiters.pop()
            waiter.slot = inf
            try:
                waiter.on_time(now)
            except Exception as error:
                self._loop.call_exception_handler({"message": "Who was woken has failed.", "exception": error})


class TimeUp:
    """A waiter for others to await: `over` is done when its deadline has come."""

    def __init__(self) -> None:
        self.slot = inf
        self.over = asyncio.get_running_loop().create_future()

    def on_time(self, now: float) -> None:
        self.over.set_result(None)
