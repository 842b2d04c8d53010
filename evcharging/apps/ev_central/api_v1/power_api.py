"""The power of a site under /api/v1. Knows no rule: the role of the site decides who is granted what."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from evcharging.apps.ev_central.answers import NOT_FOUND, answers
from evcharging.apps.ev_central.refusals import UnknownResource
from evcharging.apps.ev_central.views_sites import SitePowerView, power_view
from evcharging.apps.ev_central.web import Id, StrictRoute, TheQueries, json_response

SiteId = Annotated[Id, Path(examples=["SITE-1"])]

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=StrictRoute)


@api.get("/sites/{site_id}/power", responses=answers(SitePowerView, NOT_FOUND), summary="The power of a site")
async def get_power(queries: TheQueries, site_id: SiteId) -> Response:
    """What its circuits carry and may carry, and for each point what its vehicle wants, is granted and draws, and why
    it waits. It is at most some seconds old. A site without circuits has none."""
    queries.site(site_id)
    power = queries.panel.power.get(site_id)
    if power is None:
        raise UnknownResource(f"{site_id} has no circuits: PUT /api/v1/sites/{site_id} says which there are")
    return json_response(power_view(power))
