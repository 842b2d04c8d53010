"""Somebody who looks on at the bus: what they want to see, and what waits for them. Knows no socket and no bus."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Final

from evcharging.adapters.bus.traffic import WATCHED
from evcharging.apps.ev_central.access.staying import POLICY, SIGN_IN_AGAIN
from evcharging.apps.ev_central.link_sight import LINKS
from evcharging.apps.ev_central.views_bus import WatchFrame
from evcharging.apps.ev_central.views_live import RefusedFrame
from evcharging.common.utils import BadJson, from_json, iso, to_json

A_SECOND: Final = 50
"""Messages that somebody is shown in a second, at most."""

WAITING: Final = 64
"""Frames that a slow watcher may have waiting before it is sent away."""

LONGEST_TEXT: Final = 128
NAMES: Final = frozenset([topic.name for topic in WATCHED] + [kind.name for kind in LINKS])
TOO_SLOW: Final = (1013, "Too slow; connect again")


class Seen:
    """A message that passes, looked at by several: what that takes is done once, and only if it is needed."""

    def __init__(self, topic: str, text: Callable[[], str], view: Callable[[], bytes]) -> None:
        self.topic = topic
        self._text = text
        self._view = view

    @cached_property
    def text(self) -> str:
        """In what a text is looked for."""
        return self._text().casefold()

    @cached_property
    def view(self) -> bytes:
        """As JSON, as it is shown."""
        return self._view()


class BusWatcher:
    """One who looks on. `frames` has what is to be sent, and None at the end."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[str | None] = asyncio.Queue()
        self.farewell = TOO_SLOW
        self._wish = WatchFrame(type="watch")
        self._topics: frozenset[str] | None = None
        self._text = ""
        self._room = A_SECOND
        self._left_out = 0
        self._views: list[bytes] = []
        self._is_leaving = False

    def want(self, wish: WatchFrame) -> None:
        """See this from now on; what waits is of another wish."""
        self._wish = wish
        self._topics = None if wish.topics is None else frozenset(wish.topics)
        self._text = wish.text.casefold()
        self._views.clear()
        self._left_out = 0

    def see(self, seen: Seen) -> None:
        """Something passes."""
        if self._wish.paused or (self._topics is not None and seen.topic not in self._topics):
            return
        if self._text and self._text not in seen.text:
            return
        if self._room > 0:
            self._room -= 1
            self._views.append(seen.view)
        else:
            self._left_out += 1

    def next_second(self) -> None:
        """There is room again."""
        self._room = A_SECOND

    def flush(self, now: datetime) -> None:
        """Send what was seen, if anything."""
        if not (self._views or self._left_out):
            return
        parts = to_json(iso(now)), b",".join(self._views), to_json(self._left_out)
        self.put((b'{"type":"messages","ts":%b,"messages":[%b],"left_out":%b}' % parts).decode())
        self._views.clear()
        self._left_out = 0

    def put(self, frame: str) -> None:
        """Have a frame wait; who has too many waiting is sent away."""
        if self._is_leaving:
            return
        if self.frames.qsize() < WAITING:
            self.frames.put_nowait(frame)
        else:
            self._leave(TOO_SLOW)

    def turn_out(self) -> None:
        """They may not look on any more."""
        self._leave((POLICY, SIGN_IN_AGAIN))

    def _leave(self, farewell: tuple[int, str]) -> None:
        while not self.frames.empty():
            self.frames.get_nowait()
        self.farewell = farewell
        self._is_leaving = True
        self.frames.put_nowait(None)


def watch_wish(text: str) -> WatchFrame | RefusedFrame | None:
    """What somebody wants to see, or why that cannot be; None for what asks for nothing, which nobody reads."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("type") != "watch":
        return None
    try:
        wish = from_json(WatchFrame, text.encode())
    except BadJson as error:
        return RefusedFrame(type="refused", detail=str(error))
    why = _why_refused(wish)
    return wish if why is None else RefusedFrame(type="refused", detail=why)


def _why_refused(wish: WatchFrame) -> str | None:
    if len(wish.text) > LONGEST_TEXT:
        return f"text: no more than {LONGEST_TEXT} characters can be looked for"
    unknown = [name for name in wish.topics or () if name not in NAMES]
    return f"topics: there is no topic {unknown[0][:64]!r} on the bus" if unknown else None
