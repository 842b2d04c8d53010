"""A charging point as Central knows it, the truth table of what it shows, and who may charge there.
Knows no message bus, store or clock."""

from datetime import datetime
from typing import ClassVar

from evcharging.common.messages import CPStatus, Limit
from evcharging.common.messages_operators import Actor, RegisterPoint
from evcharging.common.messages_tariff import Tariff
from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.meter import to_kw, to_watts
from evcharging.domain.money import to_euros, to_micro_euros
from evcharging.domain.record import Record
from evcharging.domain.site import station_of
from evcharging.domain.tariff import first_energy_price

DEFAULT_LOCATION = "unknown location"


class Point(Record, frozen=True, kw_only=True):
    """A known charging point, as people decided. A `tariff` that it was given says all its prices, or a published one
    that it names by `tariff_id`; without, the price that is its own, in micro-euro a kWh, goes before its engine's.
    `limit`: what it may give at most. `finishing`: the session that goes on
    to its end though the point is `stopped`. `actor`: who registered, changed, stopped, resumed or retired it last."""

    key_field: ClassVar[str] = "cp_id"
    table: ClassVar[str] = "points"

    cp_id: str
    location: str = DEFAULT_LOCATION
    registered_at: datetime | None = None
    own_micro_euros_per_kwh: int | None = None
    stopped: bool = False
    retired_at: datetime | None = None
    station_id: str | None = None
    site_id: str | None = None
    actor: Actor | None = None
    tariff: Tariff | None = None
    limit: Limit | None = None
    tariff_id: str | None = None
    finishing: str | None = None


class LastStatus(Record, frozen=True, kw_only=True):
    """What the engine of a point said of itself last, by (epoch, seq), and when its monitor was last heard of: it
    passes, and no bill follows from it. Power in W, price in micro-euro a kWh. `interval_ms`: the time between two of
    its readings. `start_within_ms`: how long it may take to begin a supply. `limit` is what it keeps to; `occupied`
    says that the vehicle of the last charge is still plugged in, `overdrawn` that one draws more than it is offered."""

    key_field: ClassVar[str] = "cp_id"
    table: ClassVar[str] = "statuses"
    is_fact: ClassVar[bool] = False

    cp_id: str
    state: CPState = CPState.DISCONNECTED
    reason: str | None = None
    epoch: int = 0
    seq: int = 0
    micro_euros_per_kwh: int = 0
    power_w: int = 0
    manual: bool = False
    plugged: bool = False
    interval_ms: int = 1000
    start_within_ms: int = 5000
    last_seen: datetime | None = None
    limit: Limit | None = None
    occupied: bool = False
    overdrawn: bool = False


class LastReading(Record, frozen=True, kw_only=True):
    """The newest register, in mWh, that Central received of the session that is open at a point, and when, by its own
    clock: what is proposed for the bill where the engine has lost its memory."""

    key_field: ClassVar[str] = "cp_id"
    table: ClassVar[str] = "readings"
    is_fact: ClassVar[bool] = False

    cp_id: str
    session_id: str
    register_mwh: int
    heard_at: datetime


def shown_state(*, linked: bool, well: bool, stopped: bool, supplying: bool) -> CPState:
    """The truth table: what Central shows, from whether the monitor's link is alive, whether the engine is well,
    whether an operator stopped the point, and whether a session is running."""
    if not linked:
        return CPState.DISCONNECTED
    if not well:
        return CPState.FAULT
    if supplying:
        return CPState.SUPPLYING
    return CPState.STOPPED if stopped else CPState.ACTIVATED


def is_free(point: PointShown) -> bool:
    """Whether any driver may ask for a point that is shown so: in service, without an open session, without the vehicle
    of the last one, and kept for nobody, or soon."""
    return (
        point.state is CPState.ACTIVATED
        and point.session is None
        and not point.occupied
        and point.held_until is None
        and not point.is_reserved
        and not point.retired
    )


REFUSALS = {
    CPState.DISCONNECTED: "{} is offline",
    CPState.STOPPED: "{} is stopped by the operator",
    CPState.SUPPLYING: "{} is busy",
}

HELD = "{} is kept for another driver"
OCCUPIED = "{} is occupied: the vehicle of the last charge is still plugged in"


def refusal(
    cp_id: str,
    shown: CPState,
    reason: str | None,
    *,
    busy: bool,
    stopped: bool,
    occupied: bool = False,
    held: bool = False,
) -> str | None:
    """Why somebody may not start charging here now, in one sentence; None where that is possible. `held`: the point is
    kept for somebody else."""
    if shown is CPState.FAULT:
        return f"{cp_id} is faulty: {reason or 'fault'}"
    if shown is CPState.ACTIVATED and busy:
        shown = CPState.SUPPLYING
    if shown is CPState.SUPPLYING and stopped:
        shown = CPState.STOPPED
    sentence = REFUSALS.get(shown)
    if sentence is None:
        if occupied:
            return OCCUPIED.format(cp_id)
        return HELD.format(cp_id) if held else None
    return sentence.format(cp_id)


def registered(point: Point, registration: RegisterPoint, now: datetime) -> Point:
    """The point with what a registration says; what it leaves out stays."""
    price = registration.euros_per_kwh
    after = changed(
        point,
        location=registration.location or point.location,
        station_id=registration.station_id or point.station_id,
        site_id=registration.site_id or point.site_id,
        registered_at=point.registered_at or now,
        retired_at=None,
        own_micro_euros_per_kwh=point.own_micro_euros_per_kwh if price is None else to_micro_euros(price),
    )
    return point if after == point else changed(after, actor=registration.actor)


def price_of(point: Point, status: LastStatus, tariff: Tariff | None = None) -> int:
    """The price in micro-euro a kWh: the first one of the tariff that counts there, or the one registered for the
    point, or else the one that its engine announces. Of a tariff it is for show alone."""
    if tariff is not None:
        return first_energy_price(tariff)
    own = point.own_micro_euros_per_kwh
    return status.micro_euros_per_kwh if own is None else own


def view_of(
    point: Point, status: LastStatus, tariff: Tariff | None, *, ts: datetime, state: CPState, since: datetime
) -> PointShown:
    """A point as it is shown from `ts` on, by the tariff that counts there, without what is true only while a Central
    runs."""
    return PointShown(
        ts=ts,
        cp_id=point.cp_id,
        state=state,
        since=since,
        location=point.location,
        euros_per_kwh=to_euros(price_of(point, status, tariff)),
        station_id=station_of(point.cp_id, point.station_id),
        site_id=point.site_id,
        kw_rate=to_kw(status.power_w),
        stopped=point.stopped,
        manual=status.manual,
        plugged=status.plugged,
        last_seen=status.last_seen,
        limit=point.limit,
        is_limited=point.limit is not None and point.limit == status.limit,
        occupied=status.occupied,
        retired=point.retired_at is not None,
    )


def is_news(known: LastStatus, said: CPStatus) -> bool:
    """Whether the engine said this after all that is already known of it."""
    return (said.epoch, said.seq) > (known.epoch, known.seq)


def reported(known: LastStatus, said: CPStatus) -> LastStatus:
    """What is known of an engine once it has said this."""
    return changed(
        known,
        micro_euros_per_kwh=to_micro_euros(said.euro_rate),
        power_w=to_watts(said.kw_rate),
        manual=said.manual,
        plugged=said.plugged,
        state=said.state,
        reason=said.reason,
        epoch=said.epoch,
        seq=said.seq,
        interval_ms=round(said.interval_s * 1000),
        start_within_ms=round(said.start_within_s * 1000),
        limit=said.limit,
        occupied=said.occupied,
        overdrawn=said.overdrawn,
    )
