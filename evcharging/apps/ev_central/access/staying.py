"""Who looks on and may not any more is sent away: a session was ended, an account disabled, or Central became secure.
Knows not what they look at."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from evcharging.adapters.store import StoreUnavailable
from evcharging.apps.ev_central.access.contract import Access, BadCredential, Who
from evcharging.common.messages_operators import ActorKind
from evcharging.domain.access.modes import Mode

EVERY: Final = 2.0
"""Seconds between looks: whoever may not stay is gone within 5 s."""

POLICY: Final = 1008
"""What a WebSocket is closed with that is refused."""

SIGN_IN_AGAIN: Final = "Sign in again"


@dataclass(eq=False, slots=True)
class _Stay:
    who: Who
    since: datetime
    leave: Callable[[], None]


class Stays:
    """All who look on at one Central."""

    def __init__(self, access: Callable[[], Access], now: Callable[[], datetime], every: float = EVERY) -> None:
        self._access = access
        self._now = now
        self._every = every
        self._stays: set[_Stay] = set()

    @contextmanager
    def of(self, who: Who | None, leave: Callable[[], None]) -> Iterator[None]:
        """Somebody who looks on until the block is left; `leave` is called once they may not any more."""
        if who is None:
            yield
            return
        stay = _Stay(who, self._now(), leave)
        self._stays.add(stay)
        try:
            yield
        finally:
            self._stays.discard(stay)

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(self._every)
            await self.look()

    async def look(self) -> None:
        """Send away who may not stay. While the store cannot say, everybody stays."""
        for stay in list(self._stays):
            try:
                await self._check(stay)
            except BadCredential:
                self._stays.discard(stay)
                stay.leave()
            except StoreUnavailable:
                return

    async def _check(self, stay: _Stay) -> None:
        access = self._access()
        if stay.who.actor.kind is not ActorKind.LOCAL:
            await access.still(stay.who, stay.since)
        elif access.mode is Mode.SECURE:
            raise BadCredential(SIGN_IN_AGAIN, "unauthenticated")
