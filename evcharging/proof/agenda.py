"""Virtual time for a world in which things go wrong: one event after another, each at its moment. Knows no host."""

from collections.abc import Callable
from datetime import datetime, timedelta
from heapq import heappop, heappush
from random import Random

Action = Callable[[], None]

MOST = 5_000
"""Events on the way to a moment a second away: some 700 when all is well, and 2,007 where delays and outages had kept
words back for 40 s and let them go at once."""


class Endless(Exception):
    """One thing leads to another, and there is no end to it."""


class Agenda:
    """What is going to happen, in order; of what is planned for one moment, the first that was planned comes first."""

    def __init__(self, start: datetime) -> None:
        self.now = start
        self.events = 0
        self._heap: list[tuple[datetime, int, Action]] = []
        self._numbers = 0

    def at(self, moment: datetime, action: Action) -> None:
        """Let something happen at a moment, or now if that is over."""
        self._numbers += 1
        heappush(self._heap, (max(moment, self.now), self._numbers, action))

    def after(self, seconds: float, action: Action) -> None:
        """Let something happen in so many seconds."""
        self.at(self.now + timedelta(seconds=seconds), action)

    def run_until(self, until: datetime) -> None:
        """Let everything happen that is due before or at a moment; then it is that moment. Raises Endless."""
        heap, most = self._heap, self.events + MOST
        while heap and heap[0][0] <= until:
            self.now, _, action = heappop(heap)
            self.events += 1
            if self.events > most:
                raise Endless(f"one thing leads to another without end, by {self.now:%H:%M:%S}")
            action()
        self.now = max(self.now, until)


def moments(chance: Random, seconds: float, mean: float) -> list[float]:
    """Moments at random within so many seconds, one every `mean` seconds on average."""
    found, at = [], chance.expovariate(1 / mean)
    while at < seconds:
        found.append(at)
        at += chance.expovariate(1 / mean)
    return found
