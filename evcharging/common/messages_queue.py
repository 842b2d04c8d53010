"""The messages of the queue at a site: a driver asks for any point of it, the site asks its points for room, and the
driver hears how the request stands until a point has accepted it."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from evcharging.common.messages import (
    MOST_MINUTES,
    Count,
    Id,
    LimitMilliwattHours,
    Message,
    Moment,
    PaymentMethod,
    Reference,
    Text,
)


class QueueStatus(StrEnum):
    """How a request at a site stands. QUEUED: it waits. HOLDING: a point is asked to be kept for it. OFFERED: that is
    kept, and its driver has to answer. STARTING: a point is asked to begin. SERVED: it has a session. DENIED, LEFT,
    EXPIRED: it has none; the site refused it, its driver left, or an answer or a point did not come in time."""

    QUEUED = "QUEUED"
    HOLDING = "HOLDING"
    OFFERED = "OFFERED"
    STARTING = "STARTING"
    SERVED = "SERVED"
    DENIED = "DENIED"
    LEFT = "LEFT"
    EXPIRED = "EXPIRED"


class Want(StrEnum):
    """What a site asks of a point."""

    START = "start"
    HOLD = "hold"
    RELEASE = "release"


class AskOutcome(StrEnum):
    """What a point answers."""

    STARTED = "started"
    HELD = "held"
    RELEASED = "released"
    REFUSED = "refused"


class SiteRequest(Message, frozen=True, kw_only=True):
    """A driver asks to charge at any point of a site; `kwh` ends the supply once that much has flowed, `minutes` once
    that time is over."""

    request_id: Reference
    driver_id: Id
    site_id: Id
    kwh: Annotated[float, Meta(gt=0, le=1000)] | None = None
    minutes: Annotated[int, Meta(ge=1, le=MOST_MINUTES)] | None = None
    payment_method: PaymentMethod | None = None


class OfferReply(Message, frozen=True, kw_only=True):
    """A driver takes the point that is offered, or does not want it and leaves the queue."""

    request_id: Reference
    driver_id: Id
    site_id: Id
    take: bool


class LeaveQueue(Message, frozen=True, kw_only=True):
    """A driver waits no more."""

    request_id: Reference
    driver_id: Id
    site_id: Id


class QueueUpdate(Message, frozen=True, kw_only=True):
    """How a request at a site stands, said to its driver alone. QUEUED: `place` is 1 for who is served next, of
    `waiting`; `expected_at` is when a point is expected to be free, where that is known. OFFERED: `cp_id` is kept until
    `until`."""

    request_id: Reference
    driver_id: Id
    site_id: Id
    status: QueueStatus
    place: Count = 0
    waiting: Count = 0
    expected_at: Moment | None = None
    cp_id: Id | None = None
    until: Moment | None = None
    reason: Text | None = None


class UnreadableAtSite(Message, frozen=True, kw_only=True):
    """What a driver says to a site and nobody can read: made by who reads the bus, and never sent."""

    request_id: Reference
    driver_id: Id
    site_id: Id
    reason: Text


class PointAsk(Message, frozen=True, kw_only=True):
    """A site asks one of its points, for a request: to begin a session, to be kept for `hold_s`, or to be kept no
    more."""

    site_id: Id
    cp_id: Id
    request_id: Reference
    driver_id: Id
    want: Want
    limit_mwh: LimitMilliwattHours | None = None
    minutes: Annotated[int, Meta(ge=1, le=MOST_MINUTES)] | None = None
    hold_s: Count = 0
    payment_method: PaymentMethod | None = None


class PointReply(Message, frozen=True, kw_only=True):
    """A point answers the ask with this number; each is answered, and counts once."""

    site_id: Id
    cp_id: Id
    request_id: Reference
    ask_epoch: Count
    ask_seq: Count
    outcome: AskOutcome
    session_id: Reference | None = None
    reason: Text | None = None
