"""What is said aloud of reservations: to their drivers, and by Central. Knows no log."""

from datetime import datetime

from evcharging.common.messages_reservations import ReservationStatus, ReservationUpdate
from evcharging.common.moments import in_utc
from evcharging.domain.reservation import Reservation

LOST = (ReservationStatus.REFUSED, ReservationStatus.FAILED, ReservationStatus.NO_SHOW)


def reserved(update: ReservationUpdate) -> str:
    """How a reservation stands, such as `📅 CP-001 | BOOKED | from 2026-01-01 12:00 to 13:00 UTC`, and its cost."""
    times = f"from {in_utc(update.begins_at):%Y-%m-%d %H:%M} to {in_utc(update.ends_at):%H:%M} UTC"
    cost = f" | €{update.euros:.4f}" if update.euros else ""
    return f"📅 {update.cp_id or update.site_id} | {update.status} | {times}{cost}{_why(update.reason)}"


def reservation_text(reservation: Reservation) -> str:
    """How a reservation stands, as Central says it."""
    return f"reservation {reservation.status}{_why(reservation.reason)}"


def until(moment: datetime | None) -> str:
    """When a charge ends at the latest, where that is for a reservation."""
    return "" if moment is None else f" | until {in_utc(moment):%H:%M} UTC"


def _why(reason: str | None) -> str:
    return f" | {reason}" if reason else ""
