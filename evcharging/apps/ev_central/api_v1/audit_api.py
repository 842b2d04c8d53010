"""Who did what, under /api/v1: the actions of people and programs, done and refused. Knows no rule."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from evcharging.apps.ev_central.answers import UNDECIDED, answers
from evcharging.apps.ev_central.api_v1.ledger_api import ThePage
from evcharging.apps.ev_central.views import Next, View
from evcharging.apps.ev_central.views_ledger import ActionView, action_view
from evcharging.apps.ev_central.web import Filter, PastRoute, TheQueries
from evcharging.domain.access.action import OperatorAction

Refused = Annotated[bool | None, Query(description="Only what was refused, or only what was done")]
api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=PastRoute)


class ActionPage(View, frozen=True, kw_only=True):
    """Some actions, and where the next ones begin."""

    items: list[ActionView]
    next: Next | None


@api.get("/audit", responses=answers(ActionPage, UNDECIDED), summary="Actions, by when they were decided")
async def list_actions(
    queries: TheQueries,
    page: ThePage,
    actor: Filter = None,
    subject: Filter = None,
    action: Filter = None,
    refused: Refused = None,
) -> Response:
    """What people and programs did, and what they were refused: each in the commit of its effect."""
    has = {} if refused is None else {"refusal": refused}
    return await page.of(queries, OperatorAction, action_view, has=has, actor_id=actor, subject=subject, action=action)
