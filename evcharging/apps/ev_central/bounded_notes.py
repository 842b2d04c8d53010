"""Actions that anybody can cause as often as they like, in the ledger: at a bounded rate, and how many were left out.
Decides nothing."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Final

from evcharging.adapters.store import StoreUnavailable
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.protocols.budget import Budget, Purse

MOST_NOTED: Final = 20
"""How many actions of a share one Central notes at once, and then in each minute."""

NOTED: Final = Budget(per_second=MOST_NOTED / 60, at_once=MOST_NOTED, at_first=MOST_NOTED)


class BoundedNotes:
    """Actions of one kind. `keep` makes one last, which takes a while and may raise StoreUnavailable; `steady` is a
    time that goes on evenly though the clock is set. Used in the event loop alone."""

    def __init__(
        self, keep: Callable[[OperatorAction], None], now: Callable[[], datetime], steady: Callable[[], datetime]
    ) -> None:
        self._keep = keep
        self._now = now
        self._steady = steady
        self._purses: dict[str, Purse] = {}
        self._left_out: Counter[str] = Counter()
        self._lost = 0
        self._waiting: deque[OperatorAction] = deque()
        self._woken = asyncio.Event()
        self._ending = False

    def note(self, make: Callable[[datetime], OperatorAction], share: str = "") -> None:
        """Have an action kept that was done now, or count it as left out. Each share of them, of which there are few,
        has the rate for itself."""
        moment = self._steady().timestamp()
        if not self._purses.setdefault(share, Purse(NOTED, moment)).afford(1, moment):
            self._left_out[share] += 1
            return
        self._waiting.append(changed(make(self._now()), left_out=self._left_out.pop(share, 0)))
        self._woken.set()

    async def run(self) -> None:
        """Make all of it last, one after another; what cannot be kept now is counted as left out."""
        while not self._ending or self._waiting:
            await self._woken.wait()
            self._woken.clear()
            while self._waiting:
                action = self._waiting.popleft()
                left_out, self._lost = action.left_out + self._lost, 0
                try:
                    await asyncio.to_thread(self._keep, changed(action, left_out=left_out))
                except StoreUnavailable:
                    self._lost = left_out + 1

    def end(self) -> None:
        """Let `run` end with what waits to be kept."""
        self._ending = True
        self._woken.set()


@asynccontextmanager
async def noting(*all_notes: BoundedNotes) -> AsyncIterator[None]:
    """Have them kept, until the block is left."""
    async with AsyncExitStack() as stack:
        for notes in all_notes:
            await stack.enter_async_context(_kept(notes))
        yield


@asynccontextmanager
async def _kept(notes: BoundedNotes) -> AsyncIterator[None]:
    task = asyncio.create_task(notes.run())
    try:
        yield
    finally:
        notes.end()
        await task
