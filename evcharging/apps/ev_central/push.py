"""The dashboard's WebSocket: a snapshot first, then what changes. State changes go out at once, readings together
once a second, and every few seconds something, so that silence is noticed. A viewer may ask for some points alone, or
for the readings of some; what goes to several is made once. Who was away for a moment is told what came meanwhile."""

import asyncio
from contextlib import suppress
from secrets import token_hex

from starlette.websockets import WebSocket, WebSocketDisconnect

from evcharging.adapters.metrics import Sample
from evcharging.apps.ev_central.access.credentials import ticket_protocol
from evcharging.apps.ev_central.access.staying import Stays
from evcharging.apps.ev_central.access.who import who_asks
from evcharging.apps.ev_central.frames import NO_NEWS, Changes, Frames, Wish, readings_alone, wish_in
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.recent import LASTS, Recent
from evcharging.apps.ev_central.viewer import WAITING, Viewer, Wanted
from evcharging.apps.ev_central.views_live import ReadingsFrame, RefusedFrame
from evcharging.apps.shell.metrics import VIEWERS
from evcharging.common.messages_view import NoticeShown, PointShown, ReadingShown
from evcharging.common.utils import to_json
from evcharging.roles.live_view import News

AT_ONCE = 0.02
"""Seconds in which state changes are gathered, so that many at once are one frame."""

READINGS_EVERY = 1.0
SNAPSHOT_LASTS = 2.0
"""Seconds for which those who come are given the same snapshot, and what changed since."""

VIEWERS_AT_ONCE = 200
MOST_AT_ONCE = WAITING // 2
"""Frames that a viewer is sent together; instead of more, a snapshot says how things stand."""

FULL = "There are as many viewers as Central has room for; ask GET /cp instead"


class Push:
    """All viewers of one Central, of whom there are `room` at most. `snapshots` counts how many were made for all."""

    def __init__(
        self, queries: Queries, stays: Stays, every: float = READINGS_EVERY, room: int = VIEWERS_AT_ONCE
    ) -> None:
        self.snapshots = 0
        self._stays = stays
        self._queries = queries
        self._recent = Recent(token_hex(8))
        self._frames = Frames(queries, self._recent.stream)
        self._every = every
        self._room = room
        self._viewers: set[Viewer] = set()
        self._left_at = -LASTS
        """When the last viewer went."""
        self._points: dict[str, PointShown] = {}
        self._gone: set[str] = set()
        self._metered: set[str] = set()
        self._notices: list[NoticeShown] = []
        self._urgent = asyncio.Event()
        self._snapshot: tuple[int, str] | None = None
        """The newest snapshot of all points, and the number of the newest frame that is in it."""
        self._snapshot_at = 0.0

    def shown(self, message: News) -> None:
        """Note what is new for the viewers, and for those who may come back."""
        if isinstance(message, PointShown) and message.retired:
            self._queries.texts.forget(message.cp_id)
        if not self._viewers and self._is_forgotten():
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

    def _is_forgotten(self) -> bool:
        """Whether the last viewer left so long ago that nobody comes back to go on; then what is new is not noted."""
        if self._left_at > _now() - LASTS:
            return False
        if self._snapshot is not None:
            self._snapshot = None
            self._recent.break_off()
        return True

    def samples(self) -> list[Sample]:
        """How many look on."""
        return [(VIEWERS, (), len(self._viewers))]

    async def run(self) -> None:
        """Send, until cancelled."""
        readings_due = _now() + self._every
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(readings_due):
                    await self._urgent.wait()
            if self._urgent.is_set():
                await asyncio.sleep(AT_ONCE)
                self._urgent.clear()
            is_due = _now() >= readings_due
            changes = self._take(with_readings=is_due)
            self._send_news(changes.news)
            if is_due:
                self._send_readings(changes)
                readings_due = _now() + self._every

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

    def _send_news(self, news: Changes) -> None:
        """At once, to everybody whom it concerns."""
        if news.is_empty:
            return
        frame = self._frames.changes(self._recent.seq + 1, news)
        self._recent.keep(frame, _now())
        for viewer in [*self._viewers]:
            if viewer.points is None:
                self._put(viewer, frame)
            elif not (mine := news.of(viewer.points)).is_empty:
                self._put(viewer, self._frames.changes(self._recent.seq, mine))

    def _send_readings(self, changes: Changes) -> None:
        """Readings, and what all points come to; and a sign of life to those who have heard nothing for long."""
        if not self._viewers:
            return
        totals, made = self._frames.totals(), dict[tuple[Wanted, Wanted], str]()
        for viewer in [*self._viewers]:
            readings = viewer.readings_of(changes.readings)
            if not (readings or viewer.totals != totals or viewer.is_late(_now())):
                continue
            if viewer.wishes not in made:
                made[viewer.wishes] = self._frames.changes(self._recent.seq, readings_alone(readings))
            self._put(viewer, made[viewer.wishes])

    def _put(self, viewer: Viewer, frame: str) -> None:
        """Each frame says what all points come to."""
        viewer.totals = self._frames.totals()
        if viewer in self._viewers and not viewer.is_leaving and not viewer.put(frame, _now()):
            self._leave(viewer)

    def _newest_snapshot(self) -> list[str]:
        """A snapshot of all points, and what was sent since it was made."""
        since = None
        if self._snapshot is not None and _now() < self._snapshot_at + SNAPSHOT_LASTS:
            since = self._recent.since(self._snapshot[0])
        if self._snapshot is None or since is None or len(since) > MOST_AT_ONCE:
            self._snapshot = self._recent.seq, self._frames.snapshot(self._recent.seq)
            self._snapshot_at, since = _now(), []
            self.snapshots += 1
        return [self._snapshot[1], *since]

    async def serve(self, socket: WebSocket) -> None:
        """One viewer, until it goes."""
        await socket.accept(ticket_protocol(socket.scope))
        if len(self._viewers) >= self._room:
            await socket.close(1013, FULL)
            return
        viewer = Viewer(_now())
        with self._stays.of(who_asks(socket.scope), viewer.turn_out):
            for frame in self._welcome(socket.query_params.get("after", "")):
                viewer.frames.put_nowait(frame)
            viewer.totals = self._frames.totals()
            await self._show(socket, viewer)

    def _welcome(self, mark: str) -> list[str]:
        """What a viewer is told first: what came since its mark, or how everything stands."""
        missed = self._recent.after(mark)
        if missed is None or len(missed) > MOST_AT_ONCE:
            return self._newest_snapshot()
        return missed or [self._frames.changes(self._recent.seq, NO_NEWS)]

    async def _show(self, socket: WebSocket, viewer: Viewer) -> None:
        self._viewers.add(viewer)
        listening = asyncio.create_task(self._listen(socket, viewer))
        try:
            while (frame := await viewer.frames.get()) is not None:
                await socket.send_text(frame)
            await socket.close(*viewer.farewell)
        except (WebSocketDisconnect, RuntimeError):
            pass
        finally:
            self._leave(viewer)
            listening.cancel()

    def _leave(self, viewer: Viewer) -> None:
        if viewer in self._viewers:
            self._viewers.remove(viewer)
            self._left_at = _now()

    async def _listen(self, socket: WebSocket, viewer: Viewer) -> None:
        """Hear what a viewer asks for, until it is gone."""
        while (message := await socket.receive())["type"] != "websocket.disconnect":
            wish = wish_in(message.get("text") or "")
            if isinstance(wish, RefusedFrame):
                self._put(viewer, to_json(wish).decode())
            elif wish is not None and viewer in self._viewers and not viewer.is_leaving:
                self._grant(viewer, wish)
        viewer.frames.put_nowait(None)

    def _grant(self, viewer: Viewer, wish: Wish) -> None:
        """Tell a viewer of what it wants from now on, and first how that stands."""
        wanted = None if wish.points is None else frozenset(wish.points)
        if isinstance(wish, ReadingsFrame):
            viewer.metered = wanted
            readings = viewer.readings_of(self._queries.panel.readings)
            self._put(viewer, self._frames.changes(self._recent.seq, readings_alone(readings)))
            return
        viewer.drop_waiting()
        viewer.points = wanted
        some = None if wanted is None else [self._frames.snapshot(self._recent.seq, wanted)]
        for frame in some or self._newest_snapshot():
            self._put(viewer, frame)


def _now() -> float:
    """By the clock of the loop, in seconds."""
    return asyncio.get_running_loop().time()
