"""Reservations: a point is kept for a driver for a time to come. Which times may be booked, how a reservation may go
on, and until when others may charge before it. Times are half-open, [begins_at, ends_at), in UTC. Knows no bus, store
or clock."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Final

from evcharging.common.messages_reservations import ReservationStatus
from evcharging.common.messages_tariff import Tariff
from evcharging.common.moments import MICROSECOND, from_microseconds, in_utc, to_microseconds
from evcharging.common.utils import Frozen, changed
from evcharging.domain.record import Record
from evcharging.domain.session import LONGEST, Session, SessionStatus

S = ReservationStatus


class Terms(Frozen, frozen=True, kw_only=True):
    """How long things last. A reservation lasts from `shortest` to `longest`, and begins so long `ahead` at most. Its
    point is kept from `clear` before it, when others have to end, and nobody else begins who would have less than
    `least_charge` until then. A point that could serve is kept for `grace` for a driver who does not come. Cancelling
    is free until `free_before` the begin. A point that cannot serve for `moved_after` may be replaced, a charge that
    was accepted has `begins_within` to begin, and a Central that looks so late was away (`away_after`).
    A charge of no stated time ends so long (`notice`) after its point was booked, at the earliest. A driver has
    `most_open` that have not come to their end."""

    clear: timedelta = timedelta(minutes=5)
    shortest: timedelta = timedelta(minutes=15)
    longest: timedelta = timedelta(hours=4)
    ahead: timedelta = timedelta(days=7)
    grace: timedelta = timedelta(minutes=15)
    free_before: timedelta = timedelta(minutes=30)
    least_charge: timedelta = timedelta(minutes=10)
    moved_after: timedelta = timedelta(seconds=30)
    begins_within: timedelta = timedelta(seconds=30)
    away_after: timedelta = timedelta(seconds=5)
    notice: timedelta = timedelta(minutes=30)
    most_open: int = 5


TERMS: Final = Terms()
"""Those of the live system."""

ACTIVE = (S.BOOKED, S.HELD)
"""How a reservation stands that has not come to its end."""

ACTIVE_VALUES = tuple(status.value for status in ACTIVE)
"""The same, as stores search for them."""


class Reservation(Record, frozen=True, kw_only=True):
    """A point that is booked for a driver, and what has come of that. `site_id` is the site of the point;
    `is_any_point`: any point of the site was asked for, by `request_id`, and another one may take its place. Its
    point is kept from `kept_from`, and for `grace_s` seconds if nobody comes; cancelling is free until `free_until`.
    The fees, in micro-euro before VAT, are those of the tariff when it was booked."""

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
    kept_from: datetime
    free_until: datetime
    grace_s: int
    payment_method: str | None = None
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


class Room(Frozen, frozen=True, kw_only=True):
    """How a driver may charge at a point: until when at the latest, and by which reservation."""

    until: datetime | None = None
    reservation_id: str | None = None


def wanted(
    reservation_id: str,
    *,
    request_id: str,
    driver_id: str,
    cp_id: str,
    begins_at: datetime,
    ends_at: datetime,
    now: datetime,
    terms: Terms,
    site_id: str | None = None,
    payment_method: str | None = None,
) -> Reservation:
    """A reservation before it is decided; with a `site_id` any point of that site was asked for."""
    return Reservation(
        reservation_id=reservation_id,
        request_id=request_id,
        driver_id=driver_id,
        cp_id=cp_id,
        begins_at=begins_at,
        ends_at=ends_at,
        booked_at=now,
        kept_from=earlier(begins_at, terms.clear),
        free_until=earlier(begins_at, terms.free_before),
        grace_s=terms.grace // timedelta(seconds=1),
        site_id=site_id,
        payment_method=payment_method,
        is_any_point=site_id is not None,
    )


def earlier(moment: datetime, by: timedelta) -> datetime:
    """A moment so much earlier, or the first one that there is."""
    return from_microseconds(to_microseconds(moment) - by // MICROSECOND)


def why_no_time(begins_at: datetime, ends_at: datetime, now: datetime, terms: Terms = TERMS) -> str | None:
    """Why nobody can book this time, in one sentence; None where somebody may."""
    if begins_at < now:
        return f"a reservation cannot begin in the past: it is {_moment(now)} already"
    if begins_at > now + terms.ahead:
        return f"a reservation begins within {terms.ahead.days} days: before {_moment(now + terms.ahead)}"
    if ends_at <= begins_at:
        return "a reservation ends after it begins: let `to` be after `from`"
    lasts = ends_at - begins_at
    if lasts < terms.shortest:
        return f"a reservation lasts {_minutes(terms.shortest)} at least"
    hours = terms.longest // timedelta(hours=1)
    return f"a reservation lasts {hours} hours at most" if lasts > terms.longest else None


def why_too_many(driver_id: str, others: Iterable[Reservation], terms: Terms = TERMS) -> str | None:
    """Why a driver may not book another time who has these others, as far as is known, in one sentence; None where that
    driver may."""
    count = sum(each.driver_id == driver_id and each.is_active for each in others)
    if count < terms.most_open:
        return None
    return f"{driver_id} has {count} reservations already, which is the most: use or cancel one first"


def why_not_free(asked: Reservation, others: Iterable[Reservation]) -> str | None:
    """Why a point cannot be booked beside others that are active, in one sentence; None where it can."""
    for other in others:
        if asked.kept_from < other.ends_at and other.kept_from < asked.ends_at:
            from_to = f"from {_moment(other.begins_at)} to {_moment(other.ends_at)}"
            return f"{asked.cp_id} is reserved {from_to}: leave {_clear(asked)} between"
    return None


def why_still_busy(asked: Reservation, session: Session | None, terms: Terms = TERMS) -> str | None:
    """Why a point cannot be booked while this session goes on there, in one sentence; None where it can."""
    if session is None or session.status is SessionStatus.IDLE:
        return None
    until = session.may_last_until(asked.booked_at, terms.notice)
    if until <= asked.kept_from:
        return None
    return f"{asked.cp_id} charges another vehicle, maybe until {_moment(until)}: begin {_clear(asked)} after that"


def why_kept(cp_id: str, first: Reservation | None, driver_id: str, now: datetime, terms: Terms = TERMS) -> str | None:
    """Why a driver may not begin to charge at a point now, of whose active reservations this one is the first, in one
    sentence; None where that driver may."""
    if first is None:
        return None
    is_own = first.driver_id == driver_id
    if is_kept(first, now):
        return None if is_own else f"{cp_id} is reserved for another driver from {_moment(first.begins_at)}"
    if first.kept_from - now >= terms.least_charge:
        return None
    if is_own:
        return f"{cp_id} is reserved for {driver_id}, and is kept from {_moment(first.kept_from)}: ask again then"
    return f"{cp_id} is reserved from {_moment(first.begins_at)}, and less than {_minutes(terms.least_charge)} are left"


def is_kept(reservation: Reservation, now: datetime) -> bool:
    """Whether a point is kept by now; once it is, it stays so, whatever clock the next run has."""
    return reservation.status is S.HELD or now >= reservation.kept_from


def room(first: Reservation | None, driver_id: str, now: datetime) -> Room:
    """How a driver may charge at a point now whom `why_kept` does not refuse."""
    if first is None:
        return Room()
    if is_kept(first, now) and first.driver_id == driver_id:
        return Room(until=first.ends_at, reservation_id=first.reservation_id)
    return Room(until=min(now + LONGEST, first.kept_from))


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
    return now > reservation.free_until


def kept_until(reservation: Reservation, able_since: datetime | None) -> datetime:
    """Until when a point is kept for a driver who does not come, if it could serve since this moment, or cannot now:
    what it could not serve extends the grace, but not beyond the end."""
    if able_since is None:
        return reservation.ends_at
    grace = timedelta(seconds=reservation.grace_s)
    return min(max(reservation.begins_at, reservation.booked_at, able_since) + grace, reservation.ends_at)


def is_no_show(reservation: Reservation, able_since: datetime | None) -> bool:
    """Whether its driver alone is to blame that nobody came: the point could serve all the time, and is not another one
    of which the driver heard later."""
    since = max(reservation.booked_at, able_since) if able_since is not None else None
    return since is not None and since <= reservation.begins_at


def missed(reservation: Reservation, able_since: datetime | None, now: datetime) -> Reservation:
    """Nobody came while the point was kept."""
    if is_no_show(reservation, able_since):
        return over(reservation, S.NO_SHOW, f"nobody came within {reservation.grace_s // 60} minutes", now)
    return over(reservation, S.FAILED, f"{reservation.cp_id} could not serve all the time", now)


def _moment(at: datetime) -> str:
    return f"{in_utc(at):%Y-%m-%d %H:%M} UTC"


def _clear(reservation: Reservation) -> str:
    return _minutes(reservation.begins_at - reservation.kept_from)


def _minutes(span: timedelta) -> str:
    return f"{span // timedelta(minutes=1)} minutes"
