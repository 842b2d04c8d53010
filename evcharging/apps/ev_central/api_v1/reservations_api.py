"""Reservations, under /api/v1: drivers book for themselves, operators for anybody. Knows no rule: the shard of the
point and the role of the site decide."""

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from evcharging.adapters.store.history import Search
from evcharging.apps.ev_central.answers import NOT_FOUND, REFUSALS, UNDECIDED, answer, answers
from evcharging.apps.ev_central.api_v1.ledger_api import ThePage
from evcharging.apps.ev_central.api_v1.paging import From, To
from evcharging.apps.ev_central.api_v1.receipts_api import fee_receipt_of, receipt_answers
from evcharging.apps.ev_central.bodies import ReservationBody
from evcharging.apps.ev_central.bookings import Booking, Bookings
from evcharging.apps.ev_central.own import TheCards
from evcharging.apps.ev_central.refusals import Forbidden
from evcharging.apps.ev_central.views_reservations import (
    Calendar,
    ReservationPage,
    ReservationView,
    reservation_view,
    taken_time,
)
from evcharging.apps.ev_central.web import (
    Filter,
    Id,
    StrictRoute,
    TheCaller,
    TheQueries,
    commands_of,
    json_response,
    queries_of,
    unfit,
)
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.common.messages_reservations import ReservationStatus
from evcharging.common.moments import MICROSECOND, from_microseconds, to_microseconds
from evcharging.domain.reservation import ACTIVE_VALUES, TERMS, Reservation, why_no_time

TheId = Annotated[Id, Path(examples=["key-b1946ac9"])]
CpId = Annotated[Id, Path(examples=["CP-001"])]
Status = Annotated[ReservationStatus | None, Query(description="Only those that stand so")]
BOOKED = {201: answer(ReservationView, description="It is booked"), **REFUSALS}
MOST_TAKEN = 1_000
NOT_REFUSED = [status.value for status in ReservationStatus if status is not ReservationStatus.REFUSED]

api = APIRouter(prefix="/api/v1", tags=["reservations"], route_class=StrictRoute)


async def _bookings(connection: HTTPConnection) -> Bookings:
    return Bookings(await commands_of(connection), await queries_of(connection))


TheBookings = Annotated[Bookings, Depends(_bookings)]


@api.post("/reservations", responses=BOOKED, status_code=201, summary="Book a point, or any point of a site")
async def book(
    bookings: TheBookings, queries: TheQueries, cards: TheCards, caller: TheCaller, wanted: ReservationBody
) -> Response:
    """From a moment until before another, 15 minutes to 4 hours, within 7 days. 409 where the time is not free. A
    driver books for that driver alone, and may leave out `driver_id`. Where payments are on, the driver's card pays."""
    reason = why_no_time(wanted.begins_at, wanted.ends_at, queries.now())
    if reason is not None:
        raise unfit("body", "from", reason)
    driver_id = _whose(caller.actor, wanted.driver_id)
    booking = Booking(
        driver_id=driver_id,
        begins_at=wanted.begins_at,
        ends_at=wanted.ends_at,
        cp_id=wanted.cp_id,
        site_id=wanted.site_id,
        method=await cards.method(driver_id, wanted.card_id),
    )
    booked = await bookings.book(caller, booking)
    response = json_response(reservation_view(booked), 201)
    response.headers["Location"] = f"/api/v1/reservations/{booked.reservation_id}"
    return response


def _whose(actor: Actor, driver_id: str | None) -> str:
    """For whom somebody books; raises Forbidden for a driver who books for another one."""
    if actor.kind is not ActorKind.DRIVER:
        if driver_id is None:
            raise unfit("body", "driver_id", "say for which driver")
        return driver_id
    if driver_id not in (None, actor.id):
        raise Forbidden(f"{actor.id} books for {actor.id} alone, and not for {driver_id}")
    return actor.id


@api.get("/reservations", responses=answers(ReservationPage, UNDECIDED), summary="Reservations, by when they begin")
async def list_reservations(
    queries: TheQueries,
    caller: TheCaller,
    page: ThePage,
    cp_id: Filter = None,
    site_id: Filter = None,
    driver_id: Filter = None,
    status: Status = None,
) -> Response:
    """A driver sees that driver's own. Those that were refused are shown to who asks for that status."""
    own = caller.actor.id if caller.actor.kind is ActorKind.DRIVER else None
    if own is not None and driver_id not in (None, own):
        raise Forbidden(f"{own} sees the reservations of {own} alone, and not those of {driver_id}")
    return await page.of(
        queries,
        Reservation,
        reservation_view,
        cp_id=cp_id,
        site_id=site_id,
        driver_id=own or driver_id,
        status=status.value if status is not None else NOT_REFUSED,
    )


@api.get(
    "/reservations/{reservation_id}",
    responses=answers(ReservationView, {**NOT_FOUND, **UNDECIDED}),
    summary="One reservation",
)
async def get_reservation(bookings: TheBookings, caller: TheCaller, reservation_id: TheId) -> Response:
    """How it stands, or what came of it."""
    return json_response(reservation_view(await bookings.reservation(caller, reservation_id)))


@api.delete("/reservations/{reservation_id}", responses=answers(ReservationView, REFUSALS), summary="Cancel it")
async def cancel(bookings: TheBookings, caller: TheCaller, reservation_id: TheId) -> Response:
    """Free for its driver until 30 minutes before it begins, and at the fee of its tariff afterwards; free where an
    operator cancels. One that has come to its end stays as it is."""
    return json_response(reservation_view(await bookings.cancel(caller, reservation_id)))


@api.get("/reservations/{reservation_id}/receipt", responses=receipt_answers(), summary="The receipt of its fee")
async def get_fee_receipt(
    http: Request, bookings: TheBookings, queries: TheQueries, caller: TheCaller, reservation_id: TheId
) -> Response:
    """As a page to be printed with `Accept: text/html`. One that cost nothing has none."""
    known = await bookings.reservation(caller, reservation_id)
    return await fee_receipt_of(http, queries, known.reservation_id, known.cp_id)


@api.get(
    "/points/{cp_id}/calendar",
    responses=answers(Calendar, {**NOT_FOUND, **UNDECIDED}),
    summary="The times that are reserved at a point",
)
async def get_calendar(
    queries: TheQueries, caller: TheCaller, cp_id: CpId, since: From = None, to: To = None
) -> Response:
    """From now on, for 7 days, unless other moments are given. A driver sees whose it is of that driver's own."""
    queries.point(cp_id)
    begin = since or queries.now()
    end = to or _moved(begin, TERMS.ahead)
    search = Search(
        limit=MOST_TAKEN,
        where={"cp_id": [cp_id], "status": ACTIVE_VALUES},
        since=_moved(begin, -TERMS.longest),
        until=end,
        oldest_first=True,
    )
    found = (await queries.history(lambda store: store.search(Reservation, search))).records
    own = caller.actor.id if caller.actor.kind is ActorKind.DRIVER else None
    taken = [taken_time(each, own) for _, each in found if each.ends_at > begin]
    return json_response(Calendar(cp_id=cp_id, items=taken))


def _moved(moment: datetime, by: timedelta) -> datetime:
    """A moment so much later, or earlier, or the first or last one that there is."""
    return from_microseconds(to_microseconds(moment) + by // MICROSECOND)
