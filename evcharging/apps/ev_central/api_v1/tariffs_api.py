"""The tariffs of points and sites, and what a charge will cost, under /api/v1. Knows no rule: the shard of a point
decides what tariff it has, and the price function what that comes to."""

import asyncio
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from evcharging.apps.ev_central.answers import REFUSALS, answers
from evcharging.apps.ev_central.api_v1.paging import QueryMoment
from evcharging.apps.ev_central.catalogue import catalogue_for, known_of
from evcharging.apps.ev_central.points_api import CpId
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.refusals import OrderRefused
from evcharging.apps.ev_central.views_tariffs import EstimateView, PointTariff, SiteTariffView
from evcharging.apps.ev_central.web import (
    SiteId,
    StrictRoute,
    TheCaller,
    TheCommands,
    TheQueries,
    body_as,
    described,
    json_response,
)
from evcharging.common.messages_operators import AssignTariff, NameTariff
from evcharging.common.messages_tariff import TariffBody, TariffNameBody, as_tariff
from evcharging.common.utils import utc
from evcharging.domain.catalogue import resolved, tariff_at
from evcharging.domain.charging_point import price_of
from evcharging.domain.meter import energy_mwh, time_to_deliver, to_kw, to_kwh, to_mwh
from evcharging.domain.money import to_euros
from evcharging.domain.offer import offer_of
from evcharging.domain.price import can_be_priced, estimate
from evcharging.domain.tariff import single

LONGEST_MINUTES = 60 * 24 * 31
LEAST_KWH, MOST_KWH = 0.000001, 1_000

WantedKwh = Annotated[float | None, Query(ge=LEAST_KWH, le=MOST_KWH, description="Energy that is wanted")]
WantedMinutes = Annotated[float | None, Query(gt=0, le=LONGEST_MINUTES, description="Or how long to charge")]
IdleMinutes = Annotated[float, Query(ge=0, le=LONGEST_MINUTES, description="Plugged in afterwards, without charging")]
At = Annotated[QueryMoment | None, Query(description="When it begins: ISO 8601 with a time zone; now, if left out")]

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=StrictRoute)

_whole, _name = body_as(TariffBody), body_as(TariffNameBody)


async def _either(request: Request) -> TariffBody | TariffNameBody:
    """A whole tariff, or the name of a published one."""
    return await (_name(request) if b'"tariff_id"' in await request.body() else _whole(request))


Either = Annotated[TariffBody | TariffNameBody, Depends(_either)]
TheName = Annotated[TariffNameBody, Depends(_name)]


@api.get("/points/{cp_id}/tariff", responses=answers(PointTariff, REFUSALS), summary="The tariff of a point")
async def get_tariff(queries: TheQueries, cp_id: CpId) -> Response:
    """What sessions are billed by that begin there now."""
    return json_response(await _tariff_of(queries, cp_id))


@api.put(
    "/points/{cp_id}/tariff",
    responses=answers(PointTariff, REFUSALS),
    summary="Give a point a tariff",
    openapi_extra=described(TariffBody, TariffNameBody),
)
async def put_tariff(
    commands: TheCommands, queries: TheQueries, caller: TheCaller, cp_id: CpId, tariff: Either
) -> Response:
    """A whole one, or the name of a published one. Sessions that begin from now on are billed by it; one that goes on
    keeps what it began with."""
    if isinstance(tariff, TariffNameBody):
        await commands.order(NameTariff, cp_id, caller, tariff_id=tariff.tariff_id)
    else:
        await commands.order(AssignTariff, cp_id, caller, tariff=as_tariff(tariff))
    return json_response(await _tariff_of(queries, cp_id))


@api.delete("/points/{cp_id}/tariff", status_code=204, responses=REFUSALS, summary="Take its tariff from a point")
async def delete_tariff(commands: TheCommands, caller: TheCaller, cp_id: CpId) -> Response:
    """What its site names counts again, or else its single price, for sessions that begin from now on."""
    await commands.order(AssignTariff, cp_id, caller, tariff=None)
    return Response(status_code=204)


@api.get("/sites/{site_id}/tariff", responses=answers(SiteTariffView, REFUSALS), summary="The tariff of a site")
async def get_site_tariff(queries: TheQueries, site_id: SiteId) -> Response:
    """The published tariff that it names, for its points that have and name none of their own."""
    return json_response(await _site_tariff(queries, site_id))


@api.put(
    "/sites/{site_id}/tariff",
    responses=answers(SiteTariffView, REFUSALS),
    summary="Let a site name a tariff",
    openapi_extra=described(TariffNameBody),
)
async def put_site_tariff(
    commands: TheCommands, queries: TheQueries, caller: TheCaller, site_id: SiteId, name: TheName
) -> Response:
    """Sessions that begin from now on are billed by it at points that have and name no tariff of their own."""
    await commands.name_at_site(site_id, name.tariff_id, caller)
    return json_response(await _site_tariff(queries, site_id))


@api.delete("/sites/{site_id}/tariff", status_code=204, responses=REFUSALS, summary="Let a site name no tariff")
async def delete_site_tariff(commands: TheCommands, caller: TheCaller, site_id: SiteId) -> Response:
    """The single prices of its points count again, for sessions that begin from now on."""
    await commands.name_at_site(site_id, None, caller)
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
    """For so much energy, or for so long; for 30 minutes, where neither is said. The power is what the point gives
    under its limit."""
    queries.point(cp_id)
    point, status, catalogue = await queries.history(lambda store: known_of(store, cp_id))
    begun = utc(at) if at is not None else queries.now()
    if not status.power_w:
        raise OrderRefused(f"The power of {cp_id} is not known yet: its engine has not announced itself")
    if not can_be_priced(begun):
        raise OrderRefused("at is no moment of the years 2000 to 2099")
    power_w = offer_of(status.power_w, point.limit).watts
    if not power_w:
        raise OrderRefused(f"{cp_id} is limited to 0 and gives nothing now: its operator has paused it")
    charging = _time(power_w, kwh, minutes)
    if charging > timedelta(minutes=LONGEST_MINUTES):
        raise OrderRefused(f"{cp_id} with its {to_kw(power_w):g} kW needs more than a month for that")
    idle, tariff = timedelta(minutes=idle_minutes), tariff_at(point, catalogue, begun)
    by = tariff or single(price_of(point, status))
    view = EstimateView(
        cp_id=cp_id,
        at=begun,
        kw=to_kw(power_w),
        kwh=to_kwh(energy_mwh(power_w, charging)),
        minutes=round(charging / timedelta(minutes=1), 6),
        tariff=tariff.version_id if tariff is not None else None,
        price=await asyncio.to_thread(estimate, by, begun, power_w, charging, idle),
    )
    return json_response(view)


def _time(power_w: int, kwh: float | None, minutes: float | None) -> timedelta:
    if kwh is None:
        return timedelta(minutes=30 if minutes is None else minutes)
    wanted = time_to_deliver(power_w, to_mwh(kwh))
    return wanted if minutes is None else min(wanted, timedelta(minutes=minutes))


async def _tariff_of(queries: Queries, cp_id: str) -> PointTariff:
    queries.point(cp_id)
    point, status, catalogue = await queries.history(lambda store: known_of(store, cp_id))
    by, tariff = resolved(point, catalogue, queries.now())
    return PointTariff(
        cp_id=cp_id,
        euros_per_kwh=to_euros(price_of(point, status, tariff)),
        by=by.value if by is not None else None,
        tariff_id=point.tariff_id,
        tariff=tariff,
    )


async def _site_tariff(queries: Queries, site_id: str) -> SiteTariffView:
    queries.site(site_id)
    catalogue = await queries.history(lambda store: catalogue_for(store, None, site_id))
    named = catalogue.named_at(site_id)
    return SiteTariffView(site_id=site_id, tariff_id=named, tariff=catalogue.of(named, queries.now()))
