"""The lab of a network that runs in one process, under /api/v1/lab. A Central alone has none. Knows no part."""

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from evcharging.apps.ev_central.answers import REFUSALS, answer, answers
from evcharging.apps.ev_central.api_v1.paging import After, Limit, Text
from evcharging.apps.ev_central.lab import DEEDS, Deed, Lab, PartKind
from evcharging.apps.ev_central.refusals import UnknownResource
from evcharging.apps.ev_central.views_lab import (
    AddedView,
    LabDriverPage,
    LabPointPage,
    LabView,
    NewDriversBody,
    NewPointsBody,
    NewVehicleBody,
    drivers_page,
    lab_view,
    points_page,
)
from evcharging.apps.ev_central.web import (
    Id,
    StrictRoute,
    TheCommands,
    actor_of,
    body_as,
    described,
    json_response,
    unfit,
)
from evcharging.common.messages_operators import Actor

NO_LAB: Final = "This Central has no lab: only `evcharging run`, with the whole network in one process, has one"

api = APIRouter(prefix="/api/v1/lab", tags=["lab"], route_class=StrictRoute)


async def lab_of(commands: TheCommands) -> Lab:
    """The lab of an app; raises UnknownResource where there is none."""
    if commands.lab is None:
        raise UnknownResource(NO_LAB)
    return commands.lab


TheLab = Annotated[Lab, Depends(lab_of)]
TheActor = Annotated[Actor, Depends(actor_of)]
TheId = Annotated[Id, Path(examples=["CP-001"])]
ThePoints = Annotated[NewPointsBody, Depends(body_as(NewPointsBody))]
TheDrivers = Annotated[NewDriversBody, Depends(body_as(NewDriversBody))]
TheVehicle = Annotated[NewVehicleBody, Depends(body_as(NewVehicleBody))]


@api.get("", responses=answers(LabView, REFUSALS), summary="The network of this process")
async def get_lab(lab: TheLab) -> Response:
    """As a whole, and what can be played."""
    return json_response(lab_view(lab.state()))


@api.get("/points", responses=answers(LabPointPage, REFUSALS), summary="Points of this run")
async def list_points(lab: TheLab, limit: Limit = 50, after: After = None, q: Text = None) -> Response:
    """With their engines, monitors and links, by their IDs."""
    return json_response(points_page(lab.points(after or "", limit + 1, q or ""), limit))


@api.get("/drivers", responses=answers(LabDriverPage, REFUSALS), summary="Drivers of this run")
async def list_drivers(lab: TheLab, limit: Limit = 50, after: After = None, q: Text = None) -> Response:
    """By their IDs."""
    return json_response(drivers_page(lab.drivers(after or "", limit + 1, q or ""), limit))


@api.post(
    "/points",
    status_code=201,
    responses={201: answer(AddedView), **REFUSALS},
    summary="Have points come",
    openapi_extra=described(NewPointsBody),
)
async def add_points(lab: TheLab, actor: TheActor, body: ThePoints) -> Response:
    """Each with an engine and a monitor. When this run ends so do they; Central knows them from then on, as away."""
    return json_response(AddedView(ids=[*await lab.add_points(body.wanted(), actor)]), 201)


@api.post(
    "/drivers",
    status_code=201,
    responses={201: answer(AddedView), **REFUSALS},
    summary="Have drivers come",
    openapi_extra=described(NewDriversBody),
)
async def add_drivers(lab: TheLab, actor: TheActor, body: TheDrivers) -> Response:
    """They ask again and again, until this run ends."""
    return json_response(AddedView(ids=[*await lab.add_drivers(body.wanted(), actor)]), 201)


@api.put(
    "/points/{cp_id}/vehicle",
    responses=answers(LabView, REFUSALS),
    summary="Say which vehicle comes next",
    openapi_extra=described(NewVehicleBody),
)
async def send_vehicle(lab: TheLab, actor: TheActor, cp_id: TheId, body: TheVehicle) -> Response:
    """It comes with the next supply there; POST /cp/{cp_id}/plug plugs it in by hand."""
    await lab.send_vehicle(cp_id, body.wanted(), actor)
    return json_response(lab_view(lab.state()))


@api.post("/central/{deed}", responses=answers(LabView, REFUSALS), summary="Kill Central, or begin it again")
async def change_central(lab: TheLab, actor: TheActor, deed: Deed) -> Response:
    """Killed, it loses its memory and its links without a last word; begun again, it goes on from the ledger."""
    _look_at(deed, (Deed.KILL, Deed.RESTART), "Central")
    await lab.change_central(deed, actor)
    return json_response(lab_view(lab.state()))


@api.post("/scenarios/{scenario_id}", status_code=202, responses={202: answer(LabView), **REFUSALS}, summary="Play")
async def play(lab: TheLab, actor: TheActor, scenario_id: TheId) -> Response:
    """One scenario at a time."""
    await lab.play(scenario_id, actor)
    return json_response(lab_view(lab.state()), 202)


@api.delete("/scenarios", responses=answers(LabView, REFUSALS), summary="End the scenario that goes on")
async def end_play(lab: TheLab, actor: TheActor) -> Response:
    """What it did is undone."""
    await lab.end_play(actor)
    return json_response(lab_view(lab.state()))


@api.post("/{kind}/{part_id}/{deed}", responses=answers(LabView, REFUSALS), summary="Kill a part, or begin it again")
async def change_part(lab: TheLab, actor: TheActor, kind: PartKind, part_id: TheId, deed: Deed) -> Response:
    """Engines, monitors and drivers are killed and restarted, links to Central are cut and restored."""
    _look_at(deed, DEEDS[kind], kind.value)
    await lab.change(kind, part_id, deed, actor)
    return json_response(lab_view(lab.state()))


def _look_at(deed: Deed, possible: tuple[Deed, ...], what: str) -> None:
    if deed not in possible:
        raise unfit("path", "deed", f"for {what} there are {' and '.join(possible)}")
