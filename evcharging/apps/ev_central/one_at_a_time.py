"""Work that goes on in the event loop: some pieces at once, and each of them once at a time. Knows no work."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable


class OneAtATime:
    """Used in the event loop alone. `at_once`: how many pieces go on at most; the others wait."""

    def __init__(self, at_once: int) -> None:
        self._room = asyncio.Semaphore(at_once)
        self._going: dict[Hashable, asyncio.Task[None]] = {}

    def begin(self, key: Hashable, work: Callable[[], Awaitable[None]]) -> None:
        """Begin a piece of work, unless the one with this key goes on."""
        if key not in self._going:
            self._going[key] = asyncio.create_task(self._run(key, work))

    async def _run(self, key: Hashable, work: Callable[[], Awaitable[None]]) -> None:
        try:
            async with self._room:
                await work()
        finally:
            del self._going[key]

    async def end(self) -> None:
        """Break off what goes on: whoever comes next asks for it again."""
        tasks = [*self._going.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
