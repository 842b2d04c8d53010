"""Links that were taken over, and links that were refused, as actions in the ledger: at a bounded rate, since strangers
may open links as they like. Decides nothing about links."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime

from evcharging.adapters.store import StoreUnavailable
from evcharging.apps.shell.actions import noted
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.protocols.budget import Budget, Purse

VIA = "link"

MOST_LINKS = 20
"""How many links one Central notes at once, and then in each minute: those are of everybody, so that a fleet that comes
again after a break of its network is noted in part."""

LINKS_NOTED = Budget(per_second=MOST_LINKS / 60, at_once=MOST_LINKS, at_first=MOST_LINKS)


class LinkNotes:
    """What is to be noted of the links of one Central. `keep` makes an action last, which takes a while and may raise
    StoreUnavailable; `steady` is a time that goes on evenly though the clock is set."""

    def __init__(
        self, keep: Callable[[OperatorAction], None], now: Callable[[], datetime], steady: Callable[[], datetime]
    ) -> None:
        self._keep = keep
        self._now = now
        self._steady = steady
        self._purse: Purse | None = None
        self._left_out = 0
        self._lost = 0
        self._waiting: deque[OperatorAction] = deque()
        self._woken = asyncio.Event()
        self._ending = False

    def took_over(self, cp_id: str, proven: str | None) -> None:
        """A new link of a point has ended the one before; `proven` is the point whose key it has, if it needs one."""
        self._note("take_over_link", cp_id, proven, None)

    def refused(self, cp_id: str, proven: str | None, refusal: str) -> None:
        """A link was refused that said to be of a point."""
        self._note("open_link", cp_id, proven, refusal)

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

    def _note(self, action: str, cp_id: str, proven: str | None, refusal: str | None) -> None:
        moment = self._steady().timestamp()
        if self._purse is None:
            self._purse = Purse(LINKS_NOTED, moment)
        if not self._purse.afford(1, moment):
            self._left_out += 1
            return
        left_out, self._left_out = self._left_out, 0
        actor = None if proven is None else Actor(kind=ActorKind.POINT, id=proven, via=VIA)
        done = noted(actor, action, cp_id, self._now(), refusal=refusal)
        self._waiting.append(changed(done, via=VIA, left_out=left_out))
        self._woken.set()


@asynccontextmanager
async def noting(notes: LinkNotes) -> AsyncIterator[LinkNotes]:
    """Have them kept, until the block is left."""
    task = asyncio.create_task(notes.run())
    try:
        yield notes
    finally:
        notes.end()
        await task
