"""Whether there is room at a point for a request now, or why not. Decides nothing else."""

from datetime import datetime

from evcharging.domain.charging_point import refusal
from evcharging.domain.reservation import why_kept
from evcharging.domain.session import SessionStatus
from evcharging.roles.central.point_view import reason_of, state_of
from evcharging.roles.central.shard import LivePoint, Shard


def why_unusable(live: LivePoint) -> str | None:
    """Why a session that has the point may not begin there now, in one sentence; None where it may."""
    return refusal(
        live.point.cp_id,
        state_of(live),
        reason_of(live),
        busy=False,
        stopped=live.point.stopped,
        occupied=live.status.occupied,
    )


def why_refused(shard: Shard, live: LivePoint, request_id: str, driver_id: str, now: datetime) -> str | None:
    """Why this request may not be served at a point now, in one sentence; None where it may."""
    hold, session, cp_id = live.hold, live.session, live.point.cp_id
    is_idle = session is not None and session.status is SessionStatus.IDLE and live.reserved.is_for(driver_id)
    return refusal(
        cp_id,
        state_of(live),
        reason_of(live),
        busy=session is not None and not is_idle,
        stopped=live.point.stopped,
        occupied=live.status.occupied or is_idle,
        held=hold is not None and hold.request_id != request_id,
    ) or why_kept(cp_id, live.reserved.first, driver_id, now, shard.terms)
