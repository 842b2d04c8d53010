"""The fee of a reservation that was cancelled late, or whose driver did not come: a bill without a session. Knows no
bus, store or clock."""

from datetime import datetime
from typing import Final

from evcharging.common.messages_reservations import ReservationStatus
from evcharging.common.messages_tariff import Price, PriceLine
from evcharging.domain.money import half_up
from evcharging.domain.reservation import Reservation, is_late
from evcharging.domain.session import Bill

LATE_CANCEL, NO_SHOW = "late_cancel", "no_show"
"""The lines of such a bill."""

ENDED_BY: Final = {LATE_CANCEL: "reservation cancelled late", NO_SHOW: "reservation not used"}


def fee_of(reservation: Reservation, now: datetime, site_id: str | None = None) -> Bill | None:
    """The bill of a reservation that ends now as it stands, of a point of this site; None where nothing is to be
    paid."""
    component = _component(reservation, now)
    if component is None:
        return None
    price = price_of_fee(component, _amount(reservation, component), reservation.vat_permille)
    return Bill(
        session_id=reservation.reservation_id,
        reservation_id=reservation.reservation_id,
        driver_id=reservation.driver_id,
        cp_id=reservation.cp_id,
        started_at=now,
        ended_at=now,
        energy_mwh=0,
        micro_euros_per_kwh=0,
        micro_euros=price.gross,
        ended_by=ENDED_BY[component],
        site_id=site_id,
        tariff=reservation.tariff,
        price=price,
    )


def price_of_fee(component: str, micro_euros: int, vat_permille: int) -> Price:
    """A fee as a price of one line, with VAT."""
    line = PriceLine(component=component, quantity=1, unit_micro_euros=micro_euros, per=1, micro_euros=micro_euros)
    vat = half_up(micro_euros * vat_permille, 1000)
    return Price(lines=(line,), net=micro_euros, vat_permille=vat_permille, vat=vat, gross=micro_euros + vat)


def fees_of(reservation: Reservation) -> tuple[int, int]:
    """What it costs to cancel a reservation late, and not to come: in micro-euro with VAT."""
    late, missed = (
        price_of_fee(component, _amount(reservation, component), reservation.vat_permille).gross
        for component in (LATE_CANCEL, NO_SHOW)
    )
    return late, missed


def _component(reservation: Reservation, now: datetime) -> str | None:
    if reservation.status is ReservationStatus.NO_SHOW:
        return NO_SHOW if reservation.no_show_micro_euros else None
    is_cancelled = reservation.status is ReservationStatus.CANCELLED
    is_due = is_cancelled and is_late(reservation, now) and reservation.late_cancel_micro_euros
    return LATE_CANCEL if is_due else None


def _amount(reservation: Reservation, component: str) -> int:
    return reservation.late_cancel_micro_euros if component == LATE_CANCEL else reservation.no_show_micro_euros
