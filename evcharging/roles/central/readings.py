"""Readings of running supplies: told to the driver and the live view, kept in the ledger now and then, and missed when
they stay away."""

from datetime import datetime, timedelta
from itertools import islice

from evcharging.common.messages import CPTelemetry, DriverUpdate, SupplyStarted, UpdateStatus
from evcharging.common.messages_tariff import Price
from evcharging.common.messages_view import ReadingShown, ReadingsShown
from evcharging.domain.charging_point import LastReading
from evcharging.domain.meter import to_kwh, to_watts
from evcharging.domain.meter_value import MeterValue, next_quarter
from evcharging.domain.money import to_euros, to_micro_euros
from evcharging.domain.notice import NoticeCode
from evcharging.domain.plausibility import BACKWARDS, is_ahead, why_reading_implausible
from evcharging.domain.session import Session, SessionStatus
from evcharging.roles.central import minutes
from evcharging.roles.central.live_cost import LiveCost, single_cost
from evcharging.roles.central.orders import query
from evcharging.roles.central.payments import on_cost
from evcharging.roles.central.point_view import look, notice, show
from evcharging.roles.central.shard import UNREAD, Handlers, LivePoint, Meter, Run, Shard
from evcharging.roles.role import NOTHING, Effect, Effects

GATHER_READINGS = timedelta(seconds=0.2)
READINGS_AT_ONCE = 500
"""How long readings are gathered for the live view, and how many a message carries at most."""

KEEP_EVERY = timedelta(seconds=2)
KEPT_AT_ONCE = 10
"""How often the newest readings are written into the ledger, and how many of a shard's at once: so much of a supply is
forgotten by a crash of Central, if the engine's journal is lost as well. Of more points each has its turn."""

SILENT_AFTER_MS = 8_000
SILENT_AFTER = timedelta(milliseconds=SILENT_AFTER_MS)
SILENT_INTERVALS = 3
"""A supply without a reading for this long, or for so many of its own intervals, is a fault. At half of that time the
engine is asked."""

SUPPLYING, IN_PROGRESS = SessionStatus.SUPPLYING, UpdateStatus.IN_PROGRESS

SHOW_READINGS = "show readings"
KEEP_READINGS = "keep readings"
READINGS = "readings awaited"


def begin(shard: Shard, live: LivePoint, message: SupplyStarted, now: datetime) -> None:
    """A supply begins: its readings are awaited from now on."""
    meter = live.meter
    meter.run, meter.read_at, meter.register_mwh = (message.epoch, message.run), now, message.register_mwh
    meter.begun, meter.order, meter.ts = (message.epoch, message.seq), UNREAD, None
    meter.next_value_at = next_quarter(now)
    watch(shard, live, now)


def watch(shard: Shard, live: LivePoint, now: datetime) -> None:
    """Look at a supply's readings again when half of the time is over in which the next one must come."""
    live.meter.look_at = now + _patience(live) / 2
    shard.watched[live.point.cp_id] = None
    shard.timers.sooner(READINGS, "", live.meter.look_at)


def _patience(live: LivePoint) -> timedelta:
    intervals_ms = SILENT_INTERVALS * live.status.interval_ms
    return SILENT_AFTER if intervals_ms <= SILENT_AFTER_MS else timedelta(milliseconds=intervals_ms)


def on_readings_due(shard: Shard, _: str, now: datetime) -> list[Effect]:
    """Look at the readings of all supplies: at thousands of them every few seconds, that costs less than a timer of
    each."""
    effects: list[Effect] = []
    looks: list[datetime] = []
    for cp_id in list(shard.watched):
        live = shard.points.get(cp_id)
        if live is None or live.session is None or live.session.status is not SUPPLYING:
            del shard.watched[cp_id]
            continue
        effects += _look_at(shard, live, now)
        looks.append(live.meter.look_at)
    if looks:
        shard.timers.sooner(READINGS, "", min(looks))
    return effects


def _look_at(shard: Shard, live: LivePoint, now: datetime) -> list[Effect]:
    """Ask an engine that has been silent for a while; show the fault once it has been so for too long."""
    meter, patience = live.meter, _patience(live)
    silence, half = now - meter.read_at, patience / 2
    if silence < half:
        meter.look_at = meter.read_at + half
        return []
    if now < meter.look_at:
        return []
    if silence < patience:
        meter.look_at = meter.read_at + patience
        return [query(shard, live, now)]
    meter.silent = patience
    meter.look_at = now + patience
    return [query(shard, live, now), *show(shard, live, now)]


def on_telemetry(shard: Shard, message: CPTelemetry, now: datetime) -> Effects:
    """Tell the driver how the supply goes on, by the ledger's own price; the live view hears of it with others. A
    reading that cannot be true is shown to nobody; operators hear of the first one of a session. One that is older than
    the one before, or of another process than the one that began the supply, counts for nothing."""
    live = shard.points.get(message.cp_id)
    session = live.session if live else None
    if live is None or session is None or session.status is not SUPPLYING or session.session_id != message.session_id:
        return NOTHING
    meter, run, order = live.meter, (message.epoch, message.run), (message.epoch, message.seq)
    if not _is_next(meter, message, run, order) or (meter.run is None and is_ahead(message.epoch, now)):
        return NOTHING
    reason = why_reading_implausible(session, message, live.status.power_w, now, authorised_at=meter.authorised_at)
    if reason is None and message.register_mwh < meter.register_mwh:
        reason = BACKWARDS
    if reason is not None:
        return _distrust(shard, live, message, reason, now)
    again = _take(shard, live, message, run, order, now)
    shown = _shown(live.meter, session, message, now)
    gather(shard, shown, now)
    if shard.payments is not None:
        again += on_cost(shard, session, live.status.power_w, to_micro_euros(shown.euros), now)
    told = DriverUpdate(
        ts=message.ts,
        epoch=shard.epoch,
        seq=shard.next(),
        request_id=session.request_id,
        driver_id=session.driver_id,
        cp_id=message.cp_id,
        status=IN_PROGRESS,
        session_id=message.session_id,
        kw=shown.kw,
        kwh=shown.kwh,
        euros=shown.euros,
    )
    return [told, *again] if again else [told]


def _is_next(meter: Meter, message: CPTelemetry, run: Run, order: tuple[int, int]) -> bool:
    """Whether a reading follows on the one before: by its number, or by its moment where its sender numbers none."""
    if meter.run is not None and meter.run != run:
        return False
    if message.seq:
        return order > meter.order
    return meter.ts is None or message.ts >= meter.ts


def _take(
    shard: Shard, live: LivePoint, message: CPTelemetry, run: Run, order: tuple[int, int], now: datetime
) -> list[Effect]:
    """Note a reading; what is kept of it, and what the live view is told of a point whose readings had stayed away."""
    meter = live.meter
    is_first = meter.order == UNREAD
    minutes.flowed(shard, live, message.register_mwh, now)
    meter.run, meter.order, meter.ts = meter.run or run, order, message.ts
    meter.register_mwh, meter.read_at = message.register_mwh, now
    if not shard.unkept:
        shard.timers.set(KEEP_READINGS, "", now + KEEP_EVERY)
    shard.unkept[message.cp_id] = None
    kept = [_value(live.meter, message, now)] if now >= meter.next_value_at else []
    if meter.silent is None:
        return [*kept, *look(shard, live, now)] if is_first else kept
    meter.silent = None
    watch(shard, live, now)
    return [*kept, *show(shard, live, now)]


def _value(meter: Meter, message: CPTelemetry, now: datetime) -> Effect:
    """The first reading of a quarter of an hour."""
    meter.next_value_at = next_quarter(now)
    return MeterValue(
        session_id=message.session_id, at=now, register_mwh=message.register_mwh, power_w=to_watts(message.kw)
    )


def _distrust(shard: Shard, live: LivePoint, message: CPTelemetry, reason: str, now: datetime) -> list[Effect]:
    if live.distrusted == message.session_id:
        return []
    live.distrusted = message.session_id
    said = f"{reason} ({message.register_mwh} mWh)"
    return notice(shard, NoticeCode.READINGS_REJECTED, message.cp_id, now, session_id=message.session_id, detail=said)


def keep_readings(shard: Shard, _: str, now: datetime) -> list[Effect]:
    """Write the newest readings of supplies that go on into the ledger."""
    turn = list(islice(shard.unkept, KEPT_AT_ONCE))
    for cp_id in turn:
        del shard.unkept[cp_id]
    if shard.unkept:
        shard.timers.set(KEEP_READINGS, "", now + KEEP_EVERY)
    lives = [shard.points[cp_id] for cp_id in turn]
    return [
        LastReading(
            cp_id=live.point.cp_id,
            session_id=live.session.session_id,
            register_mwh=live.meter.register_mwh,
            heard_at=live.meter.read_at,
        )
        for live in lives
        if live.session is not None
    ]


def gather(shard: Shard, reading: ReadingShown, now: datetime) -> None:
    """Keep a reading for the live view, which is told of many together."""
    if not shard.readings:
        shard.timers.set(SHOW_READINGS, "", now + GATHER_READINGS)
    shard.readings[reading.cp_id] = reading


def show_readings(shard: Shard, _: str, now: datetime) -> list[Effect]:
    """Tell the live view the newest readings of supplies that go on."""
    readings, shard.readings = shard.readings, {}
    shown = [reading for reading in readings.values() if shard.open_session(reading.cp_id, reading.session_id)]
    return [
        shard.say(ReadingsShown, ts=now, cp_id=some[0].cp_id, readings=some)
        for some in (tuple(shown[begin : begin + READINGS_AT_ONCE]) for begin in range(0, len(shown), READINGS_AT_ONCE))
    ]


def _price(meter: Meter, session: Session, reading: CPTelemetry) -> Price | None:
    """What a session costs so far by the lines of its tariff; None where it has a single price."""
    if session.tariff is None or session.started_at is None:
        return None
    if meter.cost is None:
        meter.cost = LiveCost(session.tariff, session.started_at, session.register_start_mwh)
    return meter.cost.by(session, reading.register_mwh, to_watts(reading.kw), reading.ts)


def _shown(meter: Meter, session: Session, reading: CPTelemetry, now: datetime) -> ReadingShown:
    energy, price = reading.register_mwh - session.register_start_mwh, _price(meter, session, reading)
    cost = single_cost(session, reading.register_mwh) if price is None else price.gross
    return ReadingShown(
        ts=reading.ts,
        cp_id=session.cp_id,
        driver_id=session.driver_id,
        session_id=session.session_id,
        kw=reading.kw,
        kwh=to_kwh(energy),
        euros=to_euros(cost),
        register_mwh=reading.register_mwh,
        heard_at=now,
        price=price,
    )


HANDLERS: Handlers = {
    CPTelemetry: on_telemetry,
}
