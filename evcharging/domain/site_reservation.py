"""A reservation of any point of a site: which point it is bound to, and which ones were asked. Knows no bus, store or
clock."""

from datetime import datetime
from typing import ClassVar

from evcharging.common.utils import changed
from evcharging.domain.record import Record
from evcharging.domain.reservation import id_at_site


class SiteReservation(Record, frozen=True, kw_only=True):
    """What a driver booked at a site. `cp_id` is the point that was asked last, by the `attempt` of this number, and
    `is_asking` says that its answer is to come. `bound_id` is the reservation that a point has accepted, `bound_cp`,
    and `tried` are the points that cannot have it. `reason`: why it was refused."""

    key_field: ClassVar[str] = "request_id"
    table: ClassVar[str] = "site_reservations"
    searched: ClassVar[tuple[str, ...]] = ("state",)
    is_fact: ClassVar[bool] = False

    request_id: str
    site_id: str
    driver_id: str
    begins_at: datetime
    ends_at: datetime
    asked_at: datetime
    payment_method: str | None = None
    state: str = "open"
    attempt: int = 0
    is_asking: bool = False
    cp_id: str | None = None
    tried: tuple[str, ...] = ()
    bound_id: str | None = None
    bound_cp: str | None = None
    reason: str | None = None


def asked_next(known: SiteReservation, cp_id: str) -> SiteReservation:
    """Another point is asked."""
    return changed(known, cp_id=cp_id, attempt=known.attempt + 1, is_asking=True, tried=(*known.tried, cp_id))


def bound(known: SiteReservation) -> SiteReservation:
    """The point that was asked has accepted it."""
    bound_id = id_at_site(known.request_id, known.attempt)
    return changed(known, is_asking=False, bound_id=bound_id, bound_cp=known.cp_id)


def refused(known: SiteReservation, reason: str) -> SiteReservation:
    """No point can have it."""
    return changed(known, is_asking=False, reason=reason)


def over(known: SiteReservation) -> SiteReservation:
    """Its time has passed."""
    return changed(known, state="over", is_asking=False)
