"""The messages of reservations: a driver books a point, or any point of a site, for a time to come; the site asks its
points; and the driver hears what becomes of it."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from evcharging.common.messages import ID_PATTERN, Count, Euros, Id, Message, Moment, PaymentMethod, Reference, Text

RequestId = Annotated[str, Meta(pattern=ID_PATTERN, max_length=100, description="1 to 100 of A-Z a-z 0-9 . _ @ : -")]
"""Shorter than others: a site makes the IDs of its attempts of it."""


class ReservationStatus(StrEnum):
    """How a reservation stands. BOOKED: its time is to come. HELD: its point is kept for its driver. USED: energy has
    flowed for its driver. CANCELLED, NO_SHOW: by its driver, and because nobody came. MOVED: to another point of the
    site. FAILED: its point could not serve. REFUSED: it was never booked."""

    BOOKED = "BOOKED"
    HELD = "HELD"
    USED = "USED"
    CANCELLED = "CANCELLED"
    NO_SHOW = "NO_SHOW"
    MOVED = "MOVED"
    FAILED = "FAILED"
    REFUSED = "REFUSED"


class ReserveRequest(Message, frozen=True, kw_only=True):
    """A driver books a point from `begins_at` until before `ends_at`. The ID of the request is that of the
    reservation."""

    request_id: RequestId
    driver_id: Id
    cp_id: Id
    begins_at: Moment
    ends_at: Moment
    payment_method: PaymentMethod | None = None


class ReserveAtSite(Message, frozen=True, kw_only=True):
    """A driver books any point of a site."""

    request_id: RequestId
    driver_id: Id
    site_id: Id
    begins_at: Moment
    ends_at: Moment
    payment_method: PaymentMethod | None = None


class CancelReservation(Message, frozen=True, kw_only=True):
    """A driver needs a reservation no more."""

    reservation_id: Reference
    driver_id: Id
    cp_id: Id


class ReservationUpdate(Message, frozen=True, kw_only=True):
    """How a reservation stands, said to its driver alone. BOOKED: with the fees, with VAT, of cancelling late and of
    not coming. CANCELLED, NO_SHOW: `euros` is what was billed. MOVED: to the reservation `moved_to`. `request_id` is
    what its driver asked with."""

    request_id: RequestId
    reservation_id: Reference
    driver_id: Id
    begins_at: Moment
    ends_at: Moment
    status: ReservationStatus
    cp_id: Id | None = None
    site_id: Id | None = None
    late_cancel_euros: Euros = 0.0
    no_show_euros: Euros = 0.0
    euros: Euros = 0.0
    moved_to: Reference | None = None
    reason: Text | None = None


# A site and its points


class ReserveAsk(Message, frozen=True, kw_only=True):
    """A site asks one of its points to be booked for a request; `attempt` counts what was asked for that request.
    `moved_from`: the reservation that it takes the place of."""

    site_id: Id
    cp_id: Id
    request_id: RequestId
    attempt: Count
    driver_id: Id
    begins_at: Moment
    ends_at: Moment
    moved_from: Reference | None = None
    payment_method: PaymentMethod | None = None


class ReleaseAsk(Message, frozen=True, kw_only=True):
    """A site wants a reservation no more: another one, `moved_to` at `moved_to_cp`, has taken its place, or its answer
    came late."""

    site_id: Id
    cp_id: Id
    reservation_id: Reference
    moved_to: Reference | None = None
    moved_to_cp: Id | None = None


class ReserveReply(Message, frozen=True, kw_only=True):
    """What a point answers to an attempt: that it is booked, or why not."""

    site_id: Id
    cp_id: Id
    request_id: RequestId
    attempt: Count
    reason: Text | None = None


class ReservationLost(Message, frozen=True, kw_only=True):
    """A point cannot serve a reservation of its site, and another one may."""

    site_id: Id
    cp_id: Id
    request_id: RequestId
    reservation_id: Reference
    reason: Text


class ReservationServed(Message, frozen=True, kw_only=True):
    """A point serves a reservation that its site wanted to move: the other one is needed no more."""

    site_id: Id
    cp_id: Id
    request_id: RequestId
    reservation_id: Reference
