"""The receipts of sessions under /api/v1, for programs and for people. Knows no rule: a receipt says what was
billed."""

from datetime import UTC, tzinfo
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import HTMLResponse, Response

from evcharging.adapters.store.history import History
from evcharging.apps.ev_central.answers import REFUSALS, Responses, answers
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.receipt_page import receipt_page
from evcharging.apps.ev_central.refusals import OrderRefused, UnknownResource, UnknownSession
from evcharging.apps.ev_central.views_receipt import ReceiptView, receipt_view
from evcharging.apps.ev_central.web import Id, StrictRoute, TheQueries, json_response
from evcharging.common.zones import UnknownZone, zone_of
from evcharging.domain.books import Entry, EntryKind
from evcharging.domain.charging_point import Point
from evcharging.domain.payment import Payment
from evcharging.domain.receipt import why_no_receipt
from evcharging.domain.session import Bill, Session

TheId = Annotated[Id, Path()]
HTML, JSON = "text/html", "application/json"
PAGE: dict[str, Any] = {
    HTML: {
        "schema": {
            "type": "string",
            "description": "A page of its own, to be printed",
            "examples": ["<!doctype html><html><head></head><body><h1>Receipt</h1></body></html>"],
        }
    }
}

Found = tuple[Session | None, Bill, Point, Payment | None, list[Entry]]

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=StrictRoute)


def receipt_answers() -> Responses:
    """What a route answers that has the receipt in both forms."""
    said = answers(ReceiptView, REFUSALS)
    said[200] = {**said[200], "content": {**said[200]["content"], **PAGE}}
    return said


@api.get("/sessions/{session_id}/receipt", responses=receipt_answers(), summary="The receipt of one session")
async def get_receipt(http: Request, queries: TheQueries, session_id: TheId) -> Response:
    """What it cost by lines, with VAT and the readings that it follows from; with `Accept: text/html` as a page to be
    printed. One that goes on, or whose bill is held, has none yet."""
    return await receipt_of(http, queries, session_id)


async def receipt_of(http: Request, queries: Queries, session_id: str) -> Response:
    """The receipt of a session as a page or as JSON; raises UnknownSession, UnknownResource or OrderRefused."""
    found = await _found(queries, session_id)
    answer = _page(found) if wants_html(http.headers.get("accept", "")) else json_response(receipt_view(*found))
    answer.headers["Vary"] = "Accept"
    return answer


async def fee_receipt_of(http: Request, queries: Queries, reservation_id: str, cp_id: str) -> Response:
    """The receipt of the fee of a reservation at a point, likewise; raises UnknownResource where there is none."""

    def fetched(store: History) -> Found | None:
        bills, points = store.fetch(Bill, [reservation_id]), store.fetch(Point, [cp_id])
        point = next(iter(points), Point(cp_id=cp_id))
        return next(((None, bill, point, *_paid(store, bill)) for bill in bills if bill.is_fee), None)

    found = await queries.history(fetched)
    if found is None:
        raise UnknownResource(f"{reservation_id} has no receipt: it cost nothing")
    answer = _page(found) if wants_html(http.headers.get("accept", "")) else json_response(receipt_view(*found))
    answer.headers["Vary"] = "Accept"
    return answer


@api.get(
    "/sessions/{session_id}/receipt.html",
    responses={200: {"content": PAGE}, **REFUSALS},
    response_class=HTMLResponse,
    summary="The same as a page to be printed",
)
async def get_receipt_page(queries: TheQueries, session_id: TheId) -> Response:
    """Self-contained: it may be kept as a file."""
    return _page(await _found(queries, session_id))


def wants_html(accept: str) -> bool:
    """Whether a page is wanted rather than JSON, by an Accept header."""
    weights = dict(map(_weighed, accept.lower().split(",")))
    json = next((weights[kind] for kind in (JSON, "application/*", "*/*") if kind in weights), 0.0)
    return weights.get(HTML, 0.0) > json


def _weighed(part: str) -> tuple[str, float]:
    kind, *parameters = (each.strip() for each in part.split(";"))
    weight = next((each[2:] for each in parameters if each.startswith("q=")), "1")
    try:
        return kind, float(weight)
    except ValueError:
        return kind, 0.0


async def _found(queries: Queries, session_id: str) -> Found:
    found = await queries.history(lambda store: _fetched(store, session_id))
    if found is None:
        raise UnknownSession(f"{session_id} is not a known session")
    session, bill, point, payment, refunds = found
    if bill is None:
        refusal = why_no_receipt(session)
        if refusal is None:
            raise UnknownResource(f"{session_id} has no receipt: it never began, and nothing was billed")
        raise OrderRefused(refusal)
    return session, bill, point, payment, refunds


def _fetched(store: History, session_id: str) -> tuple[Session, Bill | None, Point, Payment | None, list[Entry]] | None:
    for session in store.fetch(Session, [session_id]):
        bill = next(iter(store.fetch(Bill, [session_id])), None)
        point = next(iter(store.fetch(Point, [session.cp_id])), Point(cp_id=session.cp_id))
        return session, bill, point, *(_paid(store, bill) if bill is not None else (None, []))
    return None


def _paid(store: History, bill: Bill) -> tuple[Payment | None, list[Entry]]:
    """How a bill was paid, and what was paid back."""
    payment = next(iter(store.fetch(Payment, [bill.session_id])), None)
    if payment is None or not payment.refunded_cents:
        return payment, []
    return payment, store.select(Entry, {"subject_id": [bill.session_id], "kind": [EntryKind.REFUND.value]})


def _page(found: Found) -> Response:
    zone, name = _zone_of(found[0])
    return HTMLResponse(receipt_page(receipt_view(*found), zone, name))


def _zone_of(session: Session | None) -> tuple[tzinfo, str]:
    """The zone whose clock the price follows; UTC where that is none that is known here."""
    name = session.tariff.zone if session is not None and session.tariff else "UTC"
    try:
        return zone_of(name), name
    except UnknownZone:
        return UTC, "UTC"
