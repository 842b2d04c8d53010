"""Who wants to be woken when: one entry in the heap for each moment, however many share it. Knows no clock."""

from datetime import datetime
from heapq import heappop, heappush
from typing import Generic, TypeVar

T = TypeVar("T")


class Schedule(Generic[T]):
    """Sleepers by moment, in the order in which they were put there."""

    def __init__(self) -> None:
        self._moments: list[datetime] = []
        self._sleepers: dict[datetime, list[T]] = {}

    def put(self, at: datetime, sleeper: T) -> None:
        """Wake this one at a moment."""
        sleepers = self._sleepers.get(at)
        if sleepers is None:
            self._sleepers[at] = [sleeper]
            heappush(self._moments, at)
        else:
            sleepers.append(sleeper)

    def next(self) -> datetime | None:
        """The earliest moment."""
        return self._moments[0] if self._moments else None

    def pop(self, now: datetime) -> tuple[datetime, list[T]] | None:
        """The earliest moment that is not after `now`, and who sleeps until then."""
        if not self._moments or self._moments[0] > now:
            return None
        at = heappop(self._moments)
        return at, self._sleepers.pop(at)
