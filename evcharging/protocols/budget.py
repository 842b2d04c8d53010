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
    """What is left of one budget, as the moment until which all that came is paid for."""

    __slots__ = ("_budget", "_paid")

    def __init__(self, budget: Budget, now: float) -> None:
        self._budget = budget
        self._paid = now - budget.at_first / budget.per_second

    def spend(self, cost: float, now: float) -> float:
        """Pay for what has come, perhaps with what is not there yet; gives how many seconds that takes to be so."""
        budget = self._budget
        full = now - budget.at_once / budget.per_second
        paid = self._paid if self._paid > full else full
        self._paid = paid = paid + cost / budget.per_second
        return paid - now if paid > now else 0.0

    def afford(self, cost: float, now: float) -> bool:
        """Pay, if that much is there."""
        before = min(self._paid, now)  # a clock that was set back leaves the purse empty, but in no debt
        self._paid = before
        if self.spend(cost, now) > 0:
            self._paid = before
            return False
        return True
