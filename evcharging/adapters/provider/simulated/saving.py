"""Writes down what the simulated provider keeps, beside the event loop: all that is asked at once lasts together."""

import asyncio

from evcharging.adapters.provider.simulated.file import KeptFile, KeptFileUnusable


class Saving:
    """Used in one event loop. Once the file cannot be written, nothing lasts any more; `lost` says why."""

    def __init__(self, file: KeptFile) -> None:
        self._file = file
        self._next: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self.lost: str | None = None

    async def lasts(self) -> bool:
        """Wait until all that was noted until now is written down; whether it is."""
        if self._next is None:
            self._next = asyncio.create_task(self._write())
        await asyncio.shield(self._next)
        return self.lost is None

    async def _write(self) -> None:
        async with self._writing:
            self._next = None  # What is noted from now on waits for the next one.
            changes = self._file.take()
            try:
                await asyncio.to_thread(self._file.write, changes)
            except KeptFileUnusable as error:
                self.lost = str(error)
