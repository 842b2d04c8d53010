"""Why a final reading cannot be true. Knows no message bus, store or clock: this moment is an argument."""

from datetime import datetime, timedelta

from evcharging.common.messages import SupplyEnded
from evcharging.domain.meter import energy_mwh
from evcharging.domain.session import Session, SessionStatus

CLOCKS_APART = timedelta(days=1)
"""How far the clocks of two machines may differ before one of them is called wrong."""

MOST_W = 10_000_000
"""What no charging point exceeds; it stands for the power of one that has not said its own."""


def doubt(session: Session, final: SupplyEnded, power_w: int, now: datetime) -> str | None:
    """What is physically impossible in the final reading of a session at a point of this power, in W."""
    delivered = final.register_stop_mwh - final.register_start_mwh
    if delivered < 0:
        return "the register ran backwards"
    if session.status is SessionStatus.SUPPLYING and final.register_start_mwh != session.register_start_mwh:
        return "it begins with another reading than was said at the start"
    if final.ts < final.started_at:
        return "it ended before it began"
    if final.started_at < session.requested_at - CLOCKS_APART or now + CLOCKS_APART < final.ts:
        return "the clock of the charging point is wrong"
    if delivered > energy_mwh(power_w or MOST_W, final.ts - final.started_at):
        return "more energy than the point can give in that time"
    return None
