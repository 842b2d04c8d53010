"""Sessions and bills: what Central promises a driver and what it charges. Knows no message bus, store or clock."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from evcharging.common.messages import EndReason, Mark, SupplyEnded
from evcharging.common.messages_operators import Actor
from evcharging.common.messages_tariff import Price, Tariff
from evcharging.common.utils import changed
from evcharging.domain.price import price_of_energy, price_of_supply
from evcharging.domain.record import Record
from evcharging.domain.tariff import prices_idle_time


class SessionStatus(StrEnum):
    """How far a session is. HOLDING: money is being held for it. IDLE: its supply has ended, and time is billed until
    its vehicle leaves. SUSPECT: it ended with a reading that cannot be true, and its bill is held."""

    HOLDING = "HOLDING"
    AUTHORISED = "AUTHORISED"
    SUPPLYING = "SUPPLYING"
    IDLE = "IDLE"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    SUSPECT = "SUSPECT"


HELD = "; the bill is held"
PROPOSED = "the last reading that Central received is proposed"

GOOD_ENDS = frozenset(
    {EndReason.COMPLETE, EndReason.UNPLUGGED, EndReason.TIME_UP, EndReason.HOLD_USED, EndReason.DRIVER}
)

CAN_IDLE = frozenset({EndReason.COMPLETE, EndReason.TIME_UP, EndReason.HOLD_USED, EndReason.STOPPED, EndReason.DRIVER})
"""The ends after which a vehicle that stays is charged for it: with every other one the plug is out, or the point is in
fault or lost."""

LONGEST = timedelta(days=1)
"""How long a supply may last for which others wait, where its driver did not say for how long."""

OPEN = (SessionStatus.HOLDING, SessionStatus.AUTHORISED, SessionStatus.SUPPLYING, SessionStatus.IDLE)
"""How far a session is that has not come to its end."""


class Session(Record, frozen=True, kw_only=True):
    """One authorised charge. Readings in mWh; the price, micro-euro a kWh, is frozen when it is authorised.
    `settled_...` is what an operator said who settled a suspect one by hand. `limit_mwh` is what its driver asked
    for at most, `minutes` for how long. `tariff` is frozen likewise and says all prices, where the point has one;
    `marks` are the readings at which they may have changed. `unplugged_at`: when the vehicle left, where it stayed
    after the end; `idle_since`: when Central heard that it stayed, by its own clock. `until`: when it ends at the
    latest, for a reservation: its own one, `reservation_id`, or that of somebody else."""

    key_field: ClassVar[str] = "session_id"
    table: ClassVar[str] = "sessions"
    searched: ClassVar[tuple[str, ...]] = ("status", "cp_id", "driver_id")
    moment: ClassVar[str] = "requested_at"
    texts: ClassVar[tuple[str, ...]] = ("session_id", "cp_id", "driver_id")
    past_of: ClassVar[str] = "cp_id"

    session_id: str
    request_id: str
    driver_id: str
    cp_id: str
    status: SessionStatus
    micro_euros_per_kwh: int
    requested_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    register_start_mwh: int = 0
    register_stop_mwh: int = 0
    ended_by: EndReason | None = None
    detail: str | None = None
    settled_mwh: int | None = None
    settled_at: datetime | None = None
    settled_by: str | None = None
    settled_note: str | None = None
    settled_actor: Actor | None = None
    limit_mwh: int | None = None
    tariff: Tariff | None = None
    marks: tuple[Mark, ...] = ()
    minutes: int | None = None
    unplugged_at: datetime | None = None
    idle_since: datetime | None = None
    until: datetime | None = None
    reservation_id: str | None = None

    @property
    def is_open(self) -> bool:
        """It has not come to its end."""
        return self.status in OPEN

    @property
    def has_not_begun(self) -> bool:
        """It is accepted, or will be once money is held, and no energy has flowed."""
        return self.status in (SessionStatus.HOLDING, SessionStatus.AUTHORISED)

    @property
    def ends_by(self) -> datetime | None:
        """When its supply ends at the latest, as its engine is told; None where it may go on."""
        if self.minutes is None:
            return self.until
        ends_by = self.requested_at + timedelta(minutes=self.minutes)
        return ends_by if self.until is None else min(ends_by, self.until)

    def may_last_until(self, at: datetime, notice: timedelta) -> datetime:
        """Until when its supply may go on if its point is booked at a moment; one of no stated time has `notice`."""
        if self.minutes is not None and self.ends_by is not None:
            return self.ends_by
        noticed = max(at, self.requested_at) + notice
        return noticed if self.until is None else min(noticed, self.until)

    @property
    def is_metered(self) -> bool:
        """It has final readings, though the time since may not be billed yet."""
        return self.started_at is not None and self.ended_at is not None

    @property
    def is_finalised(self) -> bool:
        """Ended with final readings, which nothing changes any more."""
        return not self.is_open and self.started_at is not None

    @property
    def is_final(self) -> bool:
        """Settled by readings of its engine, and not by what Central last received."""
        return self.is_finalised and not (self.status is SessionStatus.SUSPECT and self.detail == f"{PROPOSED}{HELD}")

    @property
    def energy_mwh(self) -> int:
        """What was delivered: by the final readings, or as settled by hand."""
        figures = self.register_stop_mwh - self.register_start_mwh
        return figures if self.settled_mwh is None else self.settled_mwh


class Bill(Record, frozen=True, kw_only=True):
    """What one session costs, in micro-euro with VAT: rounded once, never changed. `price` is the same by lines, where
    there is a `tariff`, of which this is the version. `unplugged_at`: until when idle time is billed. The fee of a
    reservation has no session: its `reservation_id` is the number of the bill. `number`: that of its receipt, where
    payments are asked for."""

    key_field: ClassVar[str] = "session_id"
    table: ClassVar[str] = "tickets"
    searched: ClassVar[tuple[str, ...]] = ("cp_id", "driver_id")
    summed: ClassVar[Mapping[str, tuple[str, ...]]] = {"driver_id": ("energy_mwh", "micro_euros")}
    moment: ClassVar[str] = "ended_at"
    texts: ClassVar[tuple[str, ...]] = ("session_id", "cp_id", "driver_id", "number")

    session_id: str
    driver_id: str
    cp_id: str
    started_at: datetime
    ended_at: datetime
    energy_mwh: int
    micro_euros_per_kwh: int
    micro_euros: int
    ended_by: str
    site_id: str | None = None
    tariff: str | None = None
    price: Price | None = None
    unplugged_at: datetime | None = None
    reservation_id: str | None = None
    number: str | None = None

    @property
    def is_fee(self) -> bool:
        """It is for a reservation, and not for a session."""
        return self.reservation_id is not None


class Request(Record, frozen=True, kw_only=True):
    """A driver's request and what Central decided: kept for ever, so that one id is never served twice."""

    key_field: ClassVar[str] = "request_id"
    table: ClassVar[str] = "requests"
    searched: ClassVar[tuple[str, ...]] = ("cp_id", "driver_id")
    moment: ClassVar[str] = "requested_at"
    texts: ClassVar[tuple[str, ...]] = ("request_id", "cp_id", "driver_id")
    once: ClassVar[bool] = True

    request_id: str
    driver_id: str
    cp_id: str
    limit_mwh: int | None
    requested_at: datetime
    accepted: bool
    reason: str | None = None
    session_id: str | None = None
    minutes: int | None = None

    @property
    def is_said_elsewhere(self) -> bool:
        """An accepted request is said by its session."""
        return self.accepted


def request_of(session: Session) -> Request:
    """The request that led to a session."""
    return Request(
        request_id=session.request_id,
        driver_id=session.driver_id,
        cp_id=session.cp_id,
        limit_mwh=session.limit_mwh,
        requested_at=session.requested_at,
        accepted=True,
        session_id=session.session_id,
        minutes=session.minutes,
    )


def supplying(session: Session, register_mwh: int, at: datetime) -> Session:
    """The session once energy flows."""
    return changed(session, status=SessionStatus.SUPPLYING, started_at=at, register_start_mwh=register_mwh)


def failed(session: Session, at: datetime, detail: str, by: EndReason = EndReason.NOT_STARTED) -> Session:
    """A session that never started, as far as its point knows."""
    return changed(
        session,
        status=SessionStatus.FAILED,
        started_at=None,
        register_start_mwh=0,
        ended_at=at,
        ended_by=by,
        detail=detail,
    )


def forgotten(session: Session, register_mwh: int, at: datetime) -> Session:
    """A session that its engine no longer knows: suspect, with the newest register that Central received as the figure
    that is proposed for its bill."""
    return changed(
        session,
        status=SessionStatus.SUSPECT,
        ended_at=max(at, session.started_at or at),
        register_stop_mwh=max(register_mwh, session.register_start_mwh),
        ended_by=EndReason.MEMORY_LOST,
        detail=f"{session.detail or PROPOSED}{HELD}",
    )


def finalised(session: Session, final: SupplyEnded, doubt: str | None = None) -> Session:
    """The session with the meter's final readings. One that its driver was already told had failed stays so; one whose
    readings are in doubt is suspect."""
    told_failed = session.status in (SessionStatus.FAILED, SessionStatus.SUSPECT)
    return changed(
        session,
        status=SessionStatus.SUSPECT if doubt else _status_after(final.ended_by, told_failed=told_failed),
        started_at=final.started_at,
        ended_at=final.ts,
        register_start_mwh=final.register_start_mwh,
        register_stop_mwh=final.register_stop_mwh,
        ended_by=final.ended_by,
        marks=final.marks,
        unplugged_at=final.unplugged_at if may_idle(session, final) else None,
        detail="; ".join(filter(None, (final.detail, doubt))) + HELD if doubt else final.detail,
    )


def may_idle(session: Session, final: SupplyEnded) -> bool:
    """Whether the time counts for which its vehicle stays after its end."""
    return final.ended_by in CAN_IDLE and prices_idle_time(session.tariff)


def _status_after(ended_by: EndReason | None, *, told_failed: bool) -> SessionStatus:
    is_good = ended_by in GOOD_ENDS and not told_failed
    return SessionStatus.COMPLETED if is_good else SessionStatus.FAILED


def idling(session: Session, now: datetime) -> Session:
    """A session with final readings whose vehicle is still plugged in."""
    return changed(session, status=SessionStatus.IDLE, idle_since=now)


def idled(session: Session, unplugged_at: datetime) -> Session:
    """An idle session at its end: the vehicle has left, or nobody knows any more whether it is there."""
    ended_at = session.ended_at or unplugged_at
    status = _status_after(session.ended_by, told_failed=False)
    return changed(session, status=status, unplugged_at=max(unplugged_at, ended_at))


def idle_until(session: Session, now: datetime, since: datetime) -> datetime:
    """The moment, by the clock of the engine, that is now for Central: counted from the end of the supply, of which it
    heard at `since`."""
    return (session.ended_at or now) + max(now - since, timedelta(0))


def idle_price(session: Session, idle: timedelta) -> Price | None:
    """What an idle session costs if its vehicle leaves after so much time; None without a tariff, and for one that is
    not idle."""
    if session.status is not SessionStatus.IDLE or session.started_at is None or session.ended_at is None:
        return None
    left = changed(session, unplugged_at=session.ended_at + idle)
    return _price_of(left, session.started_at, session.ended_at)


def is_same_final(session: Session, final: SupplyEnded) -> bool:
    """Whether a final reading says what its session was settled with."""
    settled = session.started_at, session.ended_at, session.register_start_mwh, session.register_stop_mwh, session.marks
    said = final.started_at, final.ts, final.register_start_mwh, final.register_stop_mwh, final.marks
    return settled == said


def bill_of(session: Session, site_id: str | None = None) -> Bill:
    """The bill of a settled session at a point of this site, by the price frozen when it was authorised; raises
    ValueError for another."""
    if session.started_at is None or session.ended_at is None or session.status is SessionStatus.SUSPECT:
        raise ValueError(f"Session {session.session_id} has no final readings to bill")
    price = _price_of(session, session.started_at, session.ended_at)
    single = price_of_energy(session.energy_mwh, session.micro_euros_per_kwh)
    return Bill(
        session_id=session.session_id,
        driver_id=session.driver_id,
        cp_id=session.cp_id,
        started_at=session.started_at,
        ended_at=session.ended_at,
        energy_mwh=session.energy_mwh,
        micro_euros_per_kwh=session.micro_euros_per_kwh,
        micro_euros=single if price is None else price.gross,
        ended_by=how_it_ended(session),
        site_id=site_id,
        tariff=session.tariff.version_id if session.tariff else None,
        price=price,
        unplugged_at=None if session.settled_mwh is not None else session.unplugged_at,
    )


def _price_of(session: Session, started_at: datetime, ended_at: datetime) -> Price | None:
    """By the tariff, where there is one. Of a session that was settled by hand nobody believes the times: its energy is
    priced as when it was authorised, and no time is."""
    if session.tariff is None:
        return None
    start, stop = session.register_start_mwh, session.register_start_mwh + session.energy_mwh
    if session.settled_mwh is not None:
        return price_of_supply(session.tariff, session.requested_at, start, (), session.requested_at, stop)
    return price_of_supply(session.tariff, started_at, start, session.marks, ended_at, stop, session.unplugged_at)


def how_it_ended(session: Session) -> str:
    """The end of a session in words."""
    reason = session.ended_by.value if session.ended_by else "still open"
    return f"{reason}: {session.detail}" if session.detail else reason
