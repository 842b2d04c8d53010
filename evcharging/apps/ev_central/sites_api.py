"""Sites over HTTP: what the points of each do. Knows no rule."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from evcharging.apps.ev_central.answers import NOT_FOUND, answers
from evcharging.apps.ev_central.views import SiteView, site_view
from evcharging.apps.ev_central.web import (
    LARGEST_PAGE,
    Filter,
    SiteId,
    StrictRoute,
    TheQueries,
    json_response,
    link_next,
)

Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many, at most")]

api = APIRouter(tags=["sites"], route_class=StrictRoute)


@api.get("/sites", responses=answers(list[SiteView]), summary="Sites, by their ID")
async def sites(http: Request, queries: TheQueries, limit: Limit = 50, after: Filter = None) -> Response:
    """Every site at which a point was registered."""
    known = queries.panel.sites
    found = sorted(site_id for site_id in known if site_id > (after or ""))
    answer = json_response([site_view(known[site_id]) for site_id in found[:limit]])
    if len(found) > limit:
        link_next(http, answer, found[limit - 1])
    return answer


@api.get("/sites/{site_id}", responses=answers(SiteView, NOT_FOUND), summary="One site")
async def one_site(queries: TheQueries, site_id: SiteId) -> Response:
    """The site as it is shown now."""
    return json_response(site_view(queries.site(site_id)))
