"""A charging point as Central knows it, the truth table of what it shows, and who may charge there.
Knows no message bus, store or clock."""

from datetime import datetime
from typing import ClassVar

from evcharging.common.messages import CPStatus
from evcharging.common.messages_operators import Actor, RegisterPoint
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.meter import to_watts
from evcharging.domain.record import Record
from evcharging.domain.tariff import to_micro_euros

DEFAULT_LOCATION = "unknown location"


class Point(Record, frozen=True, kw_only=True):
    """A known charging point. Power in W, price in micro-euro a kWh; the engine's words count by (epoch, seq).
    `interval_ms`: the time between two of its readings. `start_within_ms`: how long it may take to begin a supply.
    `actor`: who registered, changed, stopped, resumed or retired it last."""

    key_field: ClassVar[str] = "cp_id"
    table: ClassVar[str] = "points"

    cp_id: str
    location: str = DEFAULT_LOCATION
    registered_at: datetime | None = None
    own_micro_euros_per_kwh: int | None = None
    engine_micro_euros_per_kwh: int = 0
    power_w: int = 0
    stopped: bool = False
    manual: bool = False
    plugged: bool = False
    engine_state: CPState = CPState.DISCONNECTED
    engine_reason: str | None = None
    engine_epoch: int = 0
    engine_seq: int = 0
    last_seen: datetime | None = None
    retired_at: datetime | None = None
    interval_ms: int = 1000
    start_within_ms: int = 5000
    station_id: str | None = None
    site_id: str | None = None
    actor: Actor | None = None

    @property
    def micro_euros_per_kwh(self) -> int:
        """The price: the one registered for the point, or else the one that its engine announces."""
        own = self.own_micro_euros_per_kwh
        return self.engine_micro_euros_per_kwh if own is None else own


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


def is_free(shown: CPState, *, busy: bool) -> bool:
    """Whether a driver may ask for a point that is shown so, where `busy` says that a session is open there."""
    return shown is CPState.ACTIVATED and not busy


REFUSALS = {
    CPState.DISCONNECTED: "{} is offline",
    CPState.STOPPED: "{} is stopped by the operator",
    CPState.SUPPLYING: "{} is busy",
}


def refusal(cp_id: str, shown: CPState, reason: str | None, *, busy: bool, stopped: bool) -> str | None:
    """Why nobody may start charging here now, in one sentence; None where somebody may."""
    if shown is CPState.FAULT:
        return f"{cp_id} is faulty: {reason or 'fault'}"
    if shown is CPState.ACTIVATED and busy:
        shown = CPState.SUPPLYING
    if shown is CPState.SUPPLYING and stopped:
        shown = CPState.STOPPED
    sentence = REFUSALS.get(shown)
    return sentence.format(cp_id) if sentence else None


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


def is_news(point: Point, epoch: int, seq: int) -> bool:
    """Whether the engine said this after all that is already known of it."""
    return (epoch, seq) > (point.engine_epoch, point.engine_seq)


def reported(point: Point, status: CPStatus) -> Point:
    """The point with what its engine says of itself."""
    return changed(
        point,
        engine_micro_euros_per_kwh=to_micro_euros(status.euro_rate),
        power_w=to_watts(status.kw_rate),
        manual=status.manual,
        plugged=status.plugged,
        engine_state=status.state,
        engine_reason=status.reason,
        engine_epoch=status.epoch,
        engine_seq=status.seq,
        interval_ms=round(status.interval_s * 1000),
        start_within_ms=round(status.start_within_s * 1000),
    )
