"""What shows that a point is of use: somebody charges there, once everything is at rest."""

from evcharging.common.messages import DriverRequest
from evcharging.common.states import CPState
from evcharging.domain.session import SessionStatus
from evcharging.proof.reservations import active_at
from evcharging.proof.world import World

USED_WITHIN = 75
"""Seconds in which each supply has ended."""

ENOUGH_KWH = 0.01
"""So little that it takes some seconds at most. Where circuits are shared, all charge for as long as they can."""

WHOM = "prober"


def ask_everywhere(world: World) -> None:
    """Ask for a charge at each point that is in service, is reserved for nobody, and needs no hand."""
    for cp_id, setup in world.setups.items():
        engine = world.engine(cp_id)
        if (
            engine is not None
            and engine.state is CPState.ACTIVATED
            and not setup.manual
            and not active_at(world, cp_id)
        ):
            kwh = None if world.draws.circuits.armed else ENOUGH_KWH
            request = DriverRequest(
                ts=world.agenda.now, request_id=_request(cp_id), driver_id=WHOM, cp_id=cp_id, kwh=kwh
            )
            world.probed.append(request.request_id)
            world.broker.arrive(request)


def _request(cp_id: str) -> str:
    return f"probe-{cp_id}"


def is_answered(world: World) -> bool:
    """Whether all of them have come to an end."""
    sessions = world.evidence.sessions.values()
    decided = all(world.evidence.requests.get(request_id) for request_id in world.probed)
    return decided and not any(session.is_open for session in sessions)


def i14_each_point_can_be_used(world: World) -> str | None:
    """Whoever asked was served."""
    fine = {SessionStatus.COMPLETED, SessionStatus.SUSPECT if world.has_wrong_clocks else SessionStatus.COMPLETED}
    for request_id in world.probed:
        decisions = world.evidence.requests.get(request_id)
        if not decisions:
            return f"nobody decides {request_id}"
        session = world.evidence.sessions.get(decisions[0].session_id or "")
        if session is None:
            return f"{decisions[0].cp_id} is in service and refuses: {decisions[0].reason}"
        if session.status not in fine:
            return (
                f"{session.cp_id} is in service, and {session.session_id} ended as {session.status}: {session.detail}"
            )
    return None
