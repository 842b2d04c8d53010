"""Looking on at the bus of one Central: rates of topics, what passes for those who want it, and what was set aside. The
bus is read for as long as somebody looks on, and by a reader of its own. Knows no socket."""

import asyncio
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Final

from evcharging.adapters.bus import Bus
from evcharging.adapters.bus.traffic import WATCHED, Passing, SetAside, Tail
from evcharging.apps.ev_central.bus_sight import Judge, set_aside_view
from evcharging.apps.ev_central.bus_watcher import BusWatcher, Seen
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.views_bus import (
    BusTopicsFrame,
    BusTopicsView,
    BusTopicView,
    SetAsidesView,
    SetAsideView,
)
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
                BusTopicView(
                    name=topic.name,
                    key=topic.key,
                    about=ABOUT[topic.name],
                    kinds=[kind.__name__ for kind in topic.kinds],
                    volatile=topic.volatile,
                    per_second=self._rates.of(topic.name),
                    behind=behind.get(topic.name),
                )
                for topic in WATCHED
            ],
        )

    def set_aside(self) -> SetAsidesView:
        """What was set aside, the newest first."""
        return SetAsidesView(all=self._bus.dead_letters + self._bus.unbelieved, items=list(self._letters))

    def _keep(self, letter: SetAside) -> None:
        self._letters.appendleft(set_aside_view(letter, self._now()))

    def _begin(self) -> None:
        self._rates = Rates()
        self._tail = self._bus.traffic.tail(self._hear)
        self._turning = asyncio.create_task(self._turn())

    def _end(self) -> None:
        if self._tail is not None and self._turning is not None:
            self._tail.close()
            self._turning.cancel()
        self._tail = self._turning = None
        self._rates = Rates()

    def _hear(self, passing: Passing) -> None:
        self._rates.note(passing.topic.name)
        seen = Seen(passing, self._view)
        for watcher in self._watchers:
            watcher.see(seen)

    def _view(self, passing: Passing) -> bytes:
        self._number += 1
        return to_json(self.judge.view(passing, self._number, self._now()))

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

    def _topics_frame(self) -> str:
        return to_json(BusTopicsFrame(type="topics", ts=self._now(), bus=self.topics())).decode()

    def _now(self) -> datetime:
        return utc(self._queries.now())
