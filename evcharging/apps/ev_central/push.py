"""The dashboard's WebSocket: a snapshot first, then what changes. State changes go out at once, readings together
once a second, and every few seconds something, so that silence is noticed."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from evcharging.adapters.metrics import Sample
from evcharging.apps.ev_central.desk import Desk
from evcharging.apps.ev_central.views import notice_view, point_view, reading_view
from evcharging.apps.metrics import VIEWERS
from evcharging.common.messages import NoticeShown, PointShown, ReadingShown
from evcharging.common.utils import iso, to_json
from evcharging.roles.panel import News

AT_ONCE = 0.02
"""Seconds in which state changes are gathered, so that many at once are one frame."""

READINGS_EVERY = 1.0
HEARTBEAT = 5.0
SNAPSHOT_NOTICES = 50
WAITING = 64
"""Frames that a slow viewer may have waiting before it is sent away; it comes back to a fresh snapshot."""


class Push:
    """All viewers of one Central."""

    def __init__(self, desk: Desk, every: float = READINGS_EVERY) -> None:
        self._desk = desk
        self._every = every
        self._viewers: set[asyncio.Queue[str | None]] = set()
        self._points: dict[str, PointShown] = {}
        self._metered: set[str] = set()
        self._notices: list[NoticeShown] = []
        self._urgent = asyncio.Event()

    def shown(self, message: News) -> None:
        """Note what is new for the viewers."""
        if not self._viewers:
            return
        if isinstance(message, ReadingShown):
            self._metered.add(message.cp_id)
            return
        if isinstance(message, PointShown):
            self._points[message.cp_id] = message
        else:
            self._notices.insert(0, message)
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
            if self._points or self._notices or readings or loop.time() >= heartbeat_due:
                self._send(self._changes(readings))
                heartbeat_due = loop.time() + HEARTBEAT

    def _take_readings(self) -> list[ReadingShown]:
        """The newest readings of what was metered and still runs: none may come after the end of its supply."""
        metered, self._metered = self._metered, set()
        newest = self._desk.panel.readings
        return [newest[cp_id] for cp_id in sorted(metered) if cp_id in newest]

    def _changes(self, readings: list[ReadingShown]) -> str:
        points, self._points = self._points, {}
        notices, self._notices = self._notices, []
        return self._frame(
            "changes",
            points=[point_view(self._desk.panel, point) for point in points.values()],
            telemetry=[reading_view(reading) for reading in readings],
            messages=[notice_view(notice) for notice in notices],
        )

    def _snapshot(self) -> str:
        panel = self._desk.panel
        return self._frame(
            "snapshot",
            points=[point_view(panel, panel.points[cp_id]) for cp_id in sorted(panel.points)],
            messages=[notice_view(notice) for notice in list(panel.notices)[:SNAPSHOT_NOTICES]],
        )

    def _frame(self, kind: str, **lists: list[dict[str, Any]]) -> str:
        return to_json({"type": kind, "ts": iso(self._desk.now()), **lists}).decode()

    def _send(self, frame: str) -> None:
        for viewer in list(self._viewers):
            if viewer.qsize() < WAITING:
                viewer.put_nowait(frame)
            else:
                self._viewers.discard(viewer)
                viewer.put_nowait(None)

    async def serve(self, socket: WebSocket, is_allowed: Callable[[WebSocket], bool]) -> None:
        """One viewer, until it goes."""
        if not is_allowed(socket):
            await socket.close(1008, "Only pages of this Central may connect")
            return
        await socket.accept()
        frames: asyncio.Queue[str | None] = asyncio.Queue()
        frames.put_nowait(self._snapshot())
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
