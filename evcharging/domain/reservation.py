"""Reservations: a point is kept for a driver for a time to come. Which times may be booked, how a reservation may go
on, and until when others may charge before it. Times are half-open, [begins_at, ends_at), in UTC. Knows no bus, store
or clock."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Final

from evcharging.common.messages_reservations import ReservationStatus
from evcharging.common.messages_tariff import Tariff
from evcharging.common.moments import in_utc
from evcharging.common.utils import Frozen, changed
from evcharging.domain.record import Record

S = ReservationStatus

CLEAR: Final = timedelta(minutes=5)
"""How long before a reservation its point is kept already; others have to end by then."""

SHORTEST, LONGEST, AHEAD = timedelta(minutes=15), timedelta(hours=4), timedelta(days=7)
GRACE = timedelta(minutes=15)
"""How long a point that could serve is kept for a driver who does not come."""

FREE_UNTIL = timedelta(minutes=30)
"""Cancelling costs nothing until so long before the begin."""

LEAST_CHARGE = timedelta(minutes=10)
"""Nobody else begins to charge who would have less than this before a reservation."""

ACTIVE = (S.BOOKED, S.HELD)
"""How a reservation stands that has not come to its end."""

ACTIVE_VALUES = tuple(status.value for status in ACTIVE)
"""The same, as stores search for them."""

NEXT: Final[Mapping[S, tuple[S, ...]]] = {
    S.BOOKED: (S.HELD, S.CANCELLED, S.MOVED, S.FAILED),
    S.HELD: (S.USED, S.CANCELLED, S.NO_SHOW, S.MOVED, S.FAILED),
}
"""What may become of a reservation; nothing more of any other."""


class Reservation(Record, frozen=True, kw_only=True):
    """A point that is booked for a driver, and what has come of that. `site_id` is the site of the point;
    `is_any_point`: any point of the site was asked for, by `request_id`, and another one may take its place. The fees,
    in micro-euro before VAT, are those of the tariff when it was booked."""

    key_field: ClassVar[str] = "reservation_id"
    table: ClassVar[str] = "reservations"
    searched: ClassVar[tuple[str, ...]] = ("status", "cp_id", "site_id", "driver_id")
    moment: ClassVar[str] = "begins_at"
    texts: ClassVar[tuple[str, ...]] = ("reservation_id", "cp_id", "driver_id")

    reservation_id: str
    request_id: str
    driver_id: str
    cp_id: str
    begins_at: datetime
    ends_at: datetime
    booked_at: datetime
    status: ReservationStatus = S.BOOKED
    site_id: str | None = None
    is_any_point: bool = False
    tariff: str | None = None
    late_cancel_micro_euros: int = 0
    no_show_micro_euros: int = 0
    vat_permille: int = 0
    ended_at: datetime | None = None
    session_id: str | None = None
    moved_to: str | None = None
    reason: str | None = None

    @property
    def is_active(self) -> bool:
        """It has not come to its end."""
        return self.status in ACTIVE

    @property
    def kept_from(self) -> datetime:
        """From when on its point is kept for its driver."""
        return self.begins_at - CLEAR


class Room(Frozen, frozen=True, kw_only=True):
    """How a driver may charge at a point: until when at the latest, and by which reservation."""

    until: datetime | None = None
    reservation_id: str | None = None


def why_no_time(begins_at: datetime, ends_at: datetime, now: datetime) -> str | None:
    """Why nobody can book this time, in one sentence; None where somebody may."""
    if begins_at < now:
        return f"a reservation cannot begin in the past: it is {_moment(now)} already"
    if begins_at > now + AHEAD:
        return f"a reservation begins within {AHEAD.days} days: before {_moment(now + AHEAD)}"
    if ends_at <= begins_at:
        return "a reservation ends after it begins: let `to` be after `from`"
    lasts = ends_at - begins_at
    if lasts < SHORTEST:
        return f"a reservation lasts {_minutes(SHORTEST)} at least"
    return f"a reservation lasts {LONGEST // timedelta(hours=1)} hours at most" if lasts > LONGEST else None


def why_not_free(cp_id: str, begins_at: datetime, ends_at: datetime, others: Iterable[Reservation]) -> str | None:
    """Why a point cannot be booked for this time beside others that are active, in one sentence; None where it can."""
    for other in others:
        if begins_at < other.ends_at + CLEAR and other.begins_at < ends_at + CLEAR:
            from_to = f"from {_moment(other.begins_at)} to {_moment(other.ends_at)}"
            return f"{cp_id} is reserved {from_to}: leave {_minutes(CLEAR)} between"
    return None


def why_still_busy(cp_id: str, begins_at: datetime, ends_by: datetime | None) -> str | None:
    """Why a point cannot be booked while a session goes on there that ends by this moment; None where it can."""
    if ends_by is None or ends_by + CLEAR <= begins_at:
        return None
    return f"{cp_id} charges another vehicle, maybe until {_moment(ends_by)}: begin {_minutes(CLEAR)} after that"


def why_kept(cp_id: str, first: Reservation | None, driver_id: str, now: datetime) -> str | None:
    """Why a driver may not begin to charge at a point now, of whose active reservations this one is the first, in one
    sentence; None where that driver may."""
    if first is None:
        return None
    is_own = first.driver_id == driver_id
    if now >= first.kept_from:
        return None if is_own else f"{cp_id} is reserved for another driver from {_moment(first.begins_at)}"
    if first.kept_from - now >= LEAST_CHARGE:
        return None
    if is_own:
        return f"{cp_id} is reserved for {driver_id}, and is kept from {_moment(first.kept_from)}: ask again then"
    return f"{cp_id} is reserved from {_moment(first.begins_at)}, and less than {_minutes(LEAST_CHARGE)} are left"


def room(first: Reservation | None, driver_id: str, now: datetime) -> Room:
    """How a driver may charge at a point now whom `why_kept` does not refuse."""
    if first is None:
        return Room()
    if now >= first.kept_from and first.driver_id == driver_id:
        return Room(until=first.ends_at, reservation_id=first.reservation_id)
    return Room(until=first.kept_from)


def id_at_site(request_id: str, attempt: int) -> str:
    """The ID of a reservation that a site asks one of its points for."""
    return f"{request_id}.{attempt}"


def in_order(reservations: Iterable[Reservation]) -> Sequence[Reservation]:
    """Those that are active, by their time."""
    return sorted((each for each in reservations if each.is_active), key=lambda each: each.begins_at)


def priced(reservation: Reservation, tariff: Tariff | None) -> Reservation:
    """The reservation with the fees of a tariff."""
    if tariff is None:
        return reservation
    return changed(
        reservation,
        tariff=tariff.version_id,
        late_cancel_micro_euros=tariff.late_cancel_micro_euros,
        no_show_micro_euros=tariff.no_show_micro_euros,
        vat_permille=tariff.vat_permille,
    )


def held(reservation: Reservation) -> Reservation:
    """Its point is kept for its driver from now on."""
    return changed(reservation, status=S.HELD)


def used(reservation: Reservation, session_id: str, now: datetime) -> Reservation:
    """Energy has flowed for its driver."""
    return changed(reservation, status=S.USED, session_id=session_id, ended_at=now)


def over(
    reservation: Reservation, status: ReservationStatus, reason: str, now: datetime, moved_to: str | None = None
) -> Reservation:
    """The reservation at its end, unused."""
    return changed(reservation, status=status, reason=reason, ended_at=now, moved_to=moved_to)


def is_late(reservation: Reservation, now: datetime) -> bool:
    """Whether cancelling costs something now."""
    return now > reservation.begins_at - FREE_UNTIL


def kept_until(reservation: Reservation, able_since: datetime | None) -> datetime:
    """Until when a point is kept for a driver who does not come, if it could serve since this moment, or cannot now:
    what it could not serve extends the grace, but not beyond the end."""
    if able_since is None:
        return reservation.ends_at
    return min(max(reservation.begins_at, able_since) + GRACE, reservation.ends_at)


def is_no_show(reservation: Reservation, able_since: datetime | None) -> bool:
    """Whether its driver alone is to blame that nobody came: the point could serve all the time."""
    return able_since is not None and able_since <= reservation.begins_at


def missed(reservation: Reservation, able_since: datetime | None, now: datetime) -> Reservation:
    """Nobody came while the point was kept."""
    if is_no_show(reservation, able_since):
        return over(reservation, S.NO_SHOW, f"nobody came within {_minutes(GRACE)}", now)
    return over(reservation, S.FAILED, f"{reservation.cp_id} could not serve all the time", now)


def _moment(at: datetime) -> str:
    return f"{in_utc(at):%Y-%m-%d %H:%M} UTC"


def _minutes(span: timedelta) -> str:
    return f"{span // timedelta(minutes=1)} minutes"
