"""The ledger over HTTP: sessions, tickets, requests, drivers and system messages, page by page, and the settlement of
held bills. Knows no rule: the shard decides."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Path, Query
from fastapi import Request as HttpRequest
from starlette.responses import Response

from evcharging.apps.ev_central.answers import REFUSALS, UNDECIDED, answers
from evcharging.apps.ev_central.bodies import Resolution
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.views import View
from evcharging.apps.ev_central.views_ledger import (
    DriverView,
    NoticeView,
    RequestView,
    SessionView,
    TicketView,
    driver_view,
    notice_view,
    request_view,
    session_view,
    ticket_view,
)
from evcharging.apps.ev_central.web import (
    LARGEST_PAGE,
    Filter,
    Id,
    PastRoute,
    TheCaller,
    TheCommands,
    TheQueries,
    json_response,
    link_next,
)
from evcharging.domain.meter import to_mwh
from evcharging.domain.notice import Notice
from evcharging.domain.record import Record
from evcharging.domain.session import Bill, Request, Session, SessionStatus

R = TypeVar("R", bound=Record)

Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many, at most")]
After = Annotated[int | None, Query(ge=1, le=2**62, description="Go on after this place, as the `Link` header says")]


Status = Annotated[
    SessionStatus | None, Query(description="Only sessions with this status; SUSPECT: their bill is held")
]

api = APIRouter(tags=["ledger"], responses=UNDECIDED, route_class=PastRoute)


class Page:
    """Which part of a history is asked for, newest first: with more behind it, the answer has a
    `Link: <...>; rel="next"` header."""

    def __init__(self, http: HttpRequest, queries: Queries, limit: int, after: int | None) -> None:
        self.http = http
        self.queries = queries
        self.limit = limit
        self.after = after

    async def of(self, kind: type[R], show: Callable[[R], View], **where: str | None) -> Response:
        """The page, with the records that have these values."""
        chosen = {name: [value] for name, value in where.items() if value is not None}
        found = await self.queries.history(
            lambda store: store.page(kind, limit=self.limit + 1, before=self.after, where=chosen)
        )
        shown = found[: self.limit]
        answer = json_response([show(record) for _, record in shown])
        if len(found) > self.limit:
            link_next(self.http, answer, shown[-1][0])
        return answer


async def page_of(http: HttpRequest, queries: TheQueries, limit: Limit = 50, after: After = None) -> Page:
    """The page that a request asks for."""
    return Page(http, queries, limit, after)


ThePage = Annotated[Page, Depends(page_of)]


@api.get("/sessions", responses=answers(list[SessionView]), summary="Sessions")
async def sessions(
    page: ThePage, cp_id: Filter = None, driver_id: Filter = None, session_id: Filter = None, status: Status = None
) -> Response:
    """Every session that was ever authorised."""
    return await page.of(Session, session_view, cp_id=cp_id, driver_id=driver_id, session_id=session_id, status=status)


@api.post("/sessions/{session_id}/settle", responses=answers(SessionView, REFUSALS), summary="Settle a suspect session")
async def settle(
    commands: TheCommands, caller: TheCaller, session_id: Annotated[Id, Path()], settlement: Resolution
) -> Response:
    """Its held bill becomes one, and its driver's ticket follows. Idempotent: the same again changes nothing."""
    energy = None if settlement.kwh is None else to_mwh(settlement.kwh)
    session = await commands.settle(session_id, energy, settlement.note, settlement.by, caller)
    return json_response(session_view(session))


@api.get("/tickets", responses=answers(list[TicketView]), summary="Tickets: what each session cost")
async def tickets(page: ThePage, cp_id: Filter = None, driver_id: Filter = None, session_id: Filter = None) -> Response:
    """One for each session that ended after it had started."""
    return await page.of(Bill, ticket_view, cp_id=cp_id, driver_id=driver_id, session_id=session_id)


@api.get("/requests", responses=answers(list[RequestView]), summary="Drivers' requests and what was decided")
async def requests(page: ThePage, cp_id: Filter = None, driver_id: Filter = None) -> Response:
    """Accepted and denied ones alike."""
    return await page.of(Request, request_view, cp_id=cp_id, driver_id=driver_id)


@api.get("/messages", responses=answers(list[NoticeView]), summary="System messages")
async def messages(page: ThePage, cp_id: Filter = None) -> Response:
    """What operators were told."""
    return await page.of(Notice, notice_view, cp_id=cp_id)


@api.get("/drivers", responses=answers(list[DriverView]), summary="Drivers, by their ID")
async def drivers(http: HttpRequest, queries: TheQueries, limit: Limit = 50, after: Filter = None) -> Response:
    """Everybody who ever asked, with what it came to."""
    views = [driver_view(*each) for each in await queries.drivers(after or "", limit + 1)]
    answer = json_response(views[:limit])
    if len(views) > limit:
        link_next(http, answer, views[limit - 1].driver_id)
    return answer
