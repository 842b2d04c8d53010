"""Published tariffs under /api/v1: the next version of one, all of them, and the import of OCPI. Knows no rule: the
shard of a tariff decides what is published."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from evcharging.adapters.store.history import History
from evcharging.apps.ev_central.answers import REFUSALS, UNDECIDED, answers
from evcharging.apps.ev_central.api_v1.ledger_api import Found
from evcharging.apps.ev_central.api_v1.paging import After, Limit, QueryMoment, page
from evcharging.apps.ev_central.catalogue import count_of, counts, in_force_now, some_of
from evcharging.apps.ev_central.commands import Caller, Commands
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.refusals import UnknownResource
from evcharging.apps.ev_central.views_tariffs import (
    PublicationBody,
    TariffPage,
    TariffVersions,
    TariffVersionView,
    TariffView,
    tariff_view,
    version_view,
    versions_view,
)
from evcharging.apps.ev_central.web import (
    Id,
    StrictRoute,
    TheCaller,
    TheCommands,
    TheQueries,
    body_as,
    described,
    json_response,
    text_of,
    unfit,
)
from evcharging.common.messages_tariff import TARIFF_PATTERN, Tariff, as_tariff
from evcharging.domain.catalogue import MOST_VERSIONS
from evcharging.domain.tariff import why_no_tariff
from evcharging.protocols.ocpi_tariff import BadOcpiTariff, read_ocpi

TariffId = Annotated[Id, Path(examples=["night"])]
Number = Annotated[int, Path(ge=1, le=MOST_VERSIONS)]
Before = Annotated[
    int | None, Query(ge=1, le=MOST_VERSIONS + 1, description="Go on here: the `next` of the page before")
]
From = Annotated[
    QueryMoment | None, Query(alias="from", description="From when on it counts, ISO 8601; from now on, if left out")
]
Zone = Annotated[
    str, Query(min_length=1, max_length=64, description="IANA time zone of the place", examples=["Europe/Madrid"])
]
OwnId = Annotated[
    str | None,
    Query(
        max_length=53,
        pattern=TARIFF_PATTERN.removesuffix(r"(?!\n)"),
        description="The ID of the tariff; the one that OCPI gives it, if left out",
    ),
]
OCPI_EXAMPLE = {
    "id": "16",
    "currency": "EUR",
    "elements": [{"price_components": [{"type": "ENERGY", "price": 0.25, "vat": 21.0, "step_size": 1}]}],
}
OCPI: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A Tariff object of OCPI 2.2.1. What cannot be taken over is a 422, in one sentence",
        "content": {"application/json": {"schema": {"type": "object", "examples": [OCPI_EXAMPLE]}}},
    }
}

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=StrictRoute)

Publication = Annotated[PublicationBody, Depends(body_as(PublicationBody))]


async def _ocpi_text(request: Request) -> bytes:
    return await text_of(request, "OCPI tariff")


@api.get("/tariffs", responses=answers(TariffPage, UNDECIDED), summary="Published tariffs, by their ID")
async def list_tariffs(queries: TheQueries, limit: Limit = 50, after: After = None) -> Response:
    """Each with its newest version, and the one that is in force now."""
    now = queries.now()
    found = await queries.history(lambda store: _tariffs(store, after or "", limit + 1, now))
    return page(found[:limit], found[limit - 1].tariff_id if len(found) > limit else None)


@api.post(
    "/tariffs",
    responses=answers(TariffVersionView, REFUSALS),
    summary="Publish the next version of a tariff",
    openapi_extra=described(PublicationBody),
)
async def publish_tariff(
    commands: TheCommands, queries: TheQueries, caller: TheCaller, publication: Publication
) -> Response:
    """It never changes. Points and sites that name the tariff charge by it from that moment on; a session that goes on
    keeps the version that it began with."""
    tariff = as_tariff(publication.tariff)
    return await _published(commands, queries, caller, publication.tariff_id, tariff, publication.from_at)


@api.post(
    "/tariffs/ocpi",
    responses=answers(TariffVersionView, REFUSALS),
    summary="Publish a tariff of OCPI 2.2.1",
    openapi_extra=OCPI,
)
async def publish_ocpi_tariff(
    commands: TheCommands,
    queries: TheQueries,
    caller: TheCaller,
    text: Annotated[bytes, Depends(_ocpi_text)],
    zone: Zone,
    tariff_id: OwnId = None,
    since: From = None,
) -> Response:
    """As the next version of a tariff, at places in this time zone. Its `step_size` must be 1."""
    try:
        tariff = read_ocpi(text, zone, why_no_tariff)
    except BadOcpiTariff as error:
        raise unfit("body", "OCPI tariff", str(error)) from None
    name = tariff_id or tariff.version_id.partition("@")[0]
    return await _published(commands, queries, caller, name, tariff, since)


@api.get("/tariffs/{tariff_id}", responses=answers(TariffVersions, Found), summary="A published tariff")
async def get_tariff(queries: TheQueries, tariff_id: TariffId, limit: Limit = 50, after: Before = None) -> Response:
    """Its versions, the newest first."""
    now = queries.now()
    found = await queries.history(lambda store: _versions(store, tariff_id, limit, after, now))
    if found is None:
        raise UnknownResource(f"{tariff_id} is not a published tariff")
    return json_response(found)


@api.get(
    "/tariffs/{tariff_id}/versions/{number}",
    responses=answers(TariffVersionView, Found),
    summary="One version of a published tariff",
)
async def get_version(queries: TheQueries, tariff_id: TariffId, number: Number) -> Response:
    """As it was published."""
    return json_response(await _version(queries, tariff_id, number))


async def _published(
    commands: Commands, queries: Queries, caller: Caller, tariff_id: str, tariff: Tariff, from_at: datetime | None
) -> Response:
    version_id = await commands.publish(tariff_id, tariff, from_at, caller)
    number = int(version_id.rpartition("@")[2])
    return json_response(await _version(queries, tariff_id, number))


async def _version(queries: Queries, tariff_id: str, number: int) -> TariffVersionView:
    now = queries.now()

    def look(store: History) -> TariffVersionView | None:
        current = in_force_now(store, {tariff_id: count_of(store, tariff_id)}, now).get(tariff_id)
        found = some_of(store, tariff_id, [number])
        return version_view(found[0], current) if found else None

    view = await queries.history(look)
    if view is None:
        raise UnknownResource(f"{tariff_id}@{number} is not a published version of a tariff")
    return view


def _tariffs(store: History, after: str, limit: int, now: datetime) -> list[TariffView]:
    known = dict(counts(store, after, limit))
    current = in_force_now(store, known, now)
    newest = [some_of(store, tariff_id, [count])[0] for tariff_id, count in known.items()]
    return [tariff_view(each, current.get(each.tariff_id)) for each in newest]


def _versions(store: History, tariff_id: str, limit: int, before: int | None, now: datetime) -> TariffVersions | None:
    count = count_of(store, tariff_id)
    if not count:
        return None
    first = min(count, count if before is None else before - 1)
    last = max(1, first - limit + 1)
    found = some_of(store, tariff_id, range(first, last - 1, -1))
    current = in_force_now(store, {tariff_id: count}, now).get(tariff_id)
    return versions_view(tariff_id, count, found, current, more=last > 1 and first > 0)
