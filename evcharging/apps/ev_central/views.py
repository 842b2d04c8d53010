"""What HTTP and WebSocket show: messages and records in, plain JSON objects out, energy in kWh and money in euros."""

from datetime import datetime
from typing import Any

from evcharging.adapters.store import GroupTotal
from evcharging.common.messages_site import SiteShown
from evcharging.common.messages_view import NoticeShown, PointShown, ReadingShown
from evcharging.common.states import CPState
from evcharging.common.utils import iso
from evcharging.domain import charging_point
from evcharging.domain.charging_point import Notice
from evcharging.domain.meter import to_kwh
from evcharging.domain.session import Bill, Request, Session, how_it_ended
from evcharging.domain.tariff import to_euros
from evcharging.roles.live_view import LiveView

View = dict[str, Any]


def point_view(panel: LiveView, point: PointShown) -> View:
    """A charging point with its session and the newest reading of it."""
    return {
        "cp_id": point.cp_id,
        "station_id": point.station_id,
        "site_id": point.site_id,
        "location": point.location,
        "euros_per_kwh": point.euros_per_kwh,
        "kw_rate": point.kw_rate,
        "state": point.state.value,
        "since": iso(point.since),
        "reason": point.reason,
        "last_seen": _iso(point.last_seen),
        "stopped": point.stopped,
        "manual": point.manual,
        "plugged": point.plugged,
        "session": _session_of(point, panel.readings.get(point.cp_id)),
    }


def _session_of(point: PointShown, reading: ReadingShown | None) -> View | None:
    session = point.session
    if session is None:
        return None
    return {
        "session_id": session.session_id,
        "request_id": session.request_id,
        "driver_id": session.driver_id,
        "status": session.status,
        "requested_at": iso(session.requested_at),
        "started_at": _iso(session.started_at),
        "kw": reading.kw if reading else 0.0,
        "kwh": reading.kwh if reading else 0.0,
        "euros": reading.euros if reading else 0.0,
        "read_at": _iso(reading.heard_at) if reading else None,
    }


def site_view(site: SiteShown) -> View:
    """A site with what its points do."""
    return {
        "site_id": site.site_id,
        "points": {state.value: getattr(site, state.value.lower()) for state in CPState},
        "sessions": site.sessions,
        "kwh": to_kwh(site.energy_mwh),
        "euros": to_euros(site.micro_euros),
    }


def is_free(point: PointShown) -> bool:
    """Whether a driver may ask for it now."""
    return charging_point.is_free(point.state, busy=point.session is not None)


def ongoing_view(point: PointShown) -> View | None:
    """The open request at a point, if there is one."""
    session = point.session
    if session is None:
        return None
    return {
        "request_id": session.request_id,
        "requested_at": iso(session.requested_at),
        "started_at": _iso(session.started_at),
        "driver_id": session.driver_id,
        "cp_id": point.cp_id,
        "session_id": session.session_id,
        "status": session.status,
    }


def reading_view(reading: ReadingShown) -> View:
    """The newest reading of a running supply."""
    return {
        "cp_id": reading.cp_id,
        "kw": reading.kw,
        "euros": reading.euros,
        "driver_id": reading.driver_id,
        "session_id": reading.session_id,
        "ts": iso(reading.ts),
        "kwh": reading.kwh,
        "register_mwh": reading.register_mwh,
        "read_at": _iso(reading.heard_at),
    }


def notice_view(notice: NoticeShown | Notice) -> View:
    """A system message."""
    return {
        "notice_id": notice.notice_id,
        "ts": iso(notice.ts),
        "level": notice.level,
        "cp_id": notice.cp_id,
        "text": notice.text,
    }


def session_view(session: Session) -> View:
    """A session from the ledger."""
    return {
        "session_id": session.session_id,
        "request_id": session.request_id,
        "driver_id": session.driver_id,
        "cp_id": session.cp_id,
        "status": session.status.value,
        "euros_per_kwh": to_euros(session.micro_euros_per_kwh),
        "requested_at": iso(session.requested_at),
        "started_at": _iso(session.started_at),
        "ended_at": _iso(session.ended_at),
        "register_start_mwh": None if session.is_open else session.register_start_mwh,
        "register_stop_mwh": None if session.is_open else session.register_stop_mwh,
        "kwh": None if session.is_open else to_kwh(session.energy_mwh),
        "ended_by": None if session.is_open else how_it_ended(session),
        "settled": _settled(session),
    }


def _settled(session: Session) -> View | None:
    if session.settled_at is None:
        return None
    return {"at": iso(session.settled_at), "by": session.settled_by, "note": session.settled_note}


def ticket_view(bill: Bill) -> View:
    """A bill from the ledger."""
    return {
        "session_id": bill.session_id,
        "driver_id": bill.driver_id,
        "cp_id": bill.cp_id,
        "started_at": iso(bill.started_at),
        "ended_at": iso(bill.ended_at),
        "kwh": to_kwh(bill.energy_mwh),
        "euros_per_kwh": to_euros(bill.micro_euros_per_kwh),
        "euros": to_euros(bill.micro_euros),
        "ended_by": bill.ended_by,
    }


def request_view(request: Request) -> View:
    """A driver's request and what was decided."""
    return {
        "request_id": request.request_id,
        "driver_id": request.driver_id,
        "cp_id": request.cp_id,
        "kwh": None if request.limit_mwh is None else to_kwh(request.limit_mwh),
        "requested_at": iso(request.requested_at),
        "decision": "ACCEPTED" if request.accepted else "DENIED",
        "reason": request.reason,
        "session_id": request.session_id,
    }


def driver_view(requests: GroupTotal, bills: GroupTotal | None) -> View:
    """What a driver asked for and was billed, in all."""
    energy, money = bills.sums if bills else (0, 0)
    return {
        "driver_id": requests.value,
        "requests": requests.count,
        "tickets": bills.count if bills else 0,
        "kwh": to_kwh(energy),
        "euros": to_euros(money),
    }


def _iso(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None
