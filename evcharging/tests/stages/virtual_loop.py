"""An event loop whose time passes only while nothing is ready, and then at once. It works with real sockets, too."""

import asyncio
import selectors
import time
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

from evcharging.adapters.clock import BusySince, Reading

START = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Skipper(selectors.DefaultSelector):
    """Never waits for long: it lets virtual time pass instead. Before that it gives the kernel and other threads
    `patience_s` real seconds to bring what is on its way already."""

    def __init__(self, patience_s: float = 0.0) -> None:
        super().__init__()
        self.now = 1000.0
        self.looks = 0
        self._patience_s = patience_s

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.looks += 1
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            return super().select(None)
        if self._patience_s:
            time.sleep(self._patience_s)
            ready = super().select(0)
        if not ready:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop; `patience_s` is for scenes with sockets or threads."""

    def __init__(self, patience_s: float = 0.0) -> None:
        self.skipper = Skipper(patience_s)
        super().__init__(self.skipper)

    def time(self) -> float:
        return self.skipper.now


class LoopClock:
    """The clock of a live host whose time is that of the loop it was made on."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self.stepped = timedelta(0)

    def now(self) -> datetime:
        return START + timedelta(seconds=self._loop.time() - self._began)

    def read(self) -> Reading:
        return self.now(), self.stepped

    def attend(self, busy_since: BusySince) -> bool:
        """Time does not pass while anybody is at work."""
        return False

    async def wait(self, wake: asyncio.Event, until: datetime | None) -> None:
        alarm = None
        if until is not None:
            alarm = self._loop.call_later(max(0.0, (until - self.now()).total_seconds()), wake.set)
        try:
            await wake.wait()
        finally:
            wake.clear()
            if alarm is not None:
                alarm.cancel()


def on_virtual_time(scene: Coroutine[Any, Any, None], patience_s: float = 0.0) -> None:
    """Run a scene in which waiting takes no time."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(patience_s)) as runner:
        runner.run(scene)
