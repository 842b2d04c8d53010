"""The clocks of a machine that a test sets: the wall's, and the one that only ever goes on."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Machine:
    """Both in nanoseconds; whoever reads the wall's is held up for `held_up` before."""

    def __init__(self) -> None:
        self._wall = int(NOON.timestamp()) * 1_000_000_000
        self._monotonic = 5_000_000_000
        self.held_up = timedelta(0)

    def wall(self) -> int:
        self.pass_by(self.held_up)
        return self._wall

    def monotonic(self) -> int:
        return self._monotonic

    def pass_by(self, time: timedelta) -> None:
        """Time passes, for both."""
        self._wall += _nanoseconds(time)
        self._monotonic += _nanoseconds(time)

    def set_wall(self, by: timedelta) -> None:
        """Somebody sets the clock, or the machine sleeps for so long: the monotonic one stands still then."""
        self._wall += _nanoseconds(by)


def _nanoseconds(time: timedelta) -> int:
    return time // timedelta(microseconds=1) * 1000
