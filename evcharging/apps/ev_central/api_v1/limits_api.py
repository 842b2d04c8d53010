"""What charging points may give at most, under /api/v1. Knows no rule: the shard of a point decides."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from evcharging.apps.ev_central.answers import REFUSALS, answers
from evcharging.apps.ev_central.bodies import LimitBody
from evcharging.apps.ev_central.points_api import CpId
from evcharging.apps.ev_central.views import CpId as ShownCpId
from evcharging.apps.ev_central.views import View
from evcharging.apps.ev_central.web import (
    StrictRoute,
    TheCaller,
    TheCommands,
    TheQueries,
    body_as,
    described,
    json_response,
)
from evcharging.common.messages import Limit
from evcharging.common.messages_operators import LimitPoint
from evcharging.common.messages_view import PointShown

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=StrictRoute)


class PointLimit(View, frozen=True, kw_only=True):
    """The limit of a point, where it has one. `acknowledged`: its engine keeps to that."""

    cp_id: ShownCpId
    limit: Limit | None
    acknowledged: bool


TheLimit = Annotated[LimitBody, Depends(body_as(LimitBody))]


@api.get("/points/{cp_id}/limit", responses=answers(PointLimit, REFUSALS), summary="The limit of a point")
async def get_limit(queries: TheQueries, cp_id: CpId) -> Response:
    """What it may give at most, and whether its engine keeps to that."""
    return json_response(_limit_of(queries.point(cp_id)))


@api.put(
    "/points/{cp_id}/limit",
    responses=answers(PointLimit, REFUSALS),
    summary="Limit what a point may give",
    openapi_extra=described(LimitBody),
)
async def put_limit(
    commands: TheCommands, queries: TheQueries, caller: TheCaller, cp_id: CpId, limit: TheLimit
) -> Response:
    """It lasts until it is changed or deleted; a supply that runs goes on under it. A point that is away hears of it
    once it is back."""
    wanted = Limit(milliamperes=limit.milliamperes, watts=limit.watts)
    await commands.order(LimitPoint, cp_id, caller, limit=wanted)
    return json_response(_limit_of(queries.point(cp_id)))


@api.delete("/points/{cp_id}/limit", status_code=204, responses=REFUSALS, summary="Take its limit from a point")
async def delete_limit(commands: TheCommands, caller: TheCaller, cp_id: CpId) -> Response:
    """It may give its nameplate power again."""
    await commands.order(LimitPoint, cp_id, caller, limit=None)
    return Response(status_code=204)


def _limit_of(point: PointShown) -> PointLimit:
    return PointLimit(cp_id=point.cp_id, limit=point.limit, acknowledged=point.is_limited)
