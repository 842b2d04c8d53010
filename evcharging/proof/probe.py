"""What shows that a point is of use: somebody charges there, once everything is at rest."""

from evcharging.common.messages import DriverRequest, EndReason
from evcharging.common.states import CPState
from evcharging.domain.session import Session, SessionStatus
from evcharging.proof.provider import GOOD_CARD
from evcharging.proof.reservations import active_at
from evcharging.proof.world import CENTRALS, World

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
                ts=world.agenda.now,
                request_id=_request(cp_id),
                driver_id=WHOM,
                cp_id=cp_id,
                kwh=kwh,
                payment_method=GOOD_CARD,
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
        if session.status not in fine and not _had_no_time(world, session):
            return (
                f"{session.cp_id} is in service, and {session.session_id} ended as {session.status}: {session.detail}"
            )
    return None


def _had_no_time(world: World, session: Session) -> bool:
    """Whether there was money for so short a time that it was over by the clock of its engine, which is another."""
    is_timed = session.ends_by is None and world.money.told_ends[session.session_id] - {None}
    clocks = {world.engine_of[session.cp_id].clock_offset, *(world.processes[name].clock_offset for name in CENTRALS)}
    return bool(is_timed) and session.detail == EndReason.TIME_UP and len(clocks) > 1
