"""A small alarm clock for roles: named moments, the earliest first. Knows no clock."""

from datetime import datetime
from heapq import heappop, heappush


class Timers:
    """At most one moment a name; setting a name again moves it."""

    def __init__(self) -> None:
        self._at: dict[tuple[str, str], datetime] = {}
        self._heap: list[tuple[datetime, tuple[str, str]]] = []

    def set(self, kind: str, key: str, at: datetime) -> None:
        """Ring for (kind, key) at a moment."""
        self._at[kind, key] = at
        heappush(self._heap, (at, (kind, key)))

    def cancel(self, kind: str, key: str) -> None:
        """Do not ring for it; one that is not set is no mistake."""
        self._at.pop((kind, key), None)

    def next(self) -> datetime | None:
        """The earliest moment that is set."""
        while self._heap:
            at, name = self._heap[0]
            if self._at.get(name) == at:
                return at
            heappop(self._heap)
        return None

    def pop_due(self, now: datetime) -> tuple[str, str] | None:
        """Take one name whose moment is not after `now`."""
        at = self.next()
        if at is None or at > now:
            return None
        _, name = heappop(self._heap)
        del self._at[name]
        return name
