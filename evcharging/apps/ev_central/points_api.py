"""Charging points over HTTP: list, look, register, act. Knows no rule: the shard decides."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from evcharging.apps.ev_central.answers import NOT_FOUND, REFUSALS, UNDECIDED, answers
from evcharging.apps.ev_central.bodies import Registration, Registrations
from evcharging.apps.ev_central.commands import Caller
from evcharging.apps.ev_central.refusals import Forbidden, NotDecided, OrderRefused
from evcharging.apps.ev_central.views import (
    ActionNotDone,
    DoneForAll,
    OngoingRequest,
    PointView,
    ReadingView,
    RegisteredMany,
    RegisteredPoint,
    ongoing_view,
    point_view,
    reading_view,
)
from evcharging.apps.ev_central.web import (
    LARGEST_PAGE,
    Filter,
    StrictRoute,
    TheCaller,
    TheCommands,
    TheDesk,
    TheHealth,
    TheQueries,
    json_response,
    link_next,
)
from evcharging.common.messages import Action
from evcharging.common.messages_operators import ActorKind
from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import iso
from evcharging.domain.charging_point import is_free

CpId = Annotated[str, Path(max_length=64, examples=["CP-001"])]
State = Annotated[CPState | None, Query(description="Only points in this state")]
Limit = Annotated[int | None, Query(ge=1, le=LARGEST_PAGE, description="How many, at most; all, if it is left out")]
Full = {**UNDECIDED, 409: REFUSALS[409]}
WORTH_SHARING = 100
"""Points of which a list is compressed once for all who ask."""

EVERYWHERE = 64
"""Points that are asked at a time when an action is for all."""

BY_HAND = (Action.PLUG, Action.UNPLUG, Action.FAULT, Action.RECOVER)
"""What somebody at the point does, done from afar."""

api = APIRouter(tags=["charging points"], route_class=StrictRoute)


class WantedPoints:
    """Which points are asked for, in order of their ids: with more behind them, the answer has a
    `Link: <...>; rel="next"` header."""

    def __init__(self, http: Request, queries: TheQueries, limit: Limit = None, after: Filter = None) -> None:
        self._http = http
        self._queries = queries
        self._limit = limit
        self._after = after or ""

    async def of_all(self) -> Response:
        """The page, with all points."""
        if self._limit is not None or self._after:
            return self.of(lambda _: True)
        takes_gzip = "gzip" in self._http.headers.get("accept-encoding", "")
        if len(self._queries.panel.points) < WORTH_SHARING or not takes_gzip:
            return self._answer(self._queries.texts.all())
        answer = self._answer(await self._queries.texts.all_packed())
        answer.headers.update({"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
        return answer

    def of(self, is_wanted: Callable[[PointShown], bool]) -> Response:
        """The page, with the points that are wanted."""
        points = self._queries.panel.points.values()
        found = [point for point in points if point.cp_id > self._after and is_wanted(point)]
        found.sort(key=lambda point: point.cp_id)
        shown = found[: self._limit]
        answer = self._answer(self._queries.texts.listed(shown))
        if len(found) > len(shown):
            link_next(self._http, answer, shown[-1].cp_id)
        return answer

    def _answer(self, text: bytes) -> Response:
        return Response(text, media_type="application/json", headers={"Central-Time": iso(self._queries.now())})


async def page_of(http: Request, queries: TheQueries, limit: Limit = None, after: Filter = None) -> WantedPoints:
    """The page that a request asks for."""
    return WantedPoints(http, queries, limit, after)


ThePage = Annotated[WantedPoints, Depends(page_of)]


@api.get("/cp", responses=answers(list[PointView]), summary="List all charging points")
async def list_points(page: ThePage, state: State = None) -> Response:
    """All points in order of their ids, or those in one state."""
    return await page.of_all() if state is None else page.of(lambda point: point.state is state)


@api.get("/cp/free", responses=answers(list[PointView]), summary="Points that a driver may ask for now")
async def free_points(page: ThePage) -> Response:
    """Points that are ACTIVATED and have no open request."""
    return page.of(is_free)


@api.post("/cp/register", responses=answers(RegisteredPoint, Full), summary="Register or update a point")
async def register(
    commands: TheCommands, queries: TheQueries, health: TheHealth, caller: TheCaller, registration: Registration
) -> Response:
    """Idempotent: it never touches a running session. The answer says where the monitor opens its TCP link."""
    point = await commands.register(_said_by(caller, registration), caller)
    view = point_view(queries.panel, point)
    return json_response(RegisteredPoint(cp_id=point.cp_id, tcp_port=health.tcp_port, point=view))


@api.post("/cp/register/many", responses=answers(RegisteredMany), summary="Register or update many points")
async def register_many(
    commands: TheCommands, health: TheHealth, caller: TheCaller, registrations: Registrations
) -> Response:
    """As if each were registered by itself; it says of which points that was not done, and why."""
    wanted = {each.cp_id: _said_by(caller, each) for each in registrations.points}

    async def register_one(cp_id: str) -> None:
        await commands.register(wanted[cp_id], caller)

    outcome = await for_each(wanted, register_one)
    return json_response(RegisteredMany(done=outcome.done, failed=outcome.failed, tcp_port=health.tcp_port))


def _said_by(caller: Caller, registration: Registration) -> Registration:
    """What counts of a registration: a point by itself makes itself present, and where it is and what it costs is for
    operators to say. Raises Forbidden where a point would speak for another one."""
    if caller.actor.kind is not ActorKind.POINT:
        return registration
    if caller.actor.id != registration.cp_id:
        raise Forbidden(f"{caller.actor.id} speaks for itself alone, and not for {registration.cp_id}")
    return Registration.model_validate({"cp_id": registration.cp_id})


@api.get("/telemetry", responses=answers(list[ReadingView]), summary="The newest reading of every running supply")
async def telemetry(queries: TheQueries) -> Response:
    """One reading for each point that supplies."""
    return json_response([reading_view(reading) for reading in queries.panel.readings.values()])


@api.get("/requests/ongoing", responses=answers(list[OngoingRequest]), summary="Accepted requests that have not ended")
async def ongoing(queries: TheQueries) -> Response:
    """Oldest first."""
    views = [view for point in queries.panel.points.values() if (view := ongoing_view(point))]
    return json_response(sorted(views, key=lambda view: view.requested_at))


def _act(action: Action) -> Callable[..., Awaitable[Response]]:
    async def act(commands: TheCommands, queries: TheQueries, caller: TheCaller, cp_id: CpId) -> Response:
        return json_response(point_view(queries.panel, await commands.act(cp_id, action, caller)))

    return act


def _act_everywhere(action: Action) -> Callable[..., Awaitable[Response]]:
    async def act_everywhere(commands: TheCommands, queries: TheQueries, caller: TheCaller) -> Response:
        known = sorted(queries.panel.points)
        return json_response(await for_each(known, lambda cp_id: commands.act(cp_id, action, caller)))

    return act_everywhere


for each in (Action.STOP, Action.RESUME):
    api.post(
        f"/cp/{each}",
        responses=answers(DoneForAll),
        summary=f"{each.capitalize()} all points",
        operation_id=f"{each}_all",
    )(_act_everywhere(each))


@api.get("/cp/{cp_id}", responses=answers(PointView, NOT_FOUND), summary="One charging point")
async def one_point(queries: TheQueries, cp_id: CpId) -> Response:
    """The point as it is shown now."""
    return json_response(point_view(queries.panel, queries.point(cp_id)))


@api.delete("/cp/{cp_id}", status_code=204, response_class=Response, responses=REFUSALS, summary="Retire one point")
async def retire(commands: TheCommands, desk: TheDesk, caller: TheCaller, cp_id: CpId) -> Response:
    """It is shown no more, and its history stays; its key counts no more. Registered again, it is a new point."""
    await commands.retire(cp_id, caller)
    if desk is not None:
        await asyncio.to_thread(desk.revoke_if_any, cp_id, caller.actor)
    return Response(status_code=204)


@api.post(
    "/cp/{cp_id}/forget-run", responses=answers(PointView, REFUSALS), summary="Forget the run of a point's engine"
)
async def forget_run(commands: TheCommands, queries: TheQueries, caller: TheCaller, cp_id: CpId) -> Response:
    """For an engine that ran with a clock far ahead: the next one counts, whatever its clock says."""
    return json_response(point_view(queries.panel, await commands.forget_run(cp_id, caller)))


for each in Action:
    api.post(
        f"/cp/{{cp_id}}/{each}",
        responses=answers(PointView, REFUSALS),
        summary=f"{each.capitalize()} one point",
        operation_id=f"{each}_one",
        tags=["simulated hand"] if each in BY_HAND else None,
    )(_act(each))


async def for_each(cp_ids: Iterable[str], act: Callable[[str], Awaitable[object]]) -> DoneForAll:
    """Do something with every point: how many it was done with, and why it was not with the others."""
    room = asyncio.Semaphore(EVERYWHERE)

    async def act_on(cp_id: str) -> ActionNotDone | None:
        async with room:
            try:
                await act(cp_id)
            except (OrderRefused, NotDecided) as error:
                return ActionNotDone(cp_id=cp_id, reason=str(error))
        return None

    outcomes = await asyncio.gather(*map(act_on, cp_ids))
    failed = [outcome for outcome in outcomes if outcome]
    return DoneForAll(done=len(outcomes) - len(failed), failed=failed)
