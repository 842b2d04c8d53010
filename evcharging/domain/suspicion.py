"""Why what a meter says cannot be true. Knows no message bus, store or clock: this moment is an argument."""

from datetime import datetime, timedelta

from evcharging.common.messages import CPTelemetry, SupplyEnded
from evcharging.domain.meter import energy_mwh, to_watts
from evcharging.domain.session import Session, SessionStatus

CLOCKS_APART = timedelta(days=1)
"""How far the clocks of two machines may differ before one of them is called wrong."""

MOST_W = 10_000_000
"""What no charging point exceeds; it stands for the power of one that has not said its own."""

ANOTHER_START = "it begins with another reading than was said at the start"
BEHIND = "it begins behind the reading that the point showed before"
BACKWARDS = "the register ran backwards"
ENDS_FIRST = "it ended before it began"
WRONG_CLOCK = "the clock of the charging point is wrong"
TOO_MUCH = "more energy than the point can give in that time"
TOO_STRONG = "more power than the point has"


def doubt(session: Session, final: SupplyEnded, power_w: int, now: datetime, *, known_mwh: int = 0) -> str | None:
    """What is physically impossible in the final reading of a session at a point of this power, in W. `known_mwh`: what
    the register of the point was known to be before the session, in mWh."""
    if session.status is SessionStatus.SUPPLYING and final.register_start_mwh != session.register_start_mwh:
        return ANOTHER_START
    if final.register_start_mwh < known_mwh:
        return BEHIND
    delivered = final.register_stop_mwh - final.register_start_mwh
    return _impossible(delivered, final.started_at, final.ts, session.requested_at, power_w, now)


def doubt_telemetry(session: Session, reading: CPTelemetry, power_w: int, now: datetime) -> str | None:
    """What is physically impossible in a reading of a session that supplies at a point of this power, in W."""
    if to_watts(reading.kw) > (power_w or MOST_W):
        return TOO_STRONG
    delivered = reading.register_mwh - session.register_start_mwh
    began = session.started_at or session.requested_at
    return _impossible(delivered, began, reading.ts, session.requested_at, power_w, now)


def _impossible(
    delivered_mwh: int, began: datetime, ended: datetime, requested: datetime, power_w: int, now: datetime
) -> str | None:
    if delivered_mwh < 0:
        return BACKWARDS
    if ended < began:
        return ENDS_FIRST
    if began < requested - CLOCKS_APART or now + CLOCKS_APART < ended:
        return WRONG_CLOCK
    if delivered_mwh > energy_mwh(power_w or MOST_W, ended - began):
        return TOO_MUCH
    return None
