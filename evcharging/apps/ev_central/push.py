"""The dashboard's WebSocket: a snapshot first, then what changes. State changes go out at once, readings together
once a second, and every few seconds something, so that silence is noticed. A viewer may ask for some points alone; what
goes to all others is made once."""

import asyncio
from contextlib import suppress
from functools import partial

from starlette.websockets import WebSocket, WebSocketDisconnect

from evcharging.adapters.metrics import Sample
from evcharging.apps.ev_central.access.credentials import ticket_protocol
from evcharging.apps.ev_central.access.staying import POLICY, SIGN_IN_AGAIN, Stays
from evcharging.apps.ev_central.access.who import who_asks
from evcharging.apps.ev_central.frames import Changes, Frames, subscription_in
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.views_live import RefusedFrame
from evcharging.apps.shell.metrics import VIEWERS
from evcharging.common.messages_view import NoticeShown, PointShown, ReadingShown
from evcharging.common.utils import to_json
from evcharging.roles.live_view import News

AT_ONCE = 0.02
"""Seconds in which state changes are gathered, so that many at once are one frame."""

READINGS_EVERY = 1.0
HEARTBEAT = 5.0
SNAPSHOT_LASTS = 2.0
"""Seconds for which those who come are given the same snapshot, and what changed since."""

VIEWERS_AT_ONCE = 200
FULL = "There are as many viewers as Central has room for; ask GET /cp instead"
WAITING = 64
"""Frames that a slow viewer may have waiting before it is sent away; it comes back to a fresh snapshot."""


class Viewer:
    """Somebody who looks on: at the points that are `wanted`, or at all. `totals` are those that it was sent last, and
    `sent_at` is when it was sent something last."""

    def __init__(self, now: float) -> None:
        self.frames: asyncio.Queue[str | None] = asyncio.Queue()
        self.farewell = (1013, "Too slow; connect again")
        self.wanted: frozenset[str] | None = None
        self.totals = b""
        self.sent_at = now


class Push:
    """All viewers of one Central, of whom there are `room` at most. `snapshots` counts how many were made for all."""

    def __init__(
        self, queries: Queries, stays: Stays, every: float = READINGS_EVERY, room: int = VIEWERS_AT_ONCE
    ) -> None:
        self.snapshots = 0
        self._stays = stays
        self._queries = queries
        self._frames = Frames(queries)
        self._every = every
        self._room = room
        self._viewers: set[Viewer] = set()
        self._points: dict[str, PointShown] = {}
        self._gone: set[str] = set()
        self._metered: set[str] = set()
        self._notices: list[NoticeShown] = []
        self._urgent = asyncio.Event()
        self._snapshot: str | None = None
        self._snapshot_at = 0.0
        self._since: list[str] = []
        """What was sent to all since the snapshot was made."""

    def shown(self, message: News) -> None:
        """Note what is new for the viewers."""
        if isinstance(message, PointShown) and message.retired:
            self._queries.texts.forget(message.cp_id)
        if not self._viewers:
            self._snapshot = None
            return
        if isinstance(message, ReadingShown):
            self._metered.add(message.cp_id)
            return
        if isinstance(message, NoticeShown):
            self._notices.insert(0, message)
        elif message.retired:
            self._gone.add(message.cp_id)
            self._points.pop(message.cp_id, None)
        else:
            self._gone.discard(message.cp_id)
            self._points[message.cp_id] = message
        self._urgent.set()

    def samples(self) -> list[Sample]:
        """How many look on."""
        return [(VIEWERS, (), len(self._viewers))]

    async def run(self) -> None:
        """Send, until cancelled."""
        loop = asyncio.get_running_loop()
        readings_due = loop.time() + self._every
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(readings_due):
                    await self._urgent.wait()
            if self._urgent.is_set():
                await asyncio.sleep(AT_ONCE)
                self._urgent.clear()
            is_due = loop.time() >= readings_due
            changes = self._take(with_readings=is_due)
            self._send_to_all(changes)
            self._send_to_some(changes, with_totals=is_due)
            if is_due:
                readings_due = loop.time() + self._every

    def _take(self, *, with_readings: bool) -> Changes:
        """What is new. Of readings the newest of what was metered and still runs: none may come after the end of its
        supply."""
        points, self._points = self._points, {}
        gone, self._gone = self._gone, set()
        notices, self._notices = self._notices, []
        readings: dict[str, ReadingShown] = {}
        if with_readings:
            metered, self._metered = self._metered, set()
            newest = self._queries.panel.readings
            readings = {cp_id: newest[cp_id] for cp_id in sorted(metered) if cp_id in newest}
        return Changes(points=points, gone=sorted(gone), readings=readings, notices=notices)

    def _send_to_all(self, changes: Changes) -> None:
        """To those who want to hear of every point."""
        viewers = [viewer for viewer in self._viewers if viewer.wanted is None]
        if changes.is_empty and not any(map(_is_late, viewers)):
            return
        if viewers or self._snapshot is not None:
            frame = self._frames.changes(changes)
            self._since.append(frame)
            self._forget_old_snapshot()
            for viewer in viewers:
                self._put(viewer, frame)

    def _send_to_some(self, changes: Changes, *, with_totals: bool) -> None:
        """To those who want to hear of some points, and now and then of what all come to."""
        totals = self._frames.totals() if with_totals else None
        for viewer in [viewer for viewer in self._viewers if viewer.wanted is not None]:
            mine = changes.of(viewer.wanted or frozenset())
            is_news = not mine.is_empty or (totals is not None and totals != viewer.totals)
            if is_news or _is_late(viewer):
                viewer.totals = totals or self._frames.totals()
                self._put(viewer, self._frames.changes(mine))

    def _put(self, viewer: Viewer, frame: str) -> None:
        if viewer not in self._viewers:
            return
        viewer.sent_at = asyncio.get_running_loop().time()
        if viewer.frames.qsize() < WAITING:
            viewer.frames.put_nowait(frame)
        else:
            self._viewers.discard(viewer)
            viewer.frames.put_nowait(None)

    def _newest_snapshot(self) -> list[str]:
        """A snapshot of all points, and what was sent since it was made."""
        self._forget_old_snapshot()
        if self._snapshot is None:
            self._snapshot = self._frames.snapshot()
            self._snapshot_at = asyncio.get_running_loop().time()
            self._since = []
            self.snapshots += 1
        return [self._snapshot, *self._since]

    def _forget_old_snapshot(self) -> None:
        if asyncio.get_running_loop().time() >= self._snapshot_at + SNAPSHOT_LASTS:
            self._snapshot, self._since = None, []

    async def serve(self, socket: WebSocket) -> None:
        """One viewer, until it goes."""
        await socket.accept(ticket_protocol(socket.scope))
        if len(self._viewers) >= self._room:
            await socket.close(1013, FULL)
            return
        viewer = Viewer(asyncio.get_running_loop().time())
        with self._stays.of(who_asks(socket.scope), partial(_turn_out, viewer)):
            await self._show(socket, viewer)

    async def _show(self, socket: WebSocket, viewer: Viewer) -> None:
        for made in self._newest_snapshot():
            viewer.frames.put_nowait(made)
        self._viewers.add(viewer)
        listening = asyncio.create_task(self._listen(socket, viewer))
        try:
            while (frame := await viewer.frames.get()) is not None:
                await socket.send_text(frame)
            await socket.close(*viewer.farewell)
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self._viewers.discard(viewer)
            listening.cancel()

    async def _listen(self, socket: WebSocket, viewer: Viewer) -> None:
        """Hear what a viewer asks for, until it is gone."""
        while (message := await socket.receive())["type"] != "websocket.disconnect":
            asked = subscription_in(message.get("text") or "")
            if isinstance(asked, RefusedFrame):
                self._put(viewer, to_json(asked).decode())
            elif asked is not None:
                self._subscribe(viewer, asked.points)
        viewer.frames.put_nowait(None)

    def _subscribe(self, viewer: Viewer, points: list[str] | None) -> None:
        if viewer not in self._viewers:
            return
        while not viewer.frames.empty():  # What waits is older than the snapshot that follows.
            viewer.frames.get_nowait()
        viewer.wanted = None if points is None else frozenset(points)
        if viewer.wanted is not None:
            self._put(viewer, self._frames.snapshot(viewer.wanted))
            return
        for made in self._newest_snapshot():
            self._put(viewer, made)


def _turn_out(viewer: Viewer) -> None:
    """A viewer may not look on any more."""
    while not viewer.frames.empty():
        viewer.frames.get_nowait()
    viewer.farewell = (POLICY, SIGN_IN_AGAIN)
    viewer.frames.put_nowait(None)


def _is_late(viewer: Viewer) -> bool:
    """Whether a viewer has heard nothing for so long that it must hear that Central lives."""
    return asyncio.get_running_loop().time() >= viewer.sent_at + HEARTBEAT
