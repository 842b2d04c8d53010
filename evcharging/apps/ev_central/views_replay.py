"""The network as it was, as it is shown; `views.py` says more of such structures. Null stands for what nobody knows."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from evcharging.apps.ev_central.views import (
    Count,
    CpId,
    DriverId,
    Euros,
    EurosPerKwh,
    Kilowatts,
    Kwh,
    Moment,
    Next,
    Ongoing,
    Place,
    PointCounts,
    Reason,
    RequestId,
    SessionId,
    SiteId,
    StationId,
    View,
    ongoing_of,
    utc_or_none,
)
from evcharging.apps.ev_central.views_ledger import NoticeView, notice_view
from evcharging.common.messages import Limit
from evcharging.common.states import CPState
from evcharging.common.utils import shown, utc
from evcharging.domain.alert import Alert
from evcharging.domain.charging_point import Point
from evcharging.domain.meter import to_kw, to_kwh
from evcharging.domain.metered_past import Growth
from evcharging.domain.money import to_euros
from evcharging.domain.notice import Notice, NoticeCode
from evcharging.domain.replay import PointThen, SessionThen
from evcharging.domain.session import SessionStatus
from evcharging.domain.site import station_of


class GrowthView(View, frozen=True, kw_only=True):
    """From one reading that is known to the next: energy and money grow evenly. Without `ends_at` the figures at its
    begin are the last that are known."""

    begins_at: Moment
    ends_at: Moment | None
    kwh_from: Kwh
    kwh_to: Kwh
    euros_from: Euros
    euros_to: Euros


class SessionThenView(View, frozen=True, kw_only=True):
    """The session that a point had. `kw` is the mean between two readings, and null after the last one; `kwh` and
    `euros` are those of the moment that is told, and `growth` says how they go on."""

    session_id: SessionId
    request_id: RequestId
    driver_id: DriverId
    status: Ongoing
    requested_at: Moment
    started_at: Moment | None
    ended_at: Moment | None
    kw: Kilowatts | None
    kwh: Kwh
    euros: Euros
    growth: GrowthView | None


class PointThenView(View, frozen=True, kw_only=True):
    """A charging point as it was. `state` and `since` are null where the ledger does not say, and the price is where
    it was the one that its engine announced. `free`: a driver could ask for it, as far as is known."""

    cp_id: CpId
    station_id: StationId
    site_id: SiteId | None
    location: Place
    euros_per_kwh: EurosPerKwh | None
    state: CPState | None
    free: bool
    since: Moment | None
    reason: Reason | None
    limit: Limit | None
    session: SessionThenView | None


class TotalsThenView(View, frozen=True, kw_only=True):
    """All points by their state, those whose state is not known, those that were free, sessions that went on, and the
    power that flowed, as far as it is known."""

    points: PointCounts
    unknown: Count
    free: Count
    sessions: Count
    kw: Kilowatts


class ReplayView(View, frozen=True, kw_only=True):
    """The network as it was at a moment, with the newest 50 notices until then. `ledger_begins_at`: before, nothing is
    known."""

    at: Moment
    ledger_begins_at: Moment
    points: list[PointThenView]
    totals: TotalsThenView
    messages: list[NoticeView]


class ReplayChangeView(View, frozen=True, kw_only=True):
    """From a moment on `point` stood so; or the point `gone` was in the network no more; or `message` was said."""

    at: Moment
    point: PointThenView | None
    gone: CpId | None
    message: NoticeView | None


class ReplayChangesPage(View, frozen=True, kw_only=True):
    """What changed after `begins_at` and until `ends_at`, in order, and where the next ones begin."""

    begins_at: Moment
    ends_at: Moment
    items: list[ReplayChangeView]
    next: Next | None


class IncidentKind(StrEnum):
    """What an incident was: a fault, a lost link, an alert that opened, a bill that was held, or a Central that
    began."""

    FAULT = "fault"
    OFFLINE = "offline"
    ALERT = "alert"
    BILL_HELD = "bill_held"
    CENTRAL_BEGAN = "central_began"


class IncidentView(View, frozen=True, kw_only=True):
    """Something that somebody may want to look at again. `incident_id` is that of its notice or of its alert."""

    incident_id: Annotated[str, shown("notice-3-1-17")]
    at: Moment
    kind: IncidentKind
    cp_id: CpId | None
    session_id: SessionId | None
    text: Annotated[str, shown("CP-001 offline")]


class IncidentPage(View, frozen=True, kw_only=True):
    """Some incidents, and where the next ones begin."""

    items: list[IncidentView]
    next: Next | None


REPLAYED: tuple[type[View], ...] = (ReplayView, ReplayChangesPage, IncidentPage)
"""All of them."""

KIND_OF: dict[str, IncidentKind] = {
    NoticeCode.POINT_FAULTY.value: IncidentKind.FAULT,
    NoticeCode.POINT_OFFLINE.value: IncidentKind.OFFLINE,
    NoticeCode.BILL_HELD.value: IncidentKind.BILL_HELD,
    NoticeCode.CENTRAL_OK.value: IncidentKind.CENTRAL_BEGAN,
}
"""The notices that are incidents."""


def incident_view(record: Notice | Alert) -> IncidentView:
    """A notice or an alert as an incident."""
    if isinstance(record, Alert):
        name, at, kind = record.alert_id, record.opened_at, IncidentKind.ALERT
    else:
        name, at, kind = record.notice_id, record.ts, KIND_OF[record.code or ""]
    return IncidentView(
        incident_id=name, at=utc(at), kind=kind, cp_id=record.cp_id, session_id=record.session_id, text=record.text
    )


def point_then_view(then: PointThen, at: datetime) -> PointThenView:
    """A point as it was, with the figures of a moment."""
    point, price = then.point, then.micro_euros_per_kwh
    return PointThenView(
        cp_id=point.cp_id,
        station_id=_station(point),
        site_id=point.site_id,
        location=point.location,
        euros_per_kwh=None if price is None else to_euros(price),
        state=then.state,
        free=then.is_free,
        since=utc_or_none(then.since),
        reason=then.reason,
        limit=point.limit,
        session=None if then.session is None else _session_view(then.session, at),
    )


def _station(point: Point) -> str:
    return station_of(point.cp_id, point.station_id)


def _session_view(then: SessionThen, at: datetime) -> SessionThenView:
    session, growth = then.session, then.growth
    mwh, money = (0, 0) if growth is None else growth.figures(at)
    has_begun, has_ended = then.status is not SessionStatus.AUTHORISED, then.status is SessionStatus.IDLE
    return SessionThenView(
        session_id=session.session_id,
        request_id=session.request_id,
        driver_id=session.driver_id,
        status=ongoing_of(then.status),
        requested_at=utc(session.requested_at),
        started_at=utc_or_none(session.started_at) if has_begun else None,
        ended_at=utc_or_none(session.ended_at) if has_ended else None,
        kw=_kw_of(then),
        kwh=to_kwh(mwh),
        euros=to_euros(money),
        growth=None if growth is None else _growth_view(growth),
    )


def _kw_of(then: SessionThen) -> float | None:
    if then.status is not SessionStatus.SUPPLYING:
        return 0.0
    watts = None if then.growth is None else then.growth.watts
    return None if watts is None else to_kw(watts)


def _growth_view(growth: Growth) -> GrowthView:
    return GrowthView(
        begins_at=utc(growth.begin),
        ends_at=utc_or_none(growth.end),
        kwh_from=to_kwh(growth.mwh),
        kwh_to=to_kwh(growth.end_mwh),
        euros_from=to_euros(growth.micro_euros),
        euros_to=to_euros(growth.end_micro_euros),
    )


def totals_then_view(points: list[PointThenView]) -> TotalsThenView:
    """What all points came to."""
    counts = dict.fromkeys(CPState, 0)
    for point in points:
        if point.state is not None:
            counts[point.state] += 1
    sessions = [point.session for point in points if point.session is not None]
    return TotalsThenView(
        points=PointCounts(**{state.value: count for state, count in counts.items()}),
        unknown=len(points) - sum(counts.values()),
        free=sum(point.free for point in points),
        sessions=len(sessions),
        kw=round(sum(session.kw or 0.0 for session in sessions), 3),
    )


def replay_view(at: datetime, begins_at: datetime, then: list[PointThen], notices: list[Notice]) -> ReplayView:
    """The network at a moment."""
    points = [point_then_view(each, at) for each in then]
    return ReplayView(
        at=utc(at),
        ledger_begins_at=utc(begins_at),
        points=points,
        totals=totals_then_view(points),
        messages=[notice_view(notice) for notice in notices],
    )
