"""The bus under /api/v1: its topics, what was set aside, and what messages mean. Knows no reader of it."""

from functools import cache

from fastapi import APIRouter
from starlette.responses import Response

from evcharging.apps.ev_central.answers import answers
from evcharging.apps.ev_central.views_bus import BusTopicsView, ExplainedFieldView, ExplainedView, SetAsidesView
from evcharging.apps.ev_central.web import StrictRoute, TheCommands, json_response
from evcharging.common.explained import Explained, explained, explained_alone
from evcharging.common.utils import as_fields
from evcharging.protocols.proof import PROOFS

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=StrictRoute)


@api.get("/bus/topics", responses=answers(BusTopicsView), summary="Topics of the bus")
async def list_topics(commands: TheCommands) -> Response:
    """Rates are known while somebody looks on at `/api/v1/bus/stream`."""
    return json_response(commands.bus_watch.topics())


@api.get("/bus/unreadable", responses=answers(SetAsidesView), summary="Messages that were set aside")
async def list_unreadable(commands: TheCommands) -> Response:
    """The newest 100 that this Central could not read, or whose sender it does not believe, since it began."""
    return json_response(commands.bus_watch.set_aside())


@api.get("/bus/messages", responses=answers(list[ExplainedView]), summary="What messages mean, field by field")
async def explain_messages() -> Response:
    """Every message, what proves a link, and every type that one holds, in the words of their declarations."""
    return json_response(_views())


@cache
def _views() -> list[ExplainedView]:
    return [_view(each) for each in (*explained(), *explained_alone(*PROOFS))]


def _view(each: Explained) -> ExplainedView:
    fields = [ExplainedFieldView(**as_fields(field)) for field in each.fields]
    return ExplainedView(name=each.name, topic=each.topic, said=each.said, fields=fields, values=list(each.values))
