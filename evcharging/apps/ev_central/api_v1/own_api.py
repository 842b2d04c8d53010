"""What is a driver's own, under /api/v1/me: charges, sessions, receipts, and points to ask for. To a driver what is of
others is not there. Knows no rule."""

import asyncio
import re
from typing import Annotated

from fastapi import APIRouter, Header, Path
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from evcharging.apps.ev_central.access.contract import OWN_KEY
from evcharging.apps.ev_central.access.serving import secret
from evcharging.apps.ev_central.answers import NOT_FOUND, REFUSALS, UNDECIDED, answer, answers
from evcharging.apps.ev_central.api_v1.identities_api import KeyText, OpenDesk, Version
from evcharging.apps.ev_central.api_v1.ledger_api import RequestPage, SessionPage, ThePage, TicketPage
from evcharging.apps.ev_central.api_v1.now_api import ById, Free
from evcharging.apps.ev_central.api_v1.paging import After, Limit, Text, cut, page
from evcharging.apps.ev_central.api_v1.receipts_api import receipt_answers, receipt_of
from evcharging.apps.ev_central.bodies import Charge
from evcharging.apps.ev_central.charges import Wish
from evcharging.apps.ev_central.own import TheAsker, TheCards, TheCharges, TheDriver
from evcharging.apps.ev_central.refusals import Forbidden, UnknownResource
from evcharging.apps.ev_central.views import DriverId, Next, View
from evcharging.apps.ev_central.views_ledger import (
    Problem,
    RequestView,
    SessionView,
    request_view,
    session_view,
    ticket_view,
)
from evcharging.apps.ev_central.views_own import OfferedPoint, OwnRequest, offered_point
from evcharging.apps.ev_central.views_payments import SessionDetails, session_details
from evcharging.apps.ev_central.web import Filter, Id, StrictRoute, TheQueries, json_response
from evcharging.common.messages_view import PointShown
from evcharging.common.utils import shown
from evcharging.domain.charging_point import is_free
from evcharging.domain.session import Bill, Request, Session

LONGEST_WAIT = 30
"""Seconds that an answer is waited for at most."""

WAIT = re.compile(r'(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:$|[,;])', re.IGNORECASE)

TheId = Annotated[Id, Path()]
Prefer = Annotated[
    str | None,
    Header(description=f"`wait=5` waits for the answer for 5 s (RFC 7240), {LONGEST_WAIT} s at most"),
]
ASKED = {
    201: answer(OwnRequest, description="It is accepted, and its session is there"),
    202: answer(OwnRequest, description="It is not decided yet"),
    **REFUSALS,
}
KNOWN = {**NOT_FOUND, **UNDECIDED}

api = APIRouter(prefix="/api/v1/me", tags=["drivers"], route_class=StrictRoute)


class OfferedPage(View, frozen=True, kw_only=True):
    """Some points, and where the next ones begin."""

    items: list[OfferedPoint]
    next: Next | None


@api.get("/points", responses=answers(OfferedPage), summary="Points that the driver may ask for")
async def list_own_points(
    queries: TheQueries,
    driver: TheDriver,
    limit: Limit = 50,
    after: After = None,
    q: Text = None,
    site_id: Filter = None,
    free: Free = None,
    sort: ById = "cp_id",
) -> Response:
    """All points, or those that are wanted, without who charges there."""

    def is_wanted(point: PointShown) -> bool:
        return (
            (site_id is None or point.site_id == site_id)
            and (free is None or is_free(point) is free)
            and (not q or any(q.lower() in text.lower() for text in (point.cp_id, point.location)))
        )

    wanted = [point for point in queries.panel.points.values() if is_wanted(point)]
    found = cut(wanted, limit, lambda point: point.cp_id, after, falling=sort == "-cp_id")
    items = [offered_point(point) for point in found[:limit]]
    return page(items, items[-1].cp_id if len(found) > limit else None)


class DriverKeyView(View, frozen=True, kw_only=True):
    """The key that proves what a driver says on the bus, which is shown to nobody else."""

    kind: Annotated[str, shown("driver")]
    id: DriverId
    version: Version
    key: KeyText


@api.post("/key", responses=answers(DriverKeyView, {409: answer(Problem), **UNDECIDED}), summary="The driver's own key")
async def get_own_key(desk: OpenDesk, driver: TheDriver) -> Response:
    """The same each time; one is made where there is none that counts. It is given to who has signed in, and not to who
    asks by the key itself: a token that is overheard must not be worth more than itself."""
    if driver.via == OWN_KEY:
        raise Forbidden("The key is given to who has signed in: POST /api/v1/auth/login first")
    given = await asyncio.to_thread(desk.of_driver, driver.id, driver)
    identity = given.identity
    return secret(DriverKeyView(kind=identity.kind, id=identity.id, version=identity.version, key=given.key.hex()))


@api.post("/sessions", responses=ASKED, status_code=202, summary="Ask for a charge")
async def ask_for_charge(
    charges: TheCharges, cards: TheCards, driver: TheAsker, wanted: Charge, prefer: Prefer = None
) -> Response:
    """For so much energy or time at most, or for what the point gives. Without `Prefer: wait` it answers at once, and
    what the point decides is told over the stream, and at `/me/requests/{request_id}`; one that is denied is 409. Where
    payments are on, a card of the driver's pays: 409 where there is none."""
    wait = wait_of(prefer)
    method = await cards.method(driver.actor.id, wanted.card_id)
    wish = Wish(cp_id=wanted.cp_id, kwh=wanted.kwh, minutes=wanted.minutes, method=method)
    asked = await charges.ask(driver, wish, wait)
    view = OwnRequest(request_id=asked.request_id, session_id=asked.session_id, quote=asked.quote)
    answer = json_response(view, 202 if asked.session_id is None else 201)
    if asked.session_id is not None:
        answer.headers["Location"] = f"/api/v1/me/sessions/{asked.session_id}"
    if wait:
        answer.headers["Preference-Applied"] = f"wait={wait}"
    return answer


def wait_of(prefer: str | None) -> int:
    """For how many seconds an answer is to be waited for, by a Prefer header."""
    found = WAIT.search(prefer or "")
    return min(int(found[1]), LONGEST_WAIT) if found else 0


@api.get("/sessions", responses=answers(SessionPage, UNDECIDED), summary="The driver's sessions")
async def list_own_sessions(queries: TheQueries, driver: TheDriver, page: ThePage) -> Response:
    """By when they were asked for."""
    return await page.of(queries, Session, session_view, driver_id=driver.id)


@api.get("/tickets", responses=answers(TicketPage, UNDECIDED), summary="What the driver was billed")
async def list_own_tickets(queries: TheQueries, driver: TheDriver, page: ThePage) -> Response:
    """Sessions and fees of reservations, by when they ended."""
    return await page.of(queries, Bill, ticket_view, driver_id=driver.id)


@api.get("/requests", responses=answers(RequestPage, UNDECIDED), summary="What the driver asked for")
async def list_own_requests(queries: TheQueries, driver: TheDriver, page: ThePage) -> Response:
    """Accepted and denied requests alike, by when they were made."""
    return await page.of(queries, Request, request_view, driver_id=driver.id)


@api.get("/requests/{request_id}", responses=answers(RequestView, KNOWN), summary="One of the driver's requests")
async def get_own_request(queries: TheQueries, driver: TheDriver, request_id: TheId) -> Response:
    """What was decided; unknown as long as nothing was."""
    for request in await queries.history(lambda store: store.fetch(Request, [request_id])):
        if request.driver_id == driver.id:
            return json_response(request_view(request))
    raise UnknownResource(f"{request_id} is not a known request")


@api.get("/sessions/{session_id}", responses=answers(SessionDetails, KNOWN), summary="One of the driver's sessions")
async def get_own_session(queries: TheQueries, charges: TheCharges, driver: TheDriver, session_id: TheId) -> Response:
    """The session as it stands in the ledger, and how it is paid."""
    session = await charges.session(driver, session_id)
    return json_response(session_details(session, await queries.payment(session_id)))


@api.get("/sessions/{session_id}/receipt", responses=receipt_answers(), summary="The receipt of a session")
async def get_own_receipt(
    http: HttpRequest, queries: TheQueries, charges: TheCharges, driver: TheDriver, session_id: TheId
) -> Response:
    """What it cost by lines, with VAT and the readings that it follows from; with `Accept: text/html` as a page to be
    printed. One that goes on, or whose bill is held, has none yet."""
    await charges.session(driver, session_id)
    return await receipt_of(http, queries, session_id)


@api.post("/sessions/{session_id}/stop", responses=answers(SessionView, REFUSALS), summary="End it")
async def stop_own_session(charges: TheCharges, driver: TheAsker, session_id: TheId) -> Response:
    """The session ends with the point's last reading, and its ticket follows; one that has not begun never begins. Who
    asks again is told that it is done. The vehicle stays plugged in."""
    return json_response(session_view(await charges.end(driver, session_id)))
