"""What engines say of supplies: sessions start, go on and end by it, and an end becomes a bill."""

from datetime import datetime, timedelta

from evcharging.common.messages import (
    CPTelemetry,
    DriverUpdate,
    ReadingShown,
    ReadingsShown,
    StopSupply,
    SupplyAwaited,
    SupplyEnded,
    SupplyRefused,
    SupplyStarted,
    UpdateStatus,
)
from evcharging.common.utils import changed
from evcharging.domain.meter import to_kwh
from evcharging.domain.session import (
    Session,
    SessionStatus,
    agrees,
    bill_of,
    failed,
    how_it_ended,
    settled,
    supplying,
    ticket_of,
)
from evcharging.domain.suspicion import doubt, doubt_telemetry
from evcharging.domain.tariff import cost_micro_euros, to_euros
from evcharging.roles.central.shard import LivePoint, Shard
from evcharging.roles.central.showing import notice, show, update
from evcharging.roles.role import NOTHING, Effect, Effects

PLUG_WITHIN = timedelta(seconds=90)
"""How long Central waits once a point has said that it waits for a vehicle; the point itself gives up earlier."""

GATHER_READINGS = timedelta(seconds=0.2)
READINGS_AT_ONCE = 500
"""How long readings are gathered for the panel, so many in a message at most."""

AWAITED = "start awaited"
SHOW_READINGS = "show readings"
NOT_STARTED = "the charging point did not start in time"


def on_started(shard: Shard, message: SupplyStarted, now: datetime) -> list[Effect]:
    """The session supplies from now on; a supply that nobody waits for any more is stopped."""
    live = shard.points.get(message.cp_id)
    session = shard.open_session(message.cp_id, message.session_id)
    if live is None or session is None:
        return [_stop(shard, message.cp_id, message.session_id, now)]
    if session.status is SessionStatus.SUPPLYING:
        return []
    shard.timers.cancel(AWAITED, message.cp_id)
    live.session = supplying(session, message.register_mwh, message.ts)
    return [live.session, *show(shard, live, now)]


def on_awaited(shard: Shard, message: SupplyAwaited, now: datetime) -> list[Effect]:
    """The point waits for a vehicle: give it the time."""
    session = shard.open_session(message.cp_id, message.session_id)
    if session is not None and session.status is SessionStatus.AUTHORISED:
        shard.timers.set(AWAITED, message.cp_id, now + PLUG_WITHIN)
    return []


def on_refused(shard: Shard, message: SupplyRefused, now: datetime) -> list[Effect]:
    """The point will not do it: the driver is told, the point is free again."""
    session = shard.open_session(message.cp_id, message.session_id)
    return _fail(shard, session, message.reason, now) if session else []


def on_start_timeout(shard: Shard, cp_id: str, now: datetime) -> list[Effect]:
    """The point has not started in time: the driver is told, the point is free, and must not start any more."""
    live = shard.points.get(cp_id)
    session = live.session if live else None
    if session is None or session.status is not SessionStatus.AUTHORISED:
        return []
    return [_stop(shard, cp_id, session.session_id, now), *_fail(shard, session, NOT_STARTED, now)]


def on_telemetry(shard: Shard, message: CPTelemetry, now: datetime) -> Effects:
    """Tell the driver how the supply goes on, by the ledger's own price; the panel hears of it with others. A reading
    that cannot be true is shown to nobody; operators hear of the first one of a session."""
    live = shard.points.get(message.cp_id)
    session = live.session if live else None
    is_running = session is not None and session.status is SessionStatus.SUPPLYING
    if live is None or session is None or not is_running or session.session_id != message.session_id:
        return NOTHING
    reason = doubt_telemetry(session, message, live.point.power_w, now)
    if reason is not None:
        return _distrust(shard, live, message, reason, now)
    if not shard.readings:
        shard.timers.set(SHOW_READINGS, "", now + GATHER_READINGS)
    shown = shard.readings[message.cp_id] = _shown(session, message)
    return [
        DriverUpdate(
            ts=message.ts,
            epoch=shard.epoch,
            seq=shard.next(),
            request_id=session.request_id,
            driver_id=session.driver_id,
            cp_id=message.cp_id,
            status=UpdateStatus.IN_PROGRESS,
            session_id=message.session_id,
            kw=shown.kw,
            kwh=shown.kwh,
            euros=shown.euros,
        )
    ]


def _distrust(shard: Shard, live: LivePoint, message: CPTelemetry, reason: str, now: datetime) -> list[Effect]:
    if live.distrusted == message.session_id:
        return []
    live.distrusted = message.session_id
    text = f"{message.cp_id}: readings of {message.session_id} are not shown: {reason} ({message.register_mwh} mWh)"
    return notice(shard, "warning", text, message.cp_id, now)


def show_readings(shard: Shard, _: str, now: datetime) -> list[Effect]:
    """Tell the panel the newest readings of supplies that go on."""
    readings, shard.readings = shard.readings, {}
    shown = [reading for reading in readings.values() if shard.open_session(reading.cp_id, reading.session_id)]
    return [
        ReadingsShown(ts=now, epoch=shard.epoch, seq=shard.next(), cp_id=some[0].cp_id, readings=some)
        for some in (tuple(shown[begin : begin + READINGS_AT_ONCE]) for begin in range(0, len(shown), READINGS_AT_ONCE))
    ]


def _shown(session: Session, reading: CPTelemetry) -> ReadingShown:
    energy = reading.register_mwh - session.register_start_mwh
    return ReadingShown(
        ts=reading.ts,
        cp_id=session.cp_id,
        driver_id=session.driver_id,
        session_id=session.session_id,
        kw=reading.kw,
        kwh=to_kwh(energy),
        euros=to_euros(cost_micro_euros(energy, session.micro_euros_per_kwh)),
        register_mwh=reading.register_mwh,
    )


def on_ended(shard: Shard, message: SupplyEnded, now: datetime) -> list[Effect]:
    """The final reading settles the session, once; one that comes late still becomes a bill."""
    session = shard.open_session(message.cp_id, message.session_id) or shard.past_session(message.session_id)
    if session is None or session.cp_id != message.cp_id:
        return _set_aside(shard, message, "nobody authorised that session there", now)
    if session.is_settled:
        return [] if agrees(session, message) else _set_aside(shard, message, "it was settled with other figures", now)
    live = shard.points[session.cp_id]
    known = live.register_mwh if session.is_open else 0
    reason = doubt(session, message, live.point.power_w, now, known_mwh=known)
    session = settled(session, message, reason)
    bill = _suspect(shard, session, reason, now) if reason else [bill_of(session)]
    return [session, *bill, final_update(shard, session, now), *_close(shard, session, now)]


def _suspect(shard: Shard, session: Session, reason: str, now: datetime) -> list[Effect]:
    text = f"{session.cp_id}: {session.session_id} is suspect: {reason}; its bill is held"
    return notice(shard, "error", text, session.cp_id, now)


def _set_aside(shard: Shard, message: SupplyEnded, why: str, now: datetime) -> list[Effect]:
    said = f"{message.register_start_mwh} to {message.register_stop_mwh} mWh"
    text = f"{message.cp_id}: a final reading of {message.session_id} was set aside ({said}): {why}"
    return notice(shard, "warning", text, message.cp_id, now)


def _fail(shard: Shard, session: Session, reason: str, now: datetime) -> list[Effect]:
    session = failed(session, now, reason)
    return [session, final_update(shard, session, now), *_close(shard, session, now)]


def _close(shard: Shard, session: Session, now: datetime) -> list[Effect]:
    shard.keep(session)
    live = shard.points[session.cp_id]
    if not _holds(live, session):
        return []
    live.session = None
    shard.timers.cancel(AWAITED, session.cp_id)
    return show(shard, live, now)


def _holds(live: LivePoint, session: Session) -> bool:
    return live.session is not None and live.session.session_id == session.session_id


def _stop(shard: Shard, cp_id: str, session_id: str, now: datetime) -> StopSupply:
    return StopSupply(ts=now, epoch=shard.epoch, seq=shard.next(), cp_id=cp_id, session_id=session_id)


def final_update(shard: Shard, session: Session, now: datetime) -> DriverUpdate:
    """The one end of a session that its driver hears, with the ledger's figures."""
    status = UpdateStatus.COMPLETED if session.status is SessionStatus.COMPLETED else UpdateStatus.FAILED
    plain = update(shard, session, status, now, None if status is UpdateStatus.COMPLETED else how_it_ended(session))
    if not session.is_settled or session.status is SessionStatus.SUSPECT:
        return plain
    ticket = ticket_of(bill_of(session))
    return changed(plain, kwh=ticket.kwh, euros=ticket.euros, ticket=ticket)
