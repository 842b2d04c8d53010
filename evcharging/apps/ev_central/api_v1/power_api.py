"""The power of a site under /api/v1. Knows no rule: the role of the site decides who is granted what."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from evcharging.apps.ev_central.answers import NOT_FOUND, answers
from evcharging.apps.ev_central.refusals import UnknownResource
from evcharging.apps.ev_central.views import Moment, View
from evcharging.apps.ev_central.web import Id, StrictRoute, TheQueries, json_response
from evcharging.common.messages_grants import CircuitShown, PointPowerShown, PowerShown
from evcharging.common.messages_power import Strategy
from evcharging.common.utils import utc

SiteId = Annotated[Id, Path(examples=["SITE-1"])]

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=StrictRoute)


class SitePowerView(View, frozen=True, kw_only=True):
    """The power of a site: its circuits, the main one first and each after the one that feeds it, and the points that
    they feed. Currents are in mA on each phase."""

    site_id: str
    as_of: Moment
    strategy: Strategy
    circuits: list[CircuitShown]
    points: list[PointPowerShown]


def power_view(power: PowerShown) -> SitePowerView:
    """As it was shown last."""
    return SitePowerView(
        site_id=power.site_id,
        as_of=utc(power.ts),
        strategy=power.strategy,
        circuits=[*_downward(power, None)],
        points=sorted(power.points, key=lambda point: point.cp_id),
    )


def _downward(power: PowerShown, parent: str | None) -> Iterator[CircuitShown]:
    for circuit in power.circuits:
        if circuit.parent == parent:
            yield circuit
            yield from _downward(power, circuit.circuit_id)


@api.get("/sites/{site_id}/power", responses=answers(SitePowerView, NOT_FOUND), summary="The power of a site")
async def get_power(queries: TheQueries, site_id: SiteId) -> Response:
    """What its circuits carry and may carry, and for each point what its vehicle wants, is granted and draws, and why
    it waits. It is at most some seconds old. A site without circuits has none."""
    queries.site(site_id)
    power = queries.panel.power.get(site_id)
    if power is None:
        raise UnknownResource(f"{site_id} has no circuits: PUT /api/v1/sites/{site_id} says which there are")
    return json_response(power_view(power))
