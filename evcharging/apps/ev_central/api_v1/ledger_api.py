"""What happened, under /api/v1: sessions, requests, tickets, drivers and notices. Knows no rule."""

from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from evcharging.apps.ev_central.answers import NOT_FOUND, UNDECIDED, answers
from evcharging.apps.ev_central.api_v1.paging import After, Limit, TimePage, page
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.refusals import UnknownResource
from evcharging.apps.ev_central.views import Next, View
from evcharging.apps.ev_central.views_ledger import (
    DriverView,
    MeterValueView,
    NoticeView,
    RequestView,
    SessionView,
    TicketView,
    driver_view,
    meter_values,
    notice_view,
    request_view,
    session_view,
    ticket_view,
)
from evcharging.apps.ev_central.views_payments import SessionDetails, session_details
from evcharging.apps.ev_central.web import Filter, Id, PastRoute, TheQueries, json_response
from evcharging.common.utils import shown
from evcharging.domain.notice import Notice
from evcharging.domain.record import Record
from evcharging.domain.session import Bill, Request, Session, SessionStatus

ThePage = Annotated[TimePage, Depends(TimePage)]
TheId = Annotated[Id, Path()]
R = TypeVar("R", bound=Record)

Found = {**NOT_FOUND, **UNDECIDED}

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=PastRoute)


class SessionPage(View, frozen=True, kw_only=True):
    """Some sessions, and where the next ones begin."""

    items: list[SessionView]
    next: Next | None


class MeterValues(View, frozen=True, kw_only=True):
    """All that the ledger keeps of a session's meter, in order."""

    session_id: Annotated[str, shown("session-3-1-18")]
    items: list[MeterValueView]


class RequestPage(View, frozen=True, kw_only=True):
    """Some requests, and where the next ones begin."""

    items: list[RequestView]
    next: Next | None


class TicketPage(View, frozen=True, kw_only=True):
    """Some tickets, and where the next ones begin."""

    items: list[TicketView]
    next: Next | None


class NoticePage(View, frozen=True, kw_only=True):
    """Some notices, and where the next ones begin."""

    items: list[NoticeView]
    next: Next | None


class DriverPage(View, frozen=True, kw_only=True):
    """Some drivers, and where the next ones begin."""

    items: list[DriverView]
    next: Next | None


@api.get("/sessions", responses=answers(SessionPage, UNDECIDED), summary="Sessions, by when they were asked for")
async def list_sessions(
    queries: TheQueries,
    page: ThePage,
    cp_id: Filter = None,
    driver_id: Filter = None,
    status: SessionStatus | None = None,
) -> Response:
    """Every session that was ever authorised."""
    return await page.of(queries, Session, session_view, cp_id=cp_id, driver_id=driver_id, status=status)


@api.get("/requests", responses=answers(RequestPage, UNDECIDED), summary="Requests, by when they were made")
async def list_requests(queries: TheQueries, page: ThePage, cp_id: Filter = None, driver_id: Filter = None) -> Response:
    """Accepted and denied ones alike."""
    return await page.of(queries, Request, request_view, cp_id=cp_id, driver_id=driver_id)


@api.get("/tickets", responses=answers(TicketPage, UNDECIDED), summary="Tickets, by when their sessions ended")
async def list_tickets(queries: TheQueries, page: ThePage, cp_id: Filter = None, driver_id: Filter = None) -> Response:
    """What each session cost."""
    return await page.of(queries, Bill, ticket_view, cp_id=cp_id, driver_id=driver_id)


@api.get("/notices", responses=answers(NoticePage, UNDECIDED), summary="Notices, by when they were said")
async def list_notices(queries: TheQueries, page: ThePage, cp_id: Filter = None) -> Response:
    """What operators were told."""
    return await page.of(queries, Notice, notice_view, cp_id=cp_id)


@api.get("/drivers", responses=answers(DriverPage, UNDECIDED), summary="Drivers, by their ID")
async def list_drivers(queries: TheQueries, limit: Limit = 50, after: After = None) -> Response:
    """Everybody who ever asked, with what it came to."""
    views = [driver_view(*each) for each in await queries.drivers(after or "", limit + 1)]
    return page(views[:limit], views[limit - 1].driver_id if len(views) > limit else None)


@api.get("/sessions/{session_id}", responses=answers(SessionDetails, Found), summary="One session")
async def get_session(queries: TheQueries, session_id: TheId) -> Response:
    """The session as it stands in the ledger, and how it is paid."""
    session = await queries.session(session_id)
    return json_response(session_details(session, await queries.payment(session_id)))


@api.get(
    "/sessions/{session_id}/meter-values",
    responses=answers(MeterValues, Found),
    summary="What the meter said in a session",
)
async def get_meter_values(queries: TheQueries, session_id: TheId) -> Response:
    """Where the session began, one reading each quarter of an hour, and where it ended, as far as it has."""
    session = await queries.session(session_id)
    values = await queries.history(lambda store: store.meter_values([session_id]))
    return json_response(MeterValues(session_id=session_id, items=meter_values(session, values)))


@api.get("/requests/{request_id}", responses=answers(RequestView, Found), summary="One request")
async def get_request(queries: TheQueries, request_id: TheId) -> Response:
    """The request, and what was decided."""
    return json_response(request_view(await _one(queries, Request, request_id, "request")))


@api.get("/tickets/{session_id}", responses=answers(TicketView, Found), summary="The ticket of one session")
async def get_ticket(queries: TheQueries, session_id: TheId) -> Response:
    """What the session cost."""
    return json_response(ticket_view(await _one(queries, Bill, session_id, "session with a ticket")))


@api.get("/notices/{notice_id}", responses=answers(NoticeView, Found), summary="One notice")
async def get_notice(queries: TheQueries, notice_id: TheId) -> Response:
    """What operators were told."""
    return json_response(notice_view(await _one(queries, Notice, notice_id, "notice")))


@api.get("/drivers/{driver_id}", responses=answers(DriverView, Found), summary="One driver")
async def get_driver(queries: TheQueries, driver_id: TheId) -> Response:
    """What the driver asked for and was billed, in all."""
    for each in await queries.drivers("", 1, driver_id):
        return json_response(driver_view(*each))
    raise UnknownResource(f"{driver_id} is not a known driver")


async def _one(queries: Queries, kind: type[R], key: str, name: str) -> R:
    for record in await queries.history(lambda store: store.fetch(kind, [key])):
        return record
    raise UnknownResource(f"{key} is not a known {name}")
