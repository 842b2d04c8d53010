"""What engines say of supplies: sessions start and end by it, and an end becomes a bill."""

from datetime import datetime, timedelta

from evcharging.common.messages import (
    EndReason,
    SupplyAwaited,
    SupplyEnded,
    SupplyRefused,
    SupplyStarted,
)
from evcharging.common.utils import changed
from evcharging.domain.charging_point import LastStatus
from evcharging.domain.meter import to_kwh
from evcharging.domain.notice import NoticeCode
from evcharging.domain.plausibility import TWO_ENGINES, seen_for, why_implausible
from evcharging.domain.session import Session, SessionStatus, finalised, forgotten, is_same_final, supplying
from evcharging.roles.central import idle, minutes, readings, reservations
from evcharging.roles.central.closing import AWAITED, close, fail, final_update, settle, suspect
from evcharging.roles.central.orders import query, stop
from evcharging.roles.central.point_view import notice, show
from evcharging.roles.central.presence import (
    FORGOTTEN_AFTER,
    ROLL_CALL,
    ROLL_CALL_EVERY,
    cancel_forgetting,
    expect_memory,
)
from evcharging.roles.central.shard import Handlers, LivePoint, Shard
from evcharging.roles.role import Effect

PLUG_WITHIN = timedelta(seconds=90)
"""How long Central waits once a point has said that it waits for a vehicle; the point itself gives up earlier."""


def start_within(status: LastStatus) -> timedelta:
    """How long a point may take to start a supply that it was ordered."""
    return timedelta(milliseconds=status.start_within_ms)


UNAUTHORISED = "nobody authorised that session there"
NOT_STARTED = "the charging point did not start in time"


def on_started(shard: Shard, message: SupplyStarted, now: datetime) -> list[Effect]:
    """The session supplies from now on; a supply that nobody waits for any more is stopped, and so is one that another
    engine begins after it has ended."""
    live = shard.points.get(message.cp_id)
    session = shard.open_session(message.cp_id, message.session_id)
    if live is None or session is None:
        return [stop(shard, message.cp_id, message.session_id, now)]
    if session.status is SessionStatus.IDLE:
        is_another = live.meter.run not in (None, (message.epoch, message.run))
        return [stop(shard, message.cp_id, message.session_id, now)] if is_another else []
    if session.status is SessionStatus.HOLDING:
        return [stop(shard, message.cp_id, message.session_id, now)]
    if session.status is SessionStatus.SUPPLYING:
        return _started_again(shard, live, session, message, now)
    shard.timers.cancel(AWAITED, message.cp_id)
    live.session = supplying(session, message.register_mwh, message.ts)
    readings.begin(shard, live, message, now)
    used = reservations.on_energy(shard, live, live.session, now)
    return [live.session, *used, *show(shard, live, now)]


def _started_again(
    shard: Shard, live: LivePoint, session: Session, message: SupplyStarted, now: datetime
) -> list[Effect]:
    """The same engine repeats the start, perhaps with a corrected clock; another one means that two of them supply, and
    then the readings of neither make a bill."""
    meter, run, order = live.meter, (message.epoch, message.run), (message.epoch, message.seq)
    # What an earlier run of Central had heard of this engine shows in the status that it wrote down.
    is_old = order <= max(meter.begun, (live.status.epoch, live.status.seq))
    if message.seq and is_old and meter.run in (None, run) and message.ts != session.started_at:
        meter.run = run
        return []
    is_same = message.register_mwh == session.register_start_mwh and meter.run in (None, run)
    if is_same and (message.run or message.ts == session.started_at):
        meter.run, meter.begun = run, order
        if message.ts == session.started_at:
            return []
        if meter.cost is not None and session.started_at is not None:
            meter.cost.shift(message.ts - session.started_at)
        live.session = changed(session, started_at=message.ts)
        return [live.session]
    cancel_forgetting(shard, session)
    if session.detail == TWO_ENGINES:
        return []
    live.twins = True
    shard.timers.set(ROLL_CALL, session.cp_id, now + ROLL_CALL_EVERY)
    live.session = changed(session, detail=TWO_ENGINES)
    return [live.session, *show(shard, live, now)]


def on_awaited(shard: Shard, message: SupplyAwaited, now: datetime) -> list[Effect]:
    """The point waits for a vehicle: give it the time."""
    session = shard.open_session(message.cp_id, message.session_id)
    if session is not None and session.status is SessionStatus.AUTHORISED:
        shard.timers.set(AWAITED, message.cp_id, now + PLUG_WITHIN)
        shard.points[message.cp_id].reserved.awaited = session.session_id
    return []


def on_refused(shard: Shard, message: SupplyRefused, now: datetime) -> list[Effect]:
    """The point will not do it: the driver is told, the point is free again. Where energy flows already, or has, the
    engine has lost its memory, unless another process of it knows the session and answers the query."""
    session = shard.open_session(message.cp_id, message.session_id)
    if session is None:
        return []
    if session.status is SessionStatus.HOLDING:
        return []
    if session.status is not SessionStatus.AUTHORISED:
        expect_memory(shard, session, now)
        return []
    reserved = shard.points[message.cp_id].reserved
    reserved.did_not_begin(session)
    is_awaited = reserved.awaited == session.session_id
    return fail(shard, session, message.reason, now, is_tried_again=is_awaited)


def on_forgotten(shard: Shard, session_id: str, now: datetime) -> list[Effect]:
    """Nobody knows the session any more: its bill is held, and what Central last received is proposed for it."""
    cp_id = shard.forgetting.pop(session_id, "")
    session = shard.open_session(cp_id, session_id)
    live = shard.points.get(cp_id)
    if session is None or live is None:
        return []
    confirmed_at = live.meter.confirmed_at
    is_known = confirmed_at is not None and now - confirmed_at < 2 * FORGOTTEN_AFTER
    is_idle = session.status is SessionStatus.IDLE
    if is_known and is_idle:
        # Of one that supplies, readings would stay away.
        expect_memory(shard, session, now)
        return [query(shard, live, now)]
    if is_known:
        return []
    return idle.end(shard, live, now, _known_at(shard, live, now)) if is_idle else lose(shard, live, session, now)


def _known_at(shard: Shard, live: LivePoint, now: datetime) -> datetime:
    """When it was last known that the engine of an idle session has it in mind, before it seemed to have forgotten.
    Where monitors speak of changes alone, silence says that all is as it was."""
    if live.linked and shard.cadences.silent_after is None:
        return now - FORGOTTEN_AFTER
    # Without a link it was heard of before the session was idle, or by an earlier run and another clock.
    heard_at = live.heard_at if live.linked else None
    known = [at for at in (heard_at, live.meter.confirmed_at, live.meter.idle_since) if at is not None]
    return min(max(known, default=now), now - FORGOTTEN_AFTER)


def lose(shard: Shard, live: LivePoint, session: Session, now: datetime) -> list[Effect]:
    """Close a session whose engine will not say how it ended, or whether its vehicle has left."""
    if session.status is SessionStatus.IDLE:
        return idle.end(shard, live, now)
    if session.has_not_begun:
        return fail(shard, session, EndReason.MEMORY_LOST, now)
    session = forgotten(session, live.meter.register_mwh, now)
    proposed = f"{to_kwh(session.energy_mwh)} kWh is proposed, by the last reading that Central received"
    said = suspect(shard, session, f"{EndReason.MEMORY_LOST}; {proposed}", now)
    return [session, *said, final_update(shard, session, now), *close(shard, session, now)]


def on_start_timeout(shard: Shard, cp_id: str, now: datetime) -> list[Effect]:
    """The point has not started in time: the driver is told, the point is free, and must not start any more."""
    live = shard.points.get(cp_id)
    session = live.session if live else None
    if live is None or session is None or session.status is not SessionStatus.AUTHORISED:
        return []
    live.reserved.did_not_begin(session)
    return [stop(shard, cp_id, session.session_id, now), *fail(shard, session, NOT_STARTED, now, is_tried_again=True)]


def on_ended(shard: Shard, message: SupplyEnded, now: datetime) -> list[Effect]:
    """The final reading settles the session, once; one that comes late still becomes a bill."""
    session = shard.open_session(message.cp_id, message.session_id) or shard.past_session(message.session_id)
    why_not = _why_not_begun(session, message)
    if session is None or why_not is not None:
        return _set_aside(shard, message, why_not or UNAUTHORISED, now)
    is_idle = session.status is SessionStatus.IDLE
    if is_idle or session.is_final:
        if not is_same_final(session, message):
            return _set_aside(shard, message, "it ended with other figures", now)
        if not is_idle:
            return []
    live = shard.points[session.cp_id]
    known = live.register_mwh if session.is_open and not is_idle else 0
    authorised_at = live.meter.authorised_at if session.is_open else shard.unmetered.get(session.session_id)
    seen = seen_for(session, authorised_at, now)
    reason = why_implausible(session, message, live.status.power_w, now, known_mwh=known, seen=seen)
    if is_idle:
        if message.plugged:
            live.meter.confirmed_at = now
        cancel_forgetting(shard, session)
        return idle.on_final(shard, live, session, message, reason, now)
    if reason is None and session.status is SessionStatus.SUPPLYING:
        minutes.flowed(shard, live, message.register_stop_mwh, now)
    done = finalised(session, message, reason)
    if session.is_open:
        live.meter.silent = None
    if reason is None and session.is_open and idle.goes_idle(live, session, message):
        return idle.begin(shard, live, done, now)
    return settle(shard, live, done, reason, now)


def _why_not_begun(session: Session | None, message: SupplyEnded) -> str | None:
    """Why a session cannot have begun at a point."""
    if session is None or session.cp_id != message.cp_id:
        return UNAUTHORISED
    is_unheld = session.status is SessionStatus.HOLDING or session.ended_by is EndReason.NO_HOLD
    return "no money was held for it, and no point was told to begin" if is_unheld else None


def _set_aside(shard: Shard, message: SupplyEnded, why: str, now: datetime) -> list[Effect]:
    said = f"{message.register_start_mwh} to {message.register_stop_mwh} mWh: {why}"
    return notice(
        shard, NoticeCode.FINAL_READING_REJECTED, message.cp_id, now, session_id=message.session_id, detail=said
    )


HANDLERS: Handlers = {
    SupplyStarted: on_started,
    SupplyAwaited: on_awaited,
    SupplyRefused: on_refused,
    SupplyEnded: on_ended,
}
