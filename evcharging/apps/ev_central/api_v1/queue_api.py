"""Any point of a site, and the queue there, under /api/v1. Knows no rule: the role of the site decides."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.requests import HTTPConnection
from starlette.responses import Response

from evcharging.adapters.store.history import History, Search
from evcharging.apps.ev_central.answers import NOT_FOUND, REFUSALS, UNDECIDED, answer, answers
from evcharging.apps.ev_central.api_v1.own_api import Prefer, wait_of
from evcharging.apps.ev_central.bodies import ChargeAtSite
from evcharging.apps.ev_central.own import TheAsker, TheCards, TheDriver
from evcharging.apps.ev_central.site_charges import AskedAtSite, SiteCharges
from evcharging.apps.ev_central.views import View, utc_or_none
from evcharging.apps.ev_central.views_queue import (
    OwnSiteRequest,
    QueueEntryView,
    queue_entry_view,
    queue_views,
)
from evcharging.apps.ev_central.web import (
    Id,
    SiteId,
    StrictRoute,
    TheCaller,
    TheCommands,
    TheQueries,
    commands_of,
    json_response,
    queries_of,
)
from evcharging.common.messages_queue import QueueStatus
from evcharging.domain.queue import MOST_WAITING, OPEN_VALUES, QueueEntry

RequestId = Annotated[Id, Path(examples=["req-abc123"])]
ASKED = {
    201: answer(OwnSiteRequest, description="A point has accepted it, and its session is there"),
    202: answer(OwnSiteRequest, description="It waits, or is not decided yet"),
    **REFUSALS,
}

api = APIRouter(prefix="/api/v1", tags=["queue"], route_class=StrictRoute)


async def _site_charges(connection: HTTPConnection) -> SiteCharges:
    return SiteCharges(await commands_of(connection), await queries_of(connection))


TheSiteCharges = Annotated[SiteCharges, Depends(_site_charges)]


class Queue(View, frozen=True, kw_only=True):
    """Requests at a site that have not come to their end, in the order in which they are served."""

    items: list[QueueEntryView]


@api.post("/sites/{site_id}/sessions", responses=ASKED, status_code=202, summary="Ask for any point of a site")
async def ask_at_site(
    charges: TheSiteCharges,
    cards: TheCards,
    driver: TheAsker,
    site_id: SiteId,
    wanted: ChargeAtSite,
    prefer: Prefer = None,
) -> Response:
    """The best free point serves it: the one of most power, then the least used, then the cheapest. Where none is free
    it waits, first come, first served; the driver is told the place over the stream, and is offered the point that
    becomes free. Without `Prefer: wait` it answers at once."""
    wait = wait_of(prefer)
    method = await cards.method(driver.actor.id, wanted.card_id)
    asked = await charges.ask(driver, site_id, wanted, wait, method)
    answer = json_response(_own(site_id, asked), 202 if asked.session_id is None else 201)
    if asked.session_id is not None:
        answer.headers["Location"] = f"/api/v1/me/sessions/{asked.session_id}"
    if wait:
        answer.headers["Preference-Applied"] = f"wait={wait}"
    return answer


def _own(site_id: str, asked: AskedAtSite) -> OwnSiteRequest:
    update = asked.update
    is_queued = update is not None and update.status is QueueStatus.QUEUED
    status = update.status if update is not None else None
    return OwnSiteRequest(
        request_id=asked.request_id,
        site_id=site_id,
        status=QueueStatus.SERVED if asked.session_id is not None else status,
        place=update.place or None if update is not None and is_queued else None,
        waiting=update.waiting or None if update is not None and is_queued else None,
        expected_at=utc_or_none(update.expected_at) if update is not None else None,
        cp_id=update.cp_id if update is not None else asked.cp_id,
        until=utc_or_none(update.until) if update is not None else None,
        session_id=asked.session_id,
        quote=asked.quote,
    )


@api.get("/sites/{site_id}/queue", responses=answers(Queue, {**NOT_FOUND, **UNDECIDED}), summary="Who waits at a site")
async def get_queue(queries: TheQueries, site_id: SiteId) -> Response:
    """In the order in which they are served; those that a point is kept for, or asked for, among them."""
    queries.site(site_id)
    where = {"site_id": [site_id], "status": OPEN_VALUES}
    entries = await queries.history(lambda store: _entries(store, where))
    return json_response(Queue(items=queue_views(entries)))


@api.delete("/sites/{site_id}/queue/{request_id}", responses=answers(Queue, REFUSALS), summary="Take one out")
async def remove_from_queue(
    commands: TheCommands, queries: TheQueries, caller: TheCaller, site_id: SiteId, request_id: RequestId
) -> Response:
    """Whoever waits hears that an operator did it; a point that was kept goes to the next. 409 where its charge begins,
    or it waits no more. The answer is who waits then."""
    await commands.remove_from_queue(site_id, request_id, caller)
    return await get_queue(queries, site_id)


@api.get("/me/queue", responses=answers(Queue, UNDECIDED), summary="The driver's requests that wait at sites")
async def get_own_queue(queries: TheQueries, driver: TheDriver) -> Response:
    """Those that have not come to their end."""
    where = {"driver_id": [driver.id], "status": OPEN_VALUES}
    entries = await queries.history(lambda store: _entries(store, where))
    return json_response(Queue(items=queue_views(entries)))


@api.get("/me/queue/{request_id}", responses=answers(QueueEntryView, {**NOT_FOUND, **UNDECIDED}), summary="One of them")
async def get_own_entry(charges: TheSiteCharges, driver: TheDriver, request_id: RequestId) -> Response:
    """How it stands, or how it ended."""
    return json_response(queue_entry_view(await charges.entry(driver, request_id)))


@api.post("/me/queue/{request_id}/take", responses=answers(QueueEntryView, REFUSALS), summary="Take what is offered")
async def take_offer(charges: TheSiteCharges, driver: TheAsker, request_id: RequestId) -> Response:
    """The point that is kept begins; what becomes of it is told over the stream."""
    return json_response(queue_entry_view(await charges.take(driver, request_id)))


@api.delete("/me/queue/{request_id}", responses=answers(QueueEntryView, REFUSALS), summary="Leave the queue")
async def leave_queue(charges: TheSiteCharges, driver: TheAsker, request_id: RequestId) -> Response:
    """Also where a point is offered: it goes to the next."""
    return json_response(queue_entry_view(await charges.leave(driver, request_id)))


def _entries(store: History, where: Mapping[str, Sequence[str]]) -> list[QueueEntry]:
    found = store.search(QueueEntry, Search(limit=MOST_WAITING, where=where))
    return [entry for _, entry in found.records]
