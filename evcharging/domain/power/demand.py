"""What a vehicle at a point of a site asks of its circuits. Knows no circuit."""

from datetime import datetime, timedelta

from evcharging.common.amperes import LEAST_MA
from evcharging.common.utils import Frozen

TURN = timedelta(minutes=15)
"""Who has begun to charge keeps his turn for so long, as far as there is current: some vehicles do not begin again
after many pauses."""


class Turn(Frozen):
    """Whether a vehicle has a grant, and since when it has one or waits for one."""

    charging: bool
    since: datetime

    def is_kept(self, now: datetime) -> bool:
        """Whether it charges, and for less than a whole turn so far."""
        return self.charging and timedelta(0) <= now - self.since < TURN


class Demand(Frozen):
    """What the vehicle at a point wants: mA on each phase, 0 for nothing, and on how many of the point's phases. Who
    wants less than the least current is granted that, or nothing. `wanted_mwh`: the energy that it still needs. The
    higher its `priority`, the sooner its turn. `turn` is what the last allocation said of it."""

    cp_id: str
    wanted_ma: int
    arrived_at: datetime
    phases: int = 3
    departs_at: datetime | None = None
    wanted_mwh: int | None = None
    priority: int = 0
    turn: Turn | None = None

    def granted_ma(self, most_ma: int) -> int:
        """What it is granted where there is enough for everybody, at a point that gives `most_ma`."""
        return min(max(self.wanted_ma, LEAST_MA), most_ma) if self.wanted_ma > 0 else 0
