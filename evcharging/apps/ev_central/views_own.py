"""What drivers are shown of their own charges, and of points that they may ask for; `views.py` says more of such
structures. Nothing here names another driver."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from evcharging.apps.ev_central.views import (
    Count,
    CpId,
    Euros,
    EurosPerKwh,
    Kilowatts,
    Kwh,
    Moment,
    Ongoing,
    Place,
    ReadAt,
    RequestId,
    SessionId,
    SiteId,
    StationId,
    View,
    session_of_point,
    utc_or_none,
)
from evcharging.apps.ev_central.views_ledger import TicketView, ticket_view
from evcharging.apps.ev_central.views_queue import OwnQueueFrame, QueueEntryView
from evcharging.apps.ev_central.views_reservations import OwnReservationFrame
from evcharging.common.messages import DriverUpdate, Quote, Ticket, UpdateStatus
from evcharging.common.messages_site import SiteShown
from evcharging.common.messages_tariff import Price
from evcharging.common.messages_view import OngoingSession, PointShown, ReadingShown
from evcharging.common.site_description import Coordinates, SiteAbout
from evcharging.common.states import CPState
from evcharging.common.utils import field_names, shown, utc
from evcharging.domain.charging_point import is_free
from evcharging.domain.session import Bill

Why = Annotated[str, shown("CP-001 is busy")]


class OfferedPoint(View, frozen=True, kw_only=True):
    """A charging point as drivers see it: not who charges there. `free`: a driver may ask for it now."""

    cp_id: CpId
    station_id: StationId | None
    site_id: SiteId | None
    location: Place
    euros_per_kwh: EurosPerKwh
    kw_rate: Kilowatts
    state: CPState
    free: bool
    occupied: bool


class OfferedSite(View, frozen=True, kw_only=True):
    """A site as drivers see it: where it is, how many of its points are `free`, how many drivers are `waiting`, its
    lowest price of energy and its highest power."""

    site_id: SiteId
    name: Annotated[str, shown("North car park")]
    address: Annotated[str, shown("Calle Mayor 1, 28013 Madrid")]
    coordinates: Coordinates | None
    points: Count
    free: Count
    waiting: Count
    euros_per_kwh: EurosPerKwh | None
    kw_rate: Kilowatts | None


class OwnRequest(View, frozen=True, kw_only=True):
    """A charge that was asked for. `session_id` is null as long as its point has not decided; `quote`, what it will
    cost, is null then too, and where that was decided before."""

    request_id: RequestId
    session_id: SessionId | None
    quote: Quote | None


class OwnSession(View, frozen=True, kw_only=True):
    """A session of the driver's that goes on, with its newest reading. `price` is what it costs so far by the lines of
    its tariff, in micro-euro, where it has one. `ended_at`: its supply has ended, and its vehicle is still plugged
    in."""

    session_id: SessionId
    request_id: RequestId
    cp_id: CpId
    status: Ongoing
    requested_at: Moment
    started_at: Moment | None
    ended_at: Moment | None
    kw: Kilowatts
    kwh: Kwh
    euros: Euros
    price: Price | None
    read_at: ReadAt | None


class OwnSnapshotFrame(View, frozen=True, kw_only=True):
    """How things stand for a driver: sessions that go on, requests that wait at sites, and the newest ticket."""

    type: Literal["snapshot"]
    ts: Moment
    sessions: list[OwnSession]
    queue: list[QueueEntryView]
    ticket: TicketView | None


class OwnUpdateFrame(View, frozen=True, kw_only=True):
    """What the driver is told of a request: ACCEPTED, with what it will cost; IN_PROGRESS, with each reading; and at
    the end COMPLETED, FAILED or DENIED."""

    type: Literal["update"]
    ts: Moment
    request_id: RequestId
    cp_id: CpId
    status: UpdateStatus
    session_id: SessionId | None
    kw: Kilowatts
    kwh: Kwh
    euros: Euros
    reason: Why | None
    ticket: Ticket | None
    quote: Quote | None
    ends_by: Annotated[datetime | None, shown(None, "When it ends at the latest, for a reservation of the point")]


class HeartbeatFrame(View, frozen=True, kw_only=True):
    """Nothing was said for some seconds, and Central is there."""

    type: Literal["heartbeat"]
    ts: Moment


OWN_FRAMES: tuple[type[View], ...] = (
    OwnSnapshotFrame,
    OwnUpdateFrame,
    OwnQueueFrame,
    OwnReservationFrame,
    HeartbeatFrame,
)
"""All that goes over a driver's WebSocket, which OpenAPI has no path for."""


def offered_point(point: PointShown) -> OfferedPoint:
    """A charging point as drivers see it."""
    return OfferedPoint(
        cp_id=point.cp_id,
        station_id=point.station_id,
        site_id=point.site_id,
        location=point.location,
        euros_per_kwh=point.euros_per_kwh,
        kw_rate=point.kw_rate,
        state=point.state,
        free=is_free(point),
        occupied=point.occupied,
    )


def offered_site(site: SiteShown, points: Sequence[PointShown]) -> OfferedSite:
    """A site with its points, as drivers see it."""
    about = site.about or SiteAbout()
    return OfferedSite(
        site_id=site.site_id,
        name=about.name,
        address=about.address,
        coordinates=about.coordinates,
        points=len(points),
        free=sum(map(is_free, points)),
        waiting=site.waiting,
        euros_per_kwh=min((point.euros_per_kwh for point in points), default=None),
        kw_rate=max((point.kw_rate for point in points), default=None),
    )


def own_session(cp_id: str, session: OngoingSession, reading: ReadingShown | None) -> OwnSession:
    """A session that goes on, as its point shows it, to the driver whose it is."""
    found = session_of_point(session, reading)
    shared = {name: getattr(found, name) for name in field_names(OwnSession) if name != "cp_id"}
    return OwnSession(cp_id=cp_id, **shared)


def update_frame(update: DriverUpdate) -> OwnUpdateFrame:
    """What the driver is told, as it comes."""
    return OwnUpdateFrame(
        type="update",
        ts=utc(update.ts),
        request_id=update.request_id,
        cp_id=update.cp_id,
        status=update.status,
        session_id=update.session_id,
        kw=update.kw,
        kwh=update.kwh,
        euros=update.euros,
        reason=update.reason,
        ticket=update.ticket,
        quote=update.quote,
        ends_by=utc_or_none(update.ends_by),
    )


def own_ticket(bill: Bill | None) -> TicketView | None:
    """The newest ticket, if there is one."""
    return None if bill is None else ticket_view(bill)
