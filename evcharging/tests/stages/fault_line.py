"""A fault proxy for clients that are no part of our event loop: it lives in a thread of its own."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

from evcharging.tests.stages.fault_proxy import FaultProxy, Weather, proxied


class Line:
    """A fault proxy in a loop and a thread of its own, to be switched from another."""

    def __init__(self, proxy: FaultProxy, loop: asyncio.AbstractEventLoop) -> None:
        self.proxy = proxy
        self._loop = loop

    def befall(self, weather: Weather) -> None:
        self.call(lambda: setattr(self.proxy, "weather", weather))

    def call(self, happen: Callable[[], None]) -> None:
        """Let something happen to the line."""
        done = Event()
        self._loop.call_soon_threadsafe(happen)
        self._loop.call_soon_threadsafe(done.set)
        assert done.wait(10)

    def end(self, ended: asyncio.Event) -> None:
        """The last thing that happens."""
        self._loop.call_soon_threadsafe(ended.set)


@contextmanager
def line_to(port: int) -> Iterator[Line]:
    """A line to a port of this machine, until the block is left."""
    lines: list[Line] = []
    begun, ended = Event(), asyncio.Event()

    async def live() -> None:
        async with proxied(port) as proxy:
            lines.append(Line(proxy, asyncio.get_running_loop()))
            begun.set()
            await ended.wait()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(asyncio.run, live())
        assert begun.wait(10)
        try:
            yield lines[0]
        finally:
            lines[0].end(ended)
            running.result(10)
