"""Where drivers of a network in one process ask: at a point that is free when their time has come, by a seeded choice.
Knows what Central shows, and not who asks."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import count
from random import Random

from evcharging.common.messages_view import PointShown
from evcharging.domain.charging_point import is_free
from evcharging.roles.driver import ChargeIntent
from evcharging.roles.live_view import News

HOLD = 10.0
"""Real seconds for which a point that was given to one driver is given to no other, unless it is seen to be taken."""

ROUND = 10
"""Requests of a driver that goes through them once."""


class FreePoints:
    """Those of some points that are free, as the panel shows them, less those that were just given away. What is asked
    and what changes cost the same for ten points and for thousands."""

    def __init__(
        self,
        cp_ids: Sequence[str],
        shown: Mapping[str, PointShown],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._all: list[str] = []
        self._own: set[str] = set()
        self._shown = shown
        self._seconds = seconds
        self.free: list[str] = []
        self._retired: set[str] = set()
        self._places: dict[str, int] = {}
        self._held: dict[str, float] = {}
        self._given: deque[tuple[float, str]] = deque()
        self.join(cp_ids)

    def join(self, cp_ids: Iterable[str]) -> None:
        """These may be chosen too."""
        for cp_id in cp_ids:
            self._all.append(cp_id)
            self._own.add(cp_id)
            self._look(cp_id)

    def shown(self, message: News) -> None:
        """Something is shown otherwise than before."""
        if isinstance(message, PointShown) and message.cp_id in self._own:
            (self._retired.add if message.retired else self._retired.discard)(message.cp_id)
            self._look(message.cp_id)

    def choose(self, chance: Random) -> str:
        """A free point, reserved for the caller for a while; if none is free, any point that is not retired."""
        now = self._seconds()
        while self._given and self._given[0][0] <= now:
            until, cp_id = self._given.popleft()
            if self._held.get(cp_id) == until:
                del self._held[cp_id]
                self._look(cp_id)
        if not self.free:
            known = [cp_id for cp_id in self._all if cp_id not in self._retired] if self._retired else self._all
            return chance.choice(known or self._all)
        cp_id = chance.choice(self.free)
        self._remove(cp_id)
        self._held[cp_id] = now + HOLD
        self._given.append((now + HOLD, cp_id))
        return cp_id

    def _look(self, cp_id: str) -> None:
        point = self._shown.get(cp_id)
        if point is None or not is_free(point):
            self._held.pop(cp_id, None)
            self._remove(cp_id)
        elif cp_id not in self._held and cp_id not in self._places:
            self._places[cp_id] = len(self.free)
            self.free.append(cp_id)

    def _remove(self, cp_id: str) -> None:
        place = self._places.pop(cp_id, None)
        if place is not None:
            last = self.free.pop()
            if last != cp_id:
                self.free[place] = last
                self._places[last] = place


def at_free_points(
    driver_ids: Sequence[str], free: FreePoints, interval: timedelta, seed: int, *, forever: bool
) -> dict[str, Iterator[ChargeIntent]]:
    """What each driver wishes for: a charge at a free point, the first at once, each other one `interval` after the end
    of the last."""
    return {
        driver_id: _wishes(partial(free.choose, Random(f"{seed}/{driver_id}")), interval, forever=forever)
        for driver_id in driver_ids
    }


def _wishes(choose: Callable[[], str], interval: timedelta, *, forever: bool) -> Iterator[ChargeIntent]:
    for number in count() if forever else range(ROUND):
        yield ChargeIntent(cp_id=choose, wait=interval if number else timedelta(0))
