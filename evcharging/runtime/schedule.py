"""Who wants to be woken when: one entry in the heap for those who follow one another with the same moment, and no
moment is hashed. Knows no clock."""

from datetime import datetime
from heapq import heappop, heappush
from typing import Generic, TypeVar

T = TypeVar("T")


class Schedule(Generic[T]):
    """Sleepers by moment, in the order in which they were put there."""

    def __init__(self) -> None:
        self._heap: list[tuple[datetime, int, list[T]]] = []
        self._entries = 0
        self._at: datetime | None = None
        self._sleepers: list[T] = []

    def put(self, at: datetime, sleeper: T) -> None:
        """Wake this one at a moment."""
        if at == self._at:
            self._sleepers.append(sleeper)
            return
        self._at, self._sleepers = at, [sleeper]
        self._entries += 1
        heappush(self._heap, (at, self._entries, self._sleepers))

    def next(self) -> datetime | None:
        """The earliest moment."""
        return self._heap[0][0] if self._heap else None

    def pop(self, now: datetime) -> tuple[datetime, list[T]] | None:
        """The earliest moment that is not after `now`, and who sleeps until then."""
        if not self._heap or self._heap[0][0] > now:
            return None
        at, _, sleepers = heappop(self._heap)
        if sleepers is self._sleepers:
            self._at = None
        return at, sleepers
