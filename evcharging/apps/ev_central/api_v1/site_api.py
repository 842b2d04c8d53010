"""One site, and what operators say of it, under /api/v1. Knows no rule: the shard of a site decides."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from evcharging.apps.ev_central.answers import NOT_FOUND, REFUSALS, UNDECIDED, answers
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.views_sites import SiteDetails, site_details
from evcharging.apps.ev_central.web import (
    SiteId,
    StrictRoute,
    TheCaller,
    TheCommands,
    TheQueries,
    body_as,
    described,
    json_response,
    unfit,
)
from evcharging.common.site_description import SiteBody, SiteDescription, as_description
from evcharging.domain.site import Site, why_not_described

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=StrictRoute)

_written = body_as(SiteBody)


async def _description(request: Request) -> SiteDescription:
    """What somebody says of a site."""
    description = as_description(await _written(request))
    why_not = why_not_described(description)
    if why_not is not None:
        raise unfit("body", "Site", why_not)
    return description


TheDescription = Annotated[SiteDescription, Depends(_description)]


@api.get("/sites/{site_id}", responses=answers(SiteDetails, {**NOT_FOUND, **UNDECIDED}), summary="One site")
async def get_site(queries: TheQueries, site_id: SiteId) -> Response:
    """The site as it is shown now, with its plan."""
    return json_response(await _details(queries, site_id))


@api.put(
    "/sites/{site_id}",
    responses=answers(SiteDetails, REFUSALS),
    summary="Describe a site",
    openapi_extra=described(SiteBody),
)
async def put_site(
    commands: TheCommands, queries: TheQueries, caller: TheCaller, site_id: SiteId, description: TheDescription
) -> Response:
    """What it is called, where it is, where its points stand and what its circuits carry, in place of all that was
    said before. A plan may have points that are not at the site, such as some that are to come; `placed_elsewhere`
    names them."""
    await commands.describe(site_id, description, caller)
    return json_response(await _details(queries, site_id))


async def _details(queries: Queries, site_id: str) -> SiteDetails:
    queries.site(site_id)
    found = await queries.history(lambda store: store.fetch(Site, [site_id]))
    at_site = {point.cp_id for point in queries.panel.points.values() if point.site_id == site_id}
    return site_details(queries.site(site_id), next(iter(found), None), at_site)
