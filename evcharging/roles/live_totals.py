"""What all points that a live view shows come to, kept as they change: nobody has to look at all of them."""

from collections import Counter

from evcharging.common.messages_view import PointShown, ReadingShown
from evcharging.common.states import CPState
from evcharging.domain.charging_point import is_free
from evcharging.domain.meter import to_kw, to_watts


class LiveTotals:
    """Points by their state, those that are free, sessions that go on, and the power that flows."""

    def __init__(self) -> None:
        self.states: Counter[CPState] = Counter()
        self.free = 0
        self.sessions = 0
        self._watts = 0

    @property
    def kw(self) -> float:
        """The power that flows, in kW."""
        return to_kw(self._watts)

    def count(self, point: PointShown | None, times: int = 1) -> None:
        """A point is shown so; with -1, it is so no more."""
        if point is not None:
            self.states[point.state] += times
            self.free += times * is_free(point)
            self.sessions += times * (point.session is not None)

    def measure(self, reading: ReadingShown | None, times: int = 1) -> None:
        """A reading is shown; with -1, it is shown no more."""
        if reading is not None:
            self._watts += times * to_watts(reading.kw)
