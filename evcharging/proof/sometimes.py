"""Notices rare states when they come about. Knows no invariant."""

from collections.abc import Sequence
from functools import partial

from evcharging.adapters.store import Refused, Taken
from evcharging.common.kafka import partition_of
from evcharging.common.messages import (
    CentralCommand,
    DriverUpdate,
    EndReason,
    QueryStatus,
    StartSupply,
    StopSupply,
    UpdateStatus,
)
from evcharging.common.messages_operators import OperatorAnswer
from evcharging.common.messages_queue import AskOutcome, QueueStatus
from evcharging.common.messages_tariff import Tariff
from evcharging.common.states import CPState
from evcharging.domain.charging_point import Point
from evcharging.domain.hold import AnsweredAsk
from evcharging.domain.notice import Notice
from evcharging.domain.plausibility import TWO_ENGINES
from evcharging.domain.queue import QueueEntry
from evcharging.domain.session import Bill, Request, Session, SessionStatus
from evcharging.domain.supply import Supply
from evcharging.proof.events import Event, Handled, Journalled, Lasted, Said
from evcharging.proof.process import Life, Process
from evcharging.proof.rare import Rare
from evcharging.proof.world import CENTRALS, World
from evcharging.roles.engine.messages import WALK_IN
from evcharging.roles.role import ClockStepped
from evcharging.runtime.central_program import SITES
from evcharging.runtime.crash_points import CrashPoint

ORDERS = StartSupply | StopSupply | CentralCommand | QueryStatus

ENDED = {
    EndReason.STOPPED: Rare.STOPPED,
    EndReason.DRIVER: Rare.ENDED,
    EndReason.FAULT: Rare.FAULT,
    EndReason.UNPLUGGED: Rare.UNPLUGGED,
    EndReason.SHUTDOWN: Rare.GOODBYE,
}


NOTICED = {
    "was set aside": Rare.SET_ASIDE,
    "is refused: it is dated": Rare.AHEAD,
    "faulty: no readings": Rare.UNREAD,
}


def watch(world: World) -> None:
    """Notice from now on what is rare; asked before anything begins."""
    for process in world.processes.values():
        process.refused = partial(_refused, world)
        process.passed = partial(_passed, world, process)
        process.on_birth.append(partial(_born, world))
    world.ledger.on_claim = partial(_claimed, world)


def _refused(world: World, life: Life, refusal: Refused) -> None:
    if isinstance(refusal, Taken):
        world.seen(Rare.TAKEN)
    elif life.stood_still:
        world.seen(Rare.ZOMBIE)
    else:
        world.seen(Rare.FENCED)


def _passed(world: World, process: Process, point: CrashPoint) -> None:
    world.crashes[process.kind, point] += 1
    if process.kind == "central" and point is CrashPoint.PUBLISH:
        world.seen(Rare.UNTOLD)


def _born(world: World, process: Process) -> None:
    if process.clock_offset.days < -365:
        world.seen(Rare.IN_1970)


def _claimed(world: World, shards: Sequence[str]) -> None:
    count = world.broker.bus.partitions
    for session in world.evidence.sessions.values():
        if session.status is SessionStatus.SUPPLYING and str(partition_of(session.cp_id, count)) in shards:
            world.seen(Rare.TAKEOVER)
    for entry in world.evidence.entries.values():
        if entry.is_open and SITES.shard(partition_of(entry.site_id, count)) in shards:
            world.seen(Rare.SITE_TAKEN_OVER)


def notice(world: World, event: Event) -> None:
    """Look whether something rare has just come about."""
    match event:
        case Lasted():
            _in_the_ledger(world, event)
        case Journalled():
            for record in event.records:
                if isinstance(record, Supply) and record.started_at is not None and record.ended_at is not None:
                    _supply_ended(world, record)
        case Handled():
            _handled(world, event)
        case Said():
            _said(world, event)


def _in_the_ledger(world: World, event: Lasted) -> None:
    for record in event.records:
        if isinstance(record, Bill):
            if record.ended_by == EndReason.RESTART:
                world.seen(Rare.RESTARTED_BILL)
            before = event.before.get(record.session_id)
            if before is not None and before.status is SessionStatus.FAILED:
                world.seen(Rare.LATE_BILL)
        elif isinstance(record, Session):
            _session(world, record)
        elif isinstance(record, QueueEntry):
            _entry(world, record)
        elif isinstance(record, AnsweredAsk) and record.outcome is AskOutcome.REFUSED:
            world.seen(Rare.ASKED_IN_VAIN)
        elif isinstance(record, Notice):
            _notice(world, record)
        elif isinstance(record, Request) and record.driver_id == WALK_IN and record.accepted:
            world.seen(Rare.WALK_IN)


def _entry(world: World, entry: QueueEntry) -> None:
    if entry.status is QueueStatus.SERVED and entry.has_waited:
        world.seen(Rare.QUEUED)
    elif entry.status is QueueStatus.LEFT and any(entry.request_id == kept for _, kept in world.evidence.holds):
        world.seen(Rare.OFFER_LEFT)


def _notice(world: World, notice: Notice) -> None:
    for text, rare in NOTICED.items():
        if text in notice.text:
            world.seen(rare)


def _session(world: World, session: Session) -> None:
    if session.status is SessionStatus.AUTHORISED and session.tariff is not None:
        _authorised(world, world.evidence.points[session.cp_id], session.tariff)
    if session.status is SessionStatus.SUSPECT:
        world.seen(_why_held(session))
    elif session.ended_by is EndReason.NOT_STARTED:
        in_time = "in time" in (session.detail or "")
        world.seen(Rare.NOT_STARTED if in_time else Rare.ENGINE_REFUSED)
    elif session.ended_by is EndReason.DRIVER and session.started_at is None:
        world.seen(Rare.NEVER_BEGUN)


def _authorised(world: World, point: Point, tariff: Tariff) -> None:
    tariff_id, _, number = tariff.version_id.partition("@")
    if number != "1":
        world.seen(Rare.NEWER)
    if point.tariff is None and point.tariff_id != tariff_id:
        world.seen(Rare.OF_SITE)


def _why_held(session: Session) -> Rare:
    if session.ended_by is EndReason.MEMORY_LOST:
        return Rare.FORGOTTEN
    return Rare.DOUBLED if TWO_ENGINES in (session.detail or "") else Rare.HELD


def _supply_ended(world: World, supply: Supply) -> None:
    reason = ENDED.get(supply.ended_by) if supply.ended_by is not None else None
    session = world.evidence.sessions.get(supply.session_id)
    if reason is Rare.STOPPED and session is not None and session.ended_by is EndReason.NOT_STARTED:
        world.seen(Rare.STOPPED_LATE)
    elif reason is not None:
        world.seen(reason)
    if world.broker.away:
        world.seen(Rare.BUS_AWAY)
    if world.weather.away:
        world.seen(Rare.LEDGER_AWAY)
    if not any(world.processes[name].life for name in CENTRALS):
        world.seen(Rare.HEADLESS)
    if supply.ended_by is EndReason.RESTART and supply.ended_at is not None:
        life = world.engine_of[supply.cp_id].life
        if life is not None and life.now() < supply.ended_at:
            world.seen(Rare.BACK_IN_TIME)


def _handled(world: World, event: Handled) -> None:
    order = event.message
    if isinstance(order, ORDERS) and event.process.startswith("engine") and not event.effects:
        obeyed = world.evidence.obeyed.get(event.address, (0, 0))
        if order.epoch < obeyed[0]:
            world.seen(Rare.OLD_RUN)
        elif (order.epoch, order.seq) <= obeyed:
            world.seen(Rare.REPLAYED)
        elif isinstance(order, StartSupply):
            world.seen(Rare.TOO_OLD)
    elif isinstance(order, ClockStepped) and any(isinstance(effect, Supply) for effect in event.effects):
        world.seen(Rare.CLOCK_SET)


def _said(world: World, event: Said) -> None:
    said = event.message
    if isinstance(said, OperatorAnswer) and said.refusal is not None and "too late" in said.refusal:
        world.seen(Rare.TOO_LATE)
    elif isinstance(said, DriverUpdate):
        _update(world, said)


def _update(world: World, update: DriverUpdate) -> None:
    decisions = world.evidence.requests.get(update.request_id)
    if not decisions:
        return
    decision = decisions[0]
    if update.status is UpdateStatus.DENIED and "already used" in (update.reason or ""):
        world.seen(Rare.ANOTHER_BODY)
        count = world.broker.bus.partitions
        if partition_of(update.cp_id, count) != partition_of(decision.cp_id, count):
            world.seen(Rare.ACROSS_SHARDS)
    elif decision.session_id is not None and update.session_id == decision.session_id:
        decided_in = int(decision.session_id.split("-")[2])
        if update.epoch > decided_in and update.status is UpdateStatus.ACCEPTED:
            world.seen(Rare.ANSWERED_AGAIN)


def look(world: World) -> None:
    """Notice what is only to be seen by looking."""
    for panel in world.panels.values():
        for view in panel.points.values():
            if view.state is CPState.DISCONNECTED and "no word" in (view.reason or "") and view.epoch:
                world.seen(Rare.UNHEARD)
    for cp_id in world.cp_ids:
        if world.engine_of[cp_id].paused:
            supply = world.evidence.supply_at.get(cp_id)
            if supply is not None and supply.started_at is not None and supply.ended_at is None:
                world.seen(Rare.STOOD_STILL)
