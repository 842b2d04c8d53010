"""Programs that say things twice, too late, in another's name, or that cannot be. Knows no invariant."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

from evcharging.common.messages import (
    Action,
    CentralCommand,
    CPStatus,
    CPTelemetry,
    DriverRequest,
    EndReason,
    HealthReport,
    Message,
    QueryStatus,
    SupplyEnded,
    SupplyRefused,
    SupplyStarted,
)
from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.plausibility import CLOCKS_APART
from evcharging.domain.session import Session
from evcharging.proof.agenda import moments
from evcharging.proof.world import World

SECOND = timedelta(seconds=1)
LONG_AGO = timedelta(hours=5)

FAR = (2**63 - 1, int(datetime(2200, 1, 1, tzinfo=UTC).timestamp()))
"""Runs that no clock here comes near to."""


def _now_and_then(world: World, chance: Random, seconds: float, mean: float, strike: Callable[[], None]) -> None:
    for at in moments(chance, seconds, mean):
        world.agenda.after(at, strike)


def repeats(world: World, chance: Random, seconds: float) -> None:
    """A request comes again: the same, or its id with another point, driver or amount."""

    def strike() -> None:
        asked = list(world.evidence.asked.values())[-5:]
        if asked:
            request = chance.choice(asked)
            others: list[DriverRequest] = [
                request,
                changed(request, cp_id=chance.choice(world.cp_ids)),
                changed(request, driver_id=chance.choice(world.driver_ids)),
                changed(request, kwh=0.5),
            ]
            world.broker.arrive(chance.choice(others))

    _now_and_then(world, chance, seconds, 2, strike)


def twins(world: World, chance: Random, seconds: float) -> None:
    """One request id comes for two points at once."""

    def strike() -> None:
        first, second = chance.sample(world.cp_ids, 2)
        request = DriverRequest(
            ts=world.agenda.now, request_id=world.number("twin"), driver_id=chance.choice(world.driver_ids), cp_id=first
        )
        world.broker.arrive(request)
        world.broker.arrive(changed(request, cp_id=second))

    _now_and_then(world, chance, seconds, 2, strike)


def replays(world: World, chance: Random, seconds: float) -> None:
    """What was said once is said again, much later."""

    def strike() -> None:
        if world.evidence.orders:
            world.broker.arrive(chance.choice(world.evidence.orders))

    _now_and_then(world, chance, seconds, 1, strike)


def liars(world: World, chance: Random, seconds: float) -> None:
    """A meter says what cannot be."""

    def strike() -> None:
        session = _some_session(world, chance)
        if session is not None:
            world.evidence.lied_about.add(session.session_id)
            lie = chance.choice(impossible(session))
            if is_long_ago(session, lie):
                world.evidence.long_ago.add(session.session_id)
            world.broker.arrive(lie)

    _now_and_then(world, chance, seconds, 4, strike)


def _some_session(world: World, chance: Random) -> Session | None:
    sessions = list(world.evidence.sessions.values())[-4:]
    return chance.choice(sessions) if sessions else None


def plausible(session: Session, cp_id: str) -> SupplyEnded:
    """A final reading that could be true."""
    begun = session.started_at or session.requested_at
    return SupplyEnded(
        ts=begun + 2 * SECOND,
        cp_id=cp_id,
        session_id=session.session_id,
        started_at=begun,
        register_start_mwh=session.register_start_mwh,
        register_stop_mwh=session.register_start_mwh + 1,
        ended_by=EndReason.COMPLETE,
    )


def impossible(session: Session) -> list[SupplyEnded]:
    """Final readings that cannot be true, of the session's own point."""
    true = plausible(session, session.cp_id)
    much = true.register_start_mwh + 10**9
    lies = [
        changed(true, register_stop_mwh=much),
        changed(true, ts=true.started_at - SECOND),
        # Whatever year it was by the clock of the Central that authorised it.
        changed(true, started_at=min(true.started_at, session.requested_at) - timedelta(days=20_000)),
    ]
    if session.started_at is None:
        # Five hours at the least power of a point here, of which Central has seen a few seconds.
        long_ago = session.requested_at - LONG_AGO
        lies.append(changed(true, started_at=long_ago, register_stop_mwh=true.register_start_mwh + 37_000_000))
    if true.register_start_mwh > 0:
        lies.append(changed(true, register_stop_mwh=true.register_start_mwh - 1))
    return lies


def is_long_ago(session: Session, lie: SupplyEnded) -> bool:
    """Whether it says a start that lies before the authorization, by less than clocks may differ."""
    return LONG_AGO <= session.requested_at - lie.started_at < CLOCKS_APART


def _speak_for(world: World, cp_id: str, impostor: str) -> None:
    """Report for a point over another one's link."""
    link = world.central_links[impostor]
    if link.connection is not None:
        link.report(HealthReport(ts=world.agenda.now, cp_id=cp_id, well=False, reason="smoke"))


def impostors(world: World, chance: Random, seconds: float) -> None:
    """A point speaks of a session of another one."""

    def strike() -> None:
        session = _some_session(world, chance)
        others = [cp_id for cp_id in world.cp_ids if session is not None and cp_id != session.cp_id]
        if session is None or not others:
            return
        cp_id, now = chance.choice(others), world.agenda.now
        session_id = session.session_id
        words = (
            plausible(session, cp_id),
            SupplyStarted(ts=now, cp_id=cp_id, session_id=session_id, register_mwh=0),
            SupplyRefused(ts=now, cp_id=cp_id, session_id=session_id, reason="never heard of it"),
        )
        world.broker.arrive(chance.choice(words))
        _speak_for(world, session.cp_id, cp_id)

    _now_and_then(world, chance, seconds, 3, strike)


def far_futures(world: World, chance: Random, seconds: float) -> None:
    """Somebody speaks for a point, or for Central, by a run that is dated far ahead."""

    def strike() -> None:
        cp_id, now, epoch = chance.choice(world.cp_ids), world.agenda.now, chance.choice(FAR)
        session = _some_session(world, chance)
        state = chance.choice(list(CPState))
        words: tuple[Message, ...] = (
            CPStatus(ts=now, cp_id=cp_id, state=state, kw_rate=22.0, euro_rate=0.1, register_mwh=0),
            CPTelemetry(
                ts=now,
                cp_id=cp_id,
                kw=1.0,
                euros=0.0,
                driver_id="driver-001",
                session_id=session.session_id if session else "session-0-0-0",
                register_mwh=session.register_start_mwh + 1 if session else 1,
            ),
            QueryStatus(ts=now, cp_id=cp_id),
            CentralCommand(ts=now, cp_id=cp_id, action=chance.choice(list(Action))),
            PointShown(
                ts=now,
                cp_id=cp_id,
                state=state,
                since=now,
                location="nowhere",
                euros_per_kwh=0.0,
                kw_rate=0.0,
                stopped=True,
            ),
        )
        world.broker.arrive(changed(chance.choice(words), epoch=epoch, seq=1))

    _now_and_then(world, chance, seconds, 3, strike)
