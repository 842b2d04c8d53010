"""What a supply wants of its site, and draws just now. Decides nothing."""

from datetime import datetime

from evcharging.common.amperes import VOLTS
from evcharging.common.utils import Frozen


class Needs(Frozen, frozen=True, kw_only=True):
    """Current in mA on each of so many phases; `wanted_mwh`: the energy that is still to flow, where that is known."""

    wanted_ma: int = 0
    measured_ma: int = 0
    phases: int = 3
    arrived_at: datetime | None = None
    departs_at: datetime | None = None
    wanted_mwh: int | None = None


def to_ma(watts: int, phases: int) -> int:
    """The current on each of so many phases that carries a power, rounded up."""
    return -(-watts * 1000 // (VOLTS * phases))
