"""The tariffs of points, and what a charge will cost, under /api/v1. Knows no rule: the shard of a point decides what
tariff it has, and the price function what that comes to."""

import asyncio
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime
from starlette.responses import Response

from evcharging.adapters.store.history import History
from evcharging.apps.ev_central.answers import REFERENCE, REFUSALS, answers
from evcharging.apps.ev_central.points_api import CpId
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.refusals import OrderRefused
from evcharging.apps.ev_central.views import CpId as ShownCpId
from evcharging.apps.ev_central.views import EurosPerKwh, Kilowatts, Kwh, Moment, View
from evcharging.apps.ev_central.web import StrictRoute, TheCaller, TheCommands, TheQueries, body_as, json_response
from evcharging.common.messages_operators import AssignTariff
from evcharging.common.messages_tariff import Price, Tariff, TariffBody, as_tariff
from evcharging.common.utils import shown, utc
from evcharging.domain.charging_point import LastStatus, Point, price_of
from evcharging.domain.meter import energy_mwh, time_to_deliver, to_kw, to_kwh, to_mwh
from evcharging.domain.money import to_euros
from evcharging.domain.price import can_be_priced, estimate
from evcharging.domain.tariff import single

LONGEST_MINUTES = 60 * 24 * 31
LEAST_KWH, MOST_KWH = 0.000001, 1_000

WantedKwh = Annotated[float | None, Query(ge=LEAST_KWH, le=MOST_KWH, description="Energy that is wanted")]
WantedMinutes = Annotated[float | None, Query(gt=0, le=LONGEST_MINUTES, description="Or how long to charge")]
IdleMinutes = Annotated[float, Query(ge=0, le=LONGEST_MINUTES, description="Plugged in afterwards, without charging")]
At = Annotated[AwareDatetime | None, Query(description="When it begins: ISO 8601 with a time zone; now, if left out")]

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=StrictRoute)


class PointTariff(View, frozen=True, kw_only=True):
    """The tariff of a point, in micro-euro before VAT; where it has none, its single price counts. `euros_per_kwh` is
    that price, or the tariff's first one of energy."""

    cp_id: ShownCpId
    euros_per_kwh: EurosPerKwh
    tariff: Tariff | None


class EstimateView(View, frozen=True, kw_only=True):
    """What a charge costs that begins then and goes on with the point's full power: `price` in micro-euro, by lines."""

    cp_id: ShownCpId
    at: Moment
    kw: Kilowatts
    kwh: Kwh
    minutes: Annotated[float, shown(27.5)]
    price: Price


TheTariff = Annotated[TariffBody, Depends(body_as(TariffBody))]
TARIFF_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": REFERENCE.format(name=TariffBody.__name__)}}},
    }
}


@api.get("/points/{cp_id}/tariff", responses=answers(PointTariff, REFUSALS), summary="The tariff of a point")
async def get_tariff(queries: TheQueries, cp_id: CpId) -> Response:
    """What sessions are billed by that begin there now."""
    return json_response(await _tariff_of(queries, cp_id))


@api.put(
    "/points/{cp_id}/tariff",
    responses=answers(PointTariff, REFUSALS),
    summary="Give a point a tariff",
    openapi_extra=TARIFF_BODY,
)
async def put_tariff(
    commands: TheCommands, queries: TheQueries, caller: TheCaller, cp_id: CpId, tariff: TheTariff
) -> Response:
    """Sessions that begin from now on are billed by it; one that goes on keeps what it began with."""
    await commands.order(AssignTariff, cp_id, caller, tariff=as_tariff(tariff))
    return json_response(await _tariff_of(queries, cp_id))


@api.delete("/points/{cp_id}/tariff", status_code=204, responses=REFUSALS, summary="Take its tariff from a point")
async def delete_tariff(commands: TheCommands, caller: TheCaller, cp_id: CpId) -> Response:
    """Its single price counts again, for sessions that begin from now on."""
    await commands.order(AssignTariff, cp_id, caller, tariff=None)
    return Response(status_code=204)


@api.get("/points/{cp_id}/estimate", responses=answers(EstimateView, REFUSALS), summary="What a charge will cost")
async def get_estimate(
    queries: TheQueries,
    cp_id: CpId,
    kwh: WantedKwh = None,
    minutes: WantedMinutes = None,
    idle_minutes: IdleMinutes = 0.0,
    at: At = None,
) -> Response:
    """For so much energy, or for so long; for 30 minutes, where neither is said."""
    queries.point(cp_id)
    point, status = await queries.history(lambda store: _known(store, cp_id))
    begun = utc(at) if at is not None else queries.now()
    if not status.power_w:
        raise OrderRefused(f"The power of {cp_id} is not known yet: its engine has not announced itself")
    if not can_be_priced(begun):
        raise OrderRefused("at is no moment of the years 2000 to 2099")
    charging = _time(status, kwh, minutes)
    if charging > timedelta(minutes=LONGEST_MINUTES):
        raise OrderRefused(f"{cp_id} with its {to_kw(status.power_w):g} kW needs more than a month for that")
    idle = timedelta(minutes=idle_minutes)
    tariff = point.tariff or single(price_of(point, status))
    view = EstimateView(
        cp_id=cp_id,
        at=begun,
        kw=to_kw(status.power_w),
        kwh=to_kwh(energy_mwh(status.power_w, charging)),
        minutes=round(charging / timedelta(minutes=1), 6),
        price=await asyncio.to_thread(estimate, tariff, begun, status.power_w, charging, idle),
    )
    return json_response(view)


def _time(status: LastStatus, kwh: float | None, minutes: float | None) -> timedelta:
    if kwh is None:
        return timedelta(minutes=30 if minutes is None else minutes)
    wanted = time_to_deliver(status.power_w, to_mwh(kwh))
    return wanted if minutes is None else min(wanted, timedelta(minutes=minutes))


async def _tariff_of(queries: Queries, cp_id: str) -> PointTariff:
    queries.point(cp_id)
    point, status = await queries.history(lambda store: _known(store, cp_id))
    return PointTariff(cp_id=cp_id, euros_per_kwh=to_euros(price_of(point, status)), tariff=point.tariff)


def _known(store: History, cp_id: str) -> tuple[Point, LastStatus]:
    """What the ledger has of a point that is shown."""
    points, statuses = store.fetch(Point, [cp_id]), store.fetch(LastStatus, [cp_id])
    return points[0] if points else Point(cp_id=cp_id), statuses[0] if statuses else LastStatus(cp_id=cp_id)
