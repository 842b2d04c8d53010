"""Looking on at the bus of one Central: rates of topics, what passes for those who want it, and what was set aside. The
bus is read for as long as somebody looks on, and by a reader of its own. Knows no socket."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial
from typing import Final

from evcharging.adapters.bus import Bus
from evcharging.adapters.bus.traffic import WATCHED, Passing, SetAside, Tail
from evcharging.adapters.link import Link
from evcharging.apps.ev_central.bus_sight import Judge, set_aside_view, text_of
from evcharging.apps.ev_central.bus_watcher import BusWatcher, Seen
from evcharging.apps.ev_central.link_sight import LINKS, LinkKind, SeenLinks, frame_view, payloads_of
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.views_bus import (
    BusMessageView,
    BusTopicsFrame,
    BusTopicsView,
    BusTopicView,
    SetAsidesView,
    SetAsideView,
)
from evcharging.common.kafka import Topic
from evcharging.common.topic_words import ABOUT
from evcharging.common.utils import to_json, utc

OVER: Final = 10
"""Seconds over which rates are taken."""

TURNS: Final = 4
"""Times in a second that what passed is sent."""

KEPT: Final = 100
"""Messages that were set aside and are kept at hand."""


class Rates:
    """Messages a second of each topic, over the last seconds."""

    def __init__(self) -> None:
        self._now: Counter[str] = Counter()
        self._past: deque[Counter[str]] = deque(maxlen=OVER)

    def note(self, topic: str) -> None:
        """A message has passed."""
        self._now[topic] += 1

    def tick(self) -> None:
        """A second is over."""
        self._past.append(self._now)
        self._now = Counter()

    def of(self, topic: str) -> float | None:
        """None until a second is over."""
        seconds = len(self._past)
        return round(sum(each[topic] for each in self._past) / seconds, 1) if seconds else None


class BusWatch:
    """Used in the event loop alone. `is_watched` while somebody looks on; `judge` says what is wrong with a message."""

    def __init__(self, bus: Bus, queries: Queries) -> None:
        self.judge = Judge(bus.traffic.seals)
        self._bus = bus
        self._queries = queries
        self._links: dict[LinkKind, SeenLinks] = {}
        self._watchers: set[BusWatcher] = set()
        self._tail: Tail | None = None
        self._turning: asyncio.Task[None] | None = None
        self._rates = Rates()
        self._number = 0
        self._letters: deque[SetAsideView] = deque(maxlen=KEPT)
        bus.traffic.on_set_aside.append(self._keep)

    @property
    def is_watched(self) -> bool:
        """Whether anybody looks on."""
        return self._tail is not None

    def __len__(self) -> int:
        return len(self._watchers)

    @contextmanager
    def watching(self, watcher: BusWatcher) -> Iterator[None]:
        """Let somebody look on until the block is left; how the topics stand is said at once."""
        self._watchers.add(watcher)
        if self._tail is None:
            self._begin()
        watcher.put(self._topics_frame())
        try:
            yield
        finally:
            self._watchers.discard(watcher)
            if not self._watchers:
                self._end()

    def topics(self) -> BusTopicsView:
        """All topics, as they stand."""
        behind = self._bus.traffic.behind()
        return BusTopicsView(
            partitions=self._bus.partitions,
            shared=self._bus.is_shared,
            watched=self.is_watched,
            unreadable=self._bus.dead_letters,
            unbelieved=self._bus.unbelieved,
            topics=[
                *(self._topic(each, ABOUT[each.name], each.key, behind.get(each.name)) for each in WATCHED),
                *(self._topic(each, each.about, "cp_id", None) for each in LINKS if each in self._links),
            ],
        )

    def see_links(self, kind: LinkKind, links: SeenLinks) -> None:
        """Show these links, too."""
        self._links[kind] = links
        if self.is_watched:
            self._listen_to(kind, links)

    def set_aside(self) -> SetAsidesView:
        """What was set aside, the newest first."""
        return SetAsidesView(all=self._bus.dead_letters + self._bus.unbelieved, items=list(self._letters))

    def _keep(self, letter: SetAside) -> None:
        self._letters.appendleft(set_aside_view(letter, self._now()))

    def _begin(self) -> None:
        self._rates = Rates()
        self._tail = self._bus.traffic.tail(self._hear)
        self._turning = asyncio.create_task(self._turn())
        for kind, links in self._links.items():
            self._listen_to(kind, links)

    def _end(self) -> None:
        if self._tail is not None and self._turning is not None:
            self._tail.close()
            self._turning.cancel()
        for links in self._links.values():
            links.on_payload = None
        self._tail = self._turning = None
        self._rates = Rates()

    def _listen_to(self, kind: LinkKind, links: SeenLinks) -> None:
        links.on_payload = partial(self._hear_frame, kind)

    def _hear(self, passing: Passing) -> None:
        self._show(passing.topic.name, lambda: f"{passing.key}\n{text_of(passing)}", partial(self.judge.view, passing))

    def _hear_frame(self, kind: LinkKind, link: Link, frame: bytes, is_sent: bool) -> None:
        for payload in payloads_of(kind, link.peer, frame, is_sent):
            self._show(kind.name, payload.text, partial(frame_view, payload))

    def _show(self, topic: str, text: Callable[[], str], view: Callable[[int, datetime], BusMessageView]) -> None:
        self._rates.note(topic)
        seen = Seen(topic, text, lambda: self._numbered(view))
        for watcher in self._watchers:
            watcher.see(seen)

    def _numbered(self, view: Callable[[int, datetime], BusMessageView]) -> bytes:
        self._number += 1
        return to_json(view(self._number, self._now()))

    async def _turn(self) -> None:
        """Send what passed a few times a second, and once a second how the topics stand."""
        with suppress(asyncio.CancelledError):
            while True:
                for _ in range(TURNS):
                    await asyncio.sleep(1 / TURNS)
                    for watcher in tuple(self._watchers):
                        watcher.flush(self._now())
                self._rates.tick()
                frame = self._topics_frame()
                for watcher in tuple(self._watchers):
                    watcher.next_second()
                    watcher.put(frame)

    def _topic(self, each: Topic | LinkKind, about: str, key: str, behind: int | None) -> BusTopicView:
        return BusTopicView(
            name=each.name,
            key=key,
            about=about,
            kinds=[kind.__name__ for kind in each.kinds],
            volatile=isinstance(each, LinkKind) or each.volatile,
            frames=isinstance(each, LinkKind),
            per_second=self._rates.of(each.name),
            behind=behind,
        )

    def _topics_frame(self) -> str:
        return to_json(BusTopicsFrame(type="topics", ts=self._now(), bus=self.topics())).decode()

    def _now(self) -> datetime:
        return utc(self._queries.now())
