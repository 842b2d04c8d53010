"""The dashboard's WebSocket: a snapshot first, then what changes. State changes go out at once, readings together
once a second, and every few seconds something, so that silence is noticed. Every text is made once for all viewers."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

from evcharging.adapters.metrics import Sample
from evcharging.apps.ev_central.desk import Desk
from evcharging.apps.ev_central.views import reading_view
from evcharging.apps.ev_central.views_ledger import notice_view
from evcharging.apps.shell.metrics import VIEWERS
from evcharging.common.messages_view import NoticeShown, PointShown, ReadingShown
from evcharging.common.utils import iso, to_json
from evcharging.roles.live_view import News

AT_ONCE = 0.02
"""Seconds in which state changes are gathered, so that many at once are one frame."""

READINGS_EVERY = 1.0
HEARTBEAT = 5.0
SNAPSHOT_NOTICES = 50
SNAPSHOT_LASTS = 2.0
"""Seconds for which those who come are given the same snapshot, and what changed since."""

VIEWERS_AT_ONCE = 200
FULL = "There are as many viewers as Central has room for; ask GET /cp instead"
WAITING = 64
"""Frames that a slow viewer may have waiting before it is sent away; it comes back to a fresh snapshot."""


class Push:
    """All viewers of one Central, of whom there are `room` at most. `snapshots` counts how many were made."""

    def __init__(self, desk: Desk, every: float = READINGS_EVERY, room: int = VIEWERS_AT_ONCE) -> None:
        self.snapshots = 0
        self._desk = desk
        self._every = every
        self._room = room
        self._viewers: set[asyncio.Queue[str | None]] = set()
        self._points: dict[str, PointShown] = {}
        self._gone: set[str] = set()
        self._metered: set[str] = set()
        self._notices: list[NoticeShown] = []
        self._urgent = asyncio.Event()
        self._snapshot: str | None = None
        self._snapshot_at = 0.0
        self._since: list[str] = []
        """What was sent since the snapshot was made."""

    def shown(self, message: News) -> None:
        """Note what is new for the viewers."""
        if isinstance(message, PointShown) and message.retired:
            self._desk.texts.forget(message.cp_id)
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
        readings_due, heartbeat_due = loop.time() + self._every, loop.time() + HEARTBEAT
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(readings_due):
                    await self._urgent.wait()
            if self._urgent.is_set():
                await asyncio.sleep(AT_ONCE)
                self._urgent.clear()
            readings: list[ReadingShown] = []
            if loop.time() >= readings_due:
                readings = self._take_readings()
                readings_due = loop.time() + self._every
            if self._points or self._gone or self._notices or readings or loop.time() >= heartbeat_due:
                self._send(self._changes(readings))
                heartbeat_due = loop.time() + HEARTBEAT

    def _take_readings(self) -> list[ReadingShown]:
        """The newest readings of what was metered and still runs: none may come after the end of its supply."""
        metered, self._metered = self._metered, set()
        newest = self._desk.panel.readings
        return [newest[cp_id] for cp_id in sorted(metered) if cp_id in newest]

    def _changes(self, readings: list[ReadingShown]) -> str:
        points, self._points = self._points, {}
        gone, self._gone = self._gone, set()
        notices, self._notices = self._notices, []
        return self._frame(
            "changes",
            self._desk.texts.listed(points.values()),
            notices,
            gone=to_json(sorted(gone)),
            telemetry=to_json([reading_view(reading) for reading in readings]),
        )

    def _newest_snapshot(self) -> list[str]:
        """A snapshot, and what was sent since it was made."""
        self._forget_old_snapshot()
        if self._snapshot is None:
            notices = list(self._desk.panel.notices)[:SNAPSHOT_NOTICES]
            self._snapshot = self._frame("snapshot", self._desk.texts.all(), notices)
            self._snapshot_at = asyncio.get_running_loop().time()
            self._since = []
            self.snapshots += 1
        return [self._snapshot, *self._since]

    def _forget_old_snapshot(self) -> None:
        if asyncio.get_running_loop().time() >= self._snapshot_at + SNAPSHOT_LASTS:
            self._snapshot, self._since = None, []

    def _frame(self, kind: str, points: bytes, notices: Iterable[NoticeShown], **others: bytes) -> str:
        parts = {
            b"type": to_json(kind),
            b"ts": to_json(iso(self._desk.now())),
            b"points": points,
            **{name.encode(): text for name, text in others.items()},
            b"messages": to_json([notice_view(notice) for notice in notices]),
        }
        return (b"{%b}" % b",".join(b'"%b":%b' % part for part in parts.items())).decode()

    def _send(self, frame: str) -> None:
        self._since.append(frame)
        self._forget_old_snapshot()
        for viewer in list(self._viewers):
            if viewer.qsize() < WAITING:
                viewer.put_nowait(frame)
            else:
                self._viewers.discard(viewer)
                viewer.put_nowait(None)

    async def serve(self, socket: WebSocket) -> None:
        """One viewer, until it goes."""
        await socket.accept()
        if len(self._viewers) >= self._room:
            await socket.close(1013, FULL)
            return
        frames: asyncio.Queue[str | None] = asyncio.Queue()
        for made in self._newest_snapshot():
            frames.put_nowait(made)
        self._viewers.add(frames)
        gone = asyncio.create_task(_until_gone(socket, frames))
        try:
            while (frame := await frames.get()) is not None:
                await socket.send_text(frame)
            await socket.close(1013, "Too slow; connect again")
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self._viewers.discard(frames)
            gone.cancel()


async def _until_gone(socket: WebSocket, frames: asyncio.Queue[str | None]) -> None:
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
    frames.put_nowait(None)
