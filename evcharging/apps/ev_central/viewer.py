"""Somebody who looks on at the dashboard's WebSocket: what they want to hear of, and what waits for them."""

import asyncio
from collections.abc import Mapping

from evcharging.apps.ev_central.access.staying import POLICY, SIGN_IN_AGAIN
from evcharging.apps.ev_central.frames import chosen
from evcharging.common.messages_view import ReadingShown

WAITING = 64
"""Frames that a slow viewer may have waiting before it is sent away; it may connect again, and goes on."""

HEARTBEAT = 5.0

Wanted = frozenset[str] | None
"""IDs of points; None for all of them."""


class Viewer:
    """A viewer hears of the `points` that it wants, and is sent readings of those of them that are `metered`. `totals`
    are those that it was sent last, `sent_at` is when it was sent something last, by a clock that counts seconds."""

    def __init__(self, now: float) -> None:
        self.frames: asyncio.Queue[str | None] = asyncio.Queue()
        self.farewell = (1013, "Too slow; connect again")
        self.points: Wanted = None
        self.metered: Wanted = None
        self.totals = b""
        self.sent_at = now
        self.is_leaving = False

    @property
    def wishes(self) -> tuple[Wanted, Wanted]:
        """What it wants: viewers who want the same are sent the same."""
        return self.points, self.metered

    def readings_of(self, readings: Mapping[str, ReadingShown]) -> Mapping[str, ReadingShown]:
        """Those that it wants."""
        return chosen(chosen(readings, self.metered), self.points)

    def put(self, frame: str, now: float) -> bool:
        """Have a frame wait; False if too many do, so that the viewer is sent away."""
        self.sent_at = now
        if self.frames.qsize() < WAITING:
            self.frames.put_nowait(frame)
            return True
        self._leave()
        return False

    def is_late(self, now: float) -> bool:
        """Whether it has heard nothing for so long that it must hear that Central lives."""
        return now >= self.sent_at + HEARTBEAT

    def drop_waiting(self) -> None:
        """What waits is older than what comes next."""
        while not self.frames.empty():
            self.frames.get_nowait()

    def turn_out(self) -> None:
        """It may not look on any more."""
        self.drop_waiting()
        self.farewell = (POLICY, SIGN_IN_AGAIN)
        self._leave()

    def _leave(self) -> None:
        self.is_leaving = True
        self.frames.put_nowait(None)
