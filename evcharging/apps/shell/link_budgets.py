"""How much one framed link may bring, by what it is for. Knows no link."""

from typing import Final

from evcharging.adapters.clock import Clock, WallClock
from evcharging.protocols.budget import Budget

ASKING: Final = Budget()
"""Between monitors and engines: the questions of 250 points in each second cost a sixth of it."""

REPORTING: Final = Budget(per_second=16 * 1024, at_once=64 * 1024, at_first=16 * 1024)
"""Between one point's monitor and Central: some six reports a second, where a monitor sends at most two."""


def scaled(budget: Budget, clock: Clock) -> Budget:
    """The budget by a network's own time, which may pass faster than the links' time does."""
    return budget.times(clock.speed) if isinstance(clock, WallClock) else budget
