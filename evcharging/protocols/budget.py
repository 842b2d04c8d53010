"""What one link may cost the one who listens, per second and at once. Knows no socket and no clock.

Cost is counted in bytes: a byte that comes costs 1, and what costs work whatever its length costs more. Moments are
monotonic seconds, given by the caller.
"""

from typing import Final

from evcharging.common.utils import Frozen

PER_READ: Final = 512
"""What each portion in which bytes come costs besides them."""
PER_EVENT: Final = 2048
"""What a frame, an answer or any other signal costs besides its bytes."""
PER_MESSAGE: Final = 128
"""What each message in a bundle costs besides its bytes."""


class Budget(Frozen):
    """How much may come: steadily in each second, at once after a quiet time, and at once from somebody new, so that
    many new ones bring little."""

    per_second: float = 512 * 1024
    at_once: float = 2048 * 1024
    at_first: float = 512 * 1024

    def times(self, factor: float) -> "Budget":
        """The budget of a network whose time passes so many times as fast, where that is faster."""
        factor = max(1.0, factor)
        return Budget(
            per_second=self.per_second * factor, at_once=self.at_once * factor, at_first=self.at_first * factor
        )


class Purse:
    """What is left of one budget."""

    __slots__ = ("_at", "_budget", "_left")

    def __init__(self, budget: Budget, now: float) -> None:
        self._budget = budget
        self._left = budget.at_first
        self._at = now

    def spend(self, cost: float, now: float) -> float:
        """Pay for what has come, perhaps with what is not there yet; gives how many seconds that takes to be so."""
        budget = self._budget
        if now > self._at:
            left = self._left + (now - self._at) * budget.per_second
            self._left = left if left < budget.at_once else budget.at_once
        self._at = now
        self._left -= cost
        return 0.0 if self._left >= 0 else -self._left / budget.per_second

    def afford(self, cost: float, now: float) -> bool:
        """Pay, if that much is there."""
        self.spend(0.0, now)
        if self._left < cost:
            return False
        self._left -= cost
        return True
