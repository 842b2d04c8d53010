"""A small alarm clock for roles: named moments, the earliest first. Knows no clock."""

from datetime import datetime, timedelta
from heapq import heappop, heappush


def moved(at: datetime | None, by: timedelta) -> datetime | None:
    """A moment that somebody has in mind, once the clock was set."""
    return None if at is None else at + by


class Timers:
    """At most one moment a name; setting a name again moves it. `earliest` is not after the first moment that is
    set: after a cancellation it may ring for nothing."""

    def __init__(self) -> None:
        self.earliest: datetime | None = None
        self._at: dict[tuple[str, str], datetime] = {}
        self._heap: list[tuple[datetime, tuple[str, str]]] = []

    def set(self, kind: str, key: str, at: datetime) -> None:
        """Ring for (kind, key) at a moment."""
        self._at[kind, key] = at
        heappush(self._heap, (at, (kind, key)))
        self.earliest = self._heap[0][0]

    def sooner(self, kind: str, key: str, at: datetime) -> None:
        """Ring for (kind, key) at a moment, unless that is set for an earlier one."""
        before = self._at.get((kind, key))
        if before is None or at < before:
            self.set(kind, key, at)

    def is_set(self, kind: str, key: str) -> bool:
        """Whether it will ring for (kind, key)."""
        return (kind, key) in self._at

    def cancel(self, kind: str, key: str) -> None:
        """Do not ring for it; one that is not set is no mistake."""
        self._at.pop((kind, key), None)

    def shift(self, by: timedelta) -> None:
        """Ring for everything so much later, or earlier: the clock was set."""
        self._at = {name: at + by for name, at in self._at.items()}
        self._heap = [(at + by, name) for at, name in self._heap]
        self.earliest = self._heap[0][0] if self._heap else None

    def pop_due(self, now: datetime) -> tuple[str, str] | None:
        """Take one name whose moment is not after `now`."""
        due = None
        while self._heap and due is None:
            at, name = self._heap[0]
            is_set = self._at.get(name) == at
            if is_set and at > now:
                break
            heappop(self._heap)
            if is_set:
                del self._at[name]
                due = name
        self.earliest = self._heap[0][0] if self._heap else None
        return due
