"""What HTTP and WebSocket show, each as one structure: from it come the JSON, the OpenAPI document and the types of the
dashboard. Messages and records in; energy in kWh and money in euros out."""

from datetime import datetime
from typing import Annotated, Literal

from evcharging.common.messages import Limit
from evcharging.common.messages_site import SiteShown
from evcharging.common.messages_tariff import Price
from evcharging.common.messages_view import OngoingSession, PointShown, ReadingShown
from evcharging.common.site_description import Coordinates, SiteAbout
from evcharging.common.states import CPState
from evcharging.common.utils import Frozen, shown, utc
from evcharging.domain.charging_point import is_free
from evcharging.domain.meter import to_kwh
from evcharging.domain.money import to_euros
from evcharging.roles.live_view import LiveView

NOON = "2026-01-01T12:00:00Z"


CpId = Annotated[str, shown("CP-001")]
DriverId = Annotated[str, shown("driver-alice")]
ReservationId = Annotated[str, shown("key-b1946ac9")]
SessionId = Annotated[str, shown("session-3-1-17")]
RequestId = Annotated[str, shown("req-abc123")]
StationId = Annotated[str, shown("STATION-1", "What has one socket, one owner and one firmware")]
SiteId = Annotated[str, shown("SITE-1")]
Place = Annotated[str, shown("North car park")]
Moment = Annotated[datetime, shown(NOON)]
ReadAt = Annotated[datetime, shown(NOON, "When Central received these figures, by its own clock")]
Kilowatts = Annotated[float, shown(22.0)]
Kwh = Annotated[float, shown(0.061111)]
Euros = Annotated[float, shown(0.018333)]
EurosPerKwh = Annotated[float, shown(0.3)]
Reason = Annotated[str, shown("stopped by the operator")]
EndedBy = Annotated[str, shown("supply complete")]
Ongoing = Literal["HOLDING", "AUTHORISED", "SUPPLYING", "IDLE"]
Port = Annotated[int, shown(9999)]
RegisterMwh = Annotated[int, shown(30_555, "The register in milliwatt-hours")]
Count = Annotated[int, shown(10)]


Next = Annotated[str, shown("1772366400000000.17", "What `after` takes to go on; null where there is no more")]


class View(Frozen, frozen=True, kw_only=True):
    """What somebody is shown."""


def utc_or_none(moment: datetime | None) -> datetime | None:
    """The same moment in UTC, if there is one."""
    return utc(moment) if moment else None


# Points


class SessionOfPoint(View, frozen=True, kw_only=True):
    """The open session of a charging point. `price` is what it costs so far by the lines of its tariff, in micro-euro,
    where it has one. `ended_at`: its supply has ended, and its vehicle is still plugged in."""

    session_id: SessionId
    request_id: RequestId
    driver_id: DriverId
    status: Ongoing
    requested_at: Moment
    started_at: Moment | None
    ended_at: Moment | None
    kw: Kilowatts
    kwh: Kwh
    euros: Euros
    price: Price | None
    read_at: ReadAt | None


class PointView(View, frozen=True, kw_only=True):
    """A charging point as Central shows it. `free`: a driver may ask for it now. `limit`: what it may give at most, and
    `is_limited` whether its engine keeps to that. `occupied`: the vehicle of the last charge is still plugged in."""

    cp_id: CpId
    station_id: StationId | None
    site_id: SiteId | None
    location: Place
    euros_per_kwh: EurosPerKwh
    kw_rate: Kilowatts
    state: CPState
    free: bool
    since: Moment
    reason: Reason | None
    last_seen: Moment | None
    stopped: bool
    manual: bool
    plugged: bool
    occupied: bool
    held_until: Moment | None
    reserved_from: Annotated[datetime | None, shown(None, "When its next reservation begins")]
    finishing: Annotated[bool, shown(False, "It is stopped once the supply that runs there has ended")]
    limit: Limit | None
    is_limited: bool
    session: SessionOfPoint | None


def point_view(panel: LiveView, point: PointShown) -> PointView:
    """A charging point with its session and the newest reading of it."""
    return PointView(
        cp_id=point.cp_id,
        station_id=point.station_id,
        site_id=point.site_id,
        location=point.location,
        euros_per_kwh=point.euros_per_kwh,
        kw_rate=point.kw_rate,
        state=point.state,
        free=is_free(point),
        since=utc(point.since),
        reason=point.reason,
        last_seen=utc_or_none(panel.last_seen(point)),
        stopped=point.stopped,
        manual=point.manual,
        plugged=point.plugged,
        occupied=point.occupied,
        held_until=utc_or_none(point.held_until),
        reserved_from=utc_or_none(point.reserved_from),
        finishing=point.finishing,
        limit=point.limit,
        is_limited=point.is_limited,
        session=session_of_point(point.session, panel.readings.get(point.cp_id)) if point.session else None,
    )


def session_of_point(session: OngoingSession, reading: ReadingShown | None) -> SessionOfPoint:
    """A session that goes on, with the newest reading of its point, unless that is of the one before."""
    newest = reading if reading is not None and reading.session_id == session.session_id else None
    return SessionOfPoint(
        session_id=session.session_id,
        request_id=session.request_id,
        driver_id=session.driver_id,
        status=ongoing_of(session.status),
        requested_at=utc(session.requested_at),
        started_at=utc_or_none(session.started_at),
        ended_at=utc_or_none(session.ended_at),
        kw=newest.kw if newest else 0.0,
        kwh=newest.kwh if newest else 0.0,
        euros=newest.euros if newest else 0.0,
        price=newest.price if newest else None,
        read_at=utc_or_none(newest.heard_at) if newest else None,
    )


def ongoing_of(status: str) -> Ongoing:
    """How far an open session is."""
    match status:
        case "HOLDING":
            return "HOLDING"
        case "SUPPLYING":
            return "SUPPLYING"
        case "IDLE":
            return "IDLE"
        case _:
            return "AUTHORISED"


class OngoingRequest(View, frozen=True, kw_only=True):
    """A request that was accepted and has not ended."""

    request_id: RequestId
    requested_at: Moment
    started_at: Moment | None
    driver_id: DriverId
    cp_id: CpId
    session_id: SessionId
    status: Ongoing


def ongoing_view(point: PointShown) -> OngoingRequest | None:
    """The open request at a point, if there is one."""
    session = point.session
    if session is None:
        return None
    return OngoingRequest(
        request_id=session.request_id,
        requested_at=utc(session.requested_at),
        started_at=utc_or_none(session.started_at),
        driver_id=session.driver_id,
        cp_id=point.cp_id,
        session_id=session.session_id,
        status=ongoing_of(session.status),
    )


class ReadingView(View, frozen=True, kw_only=True):
    """The newest reading of a running supply, or of an idle session. `price` is what it costs so far by the lines of
    its tariff, in micro-euro, where it has one."""

    cp_id: CpId
    kw: Kilowatts
    euros: Euros
    price: Price | None
    driver_id: DriverId
    session_id: SessionId
    ts: Moment
    kwh: Kwh
    register_mwh: RegisterMwh
    read_at: ReadAt | None


def reading_view(reading: ReadingShown) -> ReadingView:
    """The newest reading of a running supply."""
    return ReadingView(
        cp_id=reading.cp_id,
        kw=reading.kw,
        euros=reading.euros,
        price=reading.price,
        driver_id=reading.driver_id,
        session_id=reading.session_id,
        ts=utc(reading.ts),
        kwh=reading.kwh,
        register_mwh=reading.register_mwh,
        read_at=utc_or_none(reading.heard_at),
    )


class RegisteredPoint(View, frozen=True, kw_only=True):
    """Where the monitor of a registered point opens its framed TCP link."""

    cp_id: CpId
    tcp_port: Port
    point: PointView


class ActionNotDone(View, frozen=True, kw_only=True):
    """A point at which an action for all was not done."""

    cp_id: CpId
    reason: Annotated[str, shown("Central did not decide within 5 s")]


class DoneForAll(View, frozen=True, kw_only=True):
    """What came of an action for all points."""

    done: Count
    failed: list[ActionNotDone]


class RegisteredMany(DoneForAll, frozen=True, kw_only=True):
    """What came of registering many points, and where their monitors open their framed TCP links."""

    tcp_port: Port


# Sites


class PointCounts(View, frozen=True, kw_only=True):
    """How many points of a site are in each state."""

    ACTIVATED: Count
    SUPPLYING: Count
    STOPPED: Count
    FAULT: Count
    DISCONNECTED: Count


class SiteView(View, frozen=True, kw_only=True):
    """A site: what it is called and where it is, as far as an operator has said so, its points by their state, requests
    that wait there, and what was billed there in all."""

    site_id: SiteId
    name: Annotated[str, shown("North car park")]
    address: Annotated[str, shown("Calle Mayor 1, 28013 Madrid")]
    coordinates: Coordinates | None
    time_zone: Annotated[str | None, shown("Europe/Madrid")]
    points: PointCounts
    waiting: Count
    sessions: Count
    kwh: Kwh
    euros: Euros


def site_view(site: SiteShown) -> SiteView:
    """A site with what its points do."""
    about = site.about or SiteAbout()
    return SiteView(
        site_id=site.site_id,
        name=about.name,
        address=about.address,
        coordinates=about.coordinates,
        time_zone=about.time_zone,
        points=PointCounts(
            ACTIVATED=site.activated,
            SUPPLYING=site.supplying,
            STOPPED=site.stopped,
            FAULT=site.fault,
            DISCONNECTED=site.disconnected,
        ),
        waiting=site.waiting,
        sessions=site.sessions,
        kwh=to_kwh(site.energy_mwh),
        euros=to_euros(site.micro_euros),
    )
