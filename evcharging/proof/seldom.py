"""Notices rare states of limits, deadlines, vehicles, idle time and reservations when they come about. Knows no
invariant."""

from evcharging.common.messages import CPTelemetry, EndReason, SetLimit, StartSupply, SupplyEnded, SupplyRefused
from evcharging.common.messages_operators import LimitPoint
from evcharging.common.messages_reservations import ReservationStatus
from evcharging.domain.record import Record
from evcharging.domain.reservation import Reservation
from evcharging.domain.reservation_fee import ENDED_BY, LATE_CANCEL
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.domain.supply import Supply
from evcharging.proof.events import Event, Handled, Journalled, Lasted
from evcharging.proof.rare import Rare
from evcharging.proof.world import CENTRALS, World
from evcharging.roles.role import Started


def notice(world: World, event: Event) -> None:
    """Look whether something rare has just come about."""
    match event:
        case Handled():
            if event.effects:
                _handled(world, event)
        case Journalled():
            for record in event.records:
                if isinstance(record, Supply) and record.started_at is not None and record.ended_at is not None:
                    _supply_ended(world, record)
        case Lasted():
            for record in event.records:
                _lasting(world, record)


def _lasting(world: World, record: Record) -> None:
    if isinstance(record, Session) and record.status is SessionStatus.IDLE:
        world.seen(Rare.IDLE)
    elif isinstance(record, Reservation):
        _reserved(world, record)
    elif isinstance(record, Bill) and record.ended_by == ENDED_BY[LATE_CANCEL]:
        world.seen(Rare.CANCELLED_LATE)


COMES_TO = {
    ReservationStatus.USED: Rare.RESERVATION_USED,
    ReservationStatus.NO_SHOW: Rare.NOBODY_CAME,
    ReservationStatus.MOVED: Rare.RESERVATION_MOVED,
    ReservationStatus.FAILED: Rare.RESERVATION_FAILED,
}


def _reserved(world: World, record: Reservation) -> None:
    if record.status in COMES_TO:
        world.seen(COMES_TO[record.status])
    elif record.status is ReservationStatus.REFUSED and "is reserved from" in (record.reason or ""):
        world.seen(Rare.OVERLAP)


def _handled(world: World, event: Handled) -> None:
    if event.process.startswith("central"):
        _handled_by_central(world, event)
    elif isinstance(event.message, SetLimit) and any(isinstance(effect, CPTelemetry) for effect in event.effects):
        world.seen(Rare.LIMITED)
        if any(isinstance(effect, CPTelemetry) and not effect.kw for effect in event.effects):
            world.seen(Rare.PAUSED)
    elif isinstance(event.message, StartSupply) and any(
        isinstance(effect, SupplyRefused) and effect.reason == EndReason.TIME_UP for effect in event.effects
    ):
        world.seen(Rare.NO_TIME_LEFT)


def _handled_by_central(world: World, event: Handled) -> None:
    if isinstance(event.message, Started):
        for session in world.evidence.sessions.values():
            if session.status is SessionStatus.IDLE and world.shard_of(session.cp_id) == event.address:
                world.seen(Rare.IDLE_TAKEN_OVER)
        return
    for effect in event.effects:
        if isinstance(effect, SetLimit) and not isinstance(event.message, LimitPoint):
            world.seen(Rare.REMINDED)
        elif isinstance(effect, Bill) and effect.unplugged_at is not None:
            world.seen(Rare.IDLE_LEFT if isinstance(event.message, SupplyEnded) else Rare.IDLE_LOST)


def _supply_ended(world: World, supply: Supply) -> None:
    if world.draws.has_left(world.setups[supply.cp_id], supply):
        world.seen(Rare.LEFT)
    if supply.plugged:
        world.seen(Rare.STAYED)
    if supply.ended_by is not EndReason.TIME_UP:
        return
    world.seen(Rare.TIME_UP)
    if _is_alone(world, supply.cp_id):
        world.seen(Rare.TIME_UP_ALONE)


def _is_alone(world: World, cp_id: str) -> bool:
    """Whether no Central could say anything to an engine."""
    if world.broker.away or world.weather.away:
        return True
    engine = world.engine_of[cp_id].life
    if engine is not None and engine in world.clients and world.clients[engine].away:
        return True
    lives = [world.processes[name].life for name in CENTRALS if not world.processes[name].paused]
    return not any(life and world.shard_of(cp_id) in life.loops[0].host.hosted_roles for life in lives)
