"""What is shown of reservations: to their driver, to operators, and the times at a point that are taken. `views.py`
says more of such structures."""

from typing import Annotated, Literal

from evcharging.apps.ev_central.views import (
    CpId,
    DriverId,
    Euros,
    Moment,
    Next,
    RequestId,
    ReservationId,
    SessionId,
    SiteId,
    View,
    utc_or_none,
)
from evcharging.common.messages_reservations import ReservationStatus, ReservationUpdate
from evcharging.common.utils import shown, utc
from evcharging.domain.money import to_euros
from evcharging.domain.reservation import Reservation
from evcharging.domain.reservation_fee import fee_of, fees_of

End = Annotated[Moment, shown("2026-01-01T13:00:00Z")]
Why = Annotated[str, shown("nobody came within 15 minutes")]


class ReservationView(View, frozen=True, kw_only=True):
    """A reservation as it stands. `request_id` is what it was asked for by. The fees are with VAT: what it costs to
    cancel late, and not to come; `euros` is what was billed. Of one that was moved, `moved_to` names the other one."""

    reservation_id: ReservationId
    request_id: RequestId
    driver_id: DriverId
    cp_id: CpId
    site_id: SiteId | None
    is_any_point: Annotated[bool, shown(False, "Any point of the site was asked for")]
    begins_at: Moment
    ends_at: End
    booked_at: Moment
    status: ReservationStatus
    late_cancel_euros: Euros
    no_show_euros: Euros
    euros: Euros
    session_id: SessionId | None
    moved_to: ReservationId | None
    ended_at: Moment | None
    reason: Why | None


class ReservationPage(View, frozen=True, kw_only=True):
    """Some reservations, and where the next ones begin."""

    items: list[ReservationView]
    next: Next | None


class TakenTime(View, frozen=True, kw_only=True):
    """A time at a point that is reserved; whose it is, is for operators and for its driver."""

    begins_at: Moment
    ends_at: End
    status: ReservationStatus
    is_own: bool
    reservation_id: ReservationId | None
    driver_id: DriverId | None


class Calendar(View, frozen=True, kw_only=True):
    """The times that are reserved at a point, in their order."""

    cp_id: CpId
    items: list[TakenTime]


class OwnReservationFrame(View, frozen=True, kw_only=True):
    """How a reservation of the driver stands; one that was REFUSED at a site has no point."""

    type: Literal["reservation"]
    ts: Moment
    request_id: RequestId
    reservation_id: ReservationId
    cp_id: CpId | None
    site_id: SiteId | None
    begins_at: Moment
    ends_at: End
    status: ReservationStatus
    late_cancel_euros: Euros
    no_show_euros: Euros
    euros: Euros
    moved_to: ReservationId | None
    reason: Why | None


def reservation_view(reservation: Reservation) -> ReservationView:
    """A reservation from the ledger."""
    late_cancel, no_show = fees_of(reservation)
    bill = fee_of(reservation, reservation.ended_at) if reservation.ended_at is not None else None
    return ReservationView(
        reservation_id=reservation.reservation_id,
        request_id=reservation.request_id,
        driver_id=reservation.driver_id,
        cp_id=reservation.cp_id,
        site_id=reservation.site_id,
        is_any_point=reservation.is_any_point,
        begins_at=utc(reservation.begins_at),
        ends_at=utc(reservation.ends_at),
        booked_at=utc(reservation.booked_at),
        status=reservation.status,
        late_cancel_euros=to_euros(late_cancel),
        no_show_euros=to_euros(no_show),
        euros=to_euros(bill.micro_euros if bill is not None else 0),
        session_id=reservation.session_id,
        moved_to=reservation.moved_to,
        ended_at=utc_or_none(reservation.ended_at),
        reason=reservation.reason,
    )


def taken_time(reservation: Reservation, driver_id: str | None) -> TakenTime:
    """A time that is reserved, as a driver sees it, or all of it where no driver asks."""
    is_own = reservation.driver_id == driver_id
    is_seen = is_own or driver_id is None
    return TakenTime(
        begins_at=utc(reservation.begins_at),
        ends_at=utc(reservation.ends_at),
        status=reservation.status,
        is_own=is_own,
        reservation_id=reservation.reservation_id if is_seen else None,
        driver_id=reservation.driver_id if is_seen else None,
    )


def reservation_frame(update: ReservationUpdate) -> OwnReservationFrame:
    """What its driver is told, as it comes."""
    return OwnReservationFrame(
        type="reservation",
        ts=utc(update.ts),
        request_id=update.request_id,
        reservation_id=update.reservation_id,
        cp_id=update.cp_id,
        site_id=update.site_id,
        begins_at=utc(update.begins_at),
        ends_at=utc(update.ends_at),
        status=update.status,
        late_cancel_euros=update.late_cancel_euros,
        no_show_euros=update.no_show_euros,
        euros=update.euros,
        moved_to=update.moved_to,
        reason=update.reason,
    )
