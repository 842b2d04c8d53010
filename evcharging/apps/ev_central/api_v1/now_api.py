"""What is now, under /api/v1: points, sites and figures of the whole network. Knows no rule."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from evcharging.apps.ev_central.answers import NOT_FOUND, REFUSALS, UNDECIDED, answers
from evcharging.apps.ev_central.api_v1.paging import After, Limit, Text, cut, page
from evcharging.apps.ev_central.points_api import CpId, State
from evcharging.apps.ev_central.views import (
    Next,
    PointView,
    SiteView,
    View,
    point_view,
    site_view,
)
from evcharging.apps.ev_central.views_figures import StatsView
from evcharging.apps.ev_central.views_live import totals_view
from evcharging.apps.ev_central.web import Filter, StrictRoute, TheCaller, TheCommands, TheQueries, json_response
from evcharging.common.messages import Action
from evcharging.common.messages_operators import StopAfterSupply
from evcharging.common.messages_site import SiteShown
from evcharging.common.messages_view import PointShown
from evcharging.common.site_description import SiteAbout
from evcharging.domain.alert import Alert, AlertState
from evcharging.domain.charging_point import is_free
from evcharging.domain.session import Session, SessionStatus

ById = Annotated[Literal["cp_id", "-cp_id"], Query(description="In order of the ID, or from the last one back")]
Free = Annotated[bool | None, Query(description="Only points that a driver may ask for now, or only others")]

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=StrictRoute)


class PointPage(View, frozen=True, kw_only=True):
    """Some points, and where the next ones begin."""

    items: list[PointView]
    next: Next | None


class SitePage(View, frozen=True, kw_only=True):
    """Some sites, and where the next ones begin."""

    items: list[SiteView]
    next: Next | None


@api.get("/points", responses=answers(PointPage), summary="Charging points, by their ID")
async def list_points(
    queries: TheQueries,
    limit: Limit = 50,
    after: After = None,
    q: Text = None,
    state: State = None,
    site_id: Filter = None,
    free: Free = None,
    sort: ById = "cp_id",
) -> Response:
    """All points, or those that are wanted."""

    def is_wanted(point: PointShown) -> bool:
        texts = (point.cp_id, point.location, point.session.driver_id if point.session else "")
        return (
            (state is None or point.state is state)
            and (site_id is None or point.site_id == site_id)
            and (free is None or is_free(point) is free)
            and (not q or any(q.lower() in text.lower() for text in texts))
        )

    wanted = [point for point in queries.panel.points.values() if is_wanted(point)]
    found = cut(wanted, limit, lambda point: point.cp_id, after, falling=sort == "-cp_id")
    items = [point_view(queries.panel, point) for point in found[:limit]]
    return page(items, items[-1].cp_id if len(found) > limit else None)


@api.get("/points/{cp_id}", responses=answers(PointView, NOT_FOUND), summary="One charging point")
async def get_point(queries: TheQueries, cp_id: CpId) -> Response:
    """The point as it is shown now."""
    return json_response(point_view(queries.panel, queries.point(cp_id)))


@api.post(
    "/points/{cp_id}/stop-after-supply",
    responses=answers(PointView, REFUSALS),
    summary="Stop one point once its supply has ended",
)
async def stop_after_supply(commands: TheCommands, queries: TheQueries, caller: TheCaller, cp_id: CpId) -> Response:
    """Whoever charges there goes on, and nobody else may begin; where nobody charges, it is stopped at once. A resume
    takes it back."""
    await commands.order(StopAfterSupply, cp_id, caller)
    return json_response(point_view(queries.panel, queries.point(cp_id)))


@api.post("/points/{cp_id}/{action}", responses=answers(PointView, REFUSALS), summary="Act on one point")
async def act_on_point(
    commands: TheCommands, queries: TheQueries, caller: TheCaller, cp_id: CpId, action: Action
) -> Response:
    """Stop or resume it; or do from afar what a hand at the point does."""
    return json_response(point_view(queries.panel, await commands.act(cp_id, action, caller)))


@api.get("/sites", responses=answers(SitePage), summary="Sites, by their ID")
async def list_sites(queries: TheQueries, limit: Limit = 50, after: After = None, q: Text = None) -> Response:
    """Every site at which a point was registered."""

    def is_wanted(site: SiteShown) -> bool:
        about = site.about or SiteAbout()
        return not q or any(q.lower() in text.lower() for text in (site.site_id, about.name, about.address))

    wanted = [site for site in queries.panel.sites.values() if is_wanted(site)]
    found = cut(wanted, limit, lambda site: site.site_id, after, falling=False)
    items = [site_view(site) for site in found[:limit]]
    return page(items, items[-1].site_id if len(found) > limit else None)


@api.get("/stats", responses=answers(StatsView, UNDECIDED), summary="The whole network in figures")
async def stats(queries: TheQueries) -> Response:
    """As it is shown now."""
    held = await queries.history(lambda store: store.tally(Session, "status", only=SessionStatus.SUSPECT))
    unseen = await queries.history(lambda store: store.tally(Alert, "state", only=AlertState.OPEN))
    now = totals_view(queries.panel.totals)
    view = StatsView(
        points=now.points,
        free=now.free,
        sessions=now.sessions,
        kw=now.kw,
        held=sum(total.count for total in held),
        alerts=sum(total.count for total in unseen),
    )
    return json_response(view)
