"""Alerts and their rules, under /api/v1. Knows no rule: the shard of a point decides."""

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from evcharging.apps.ev_central.answers import REFUSALS, UNDECIDED, answers
from evcharging.apps.ev_central.api_v1.ledger_api import Found, TheId, ThePage
from evcharging.apps.ev_central.views import Next, View
from evcharging.apps.ev_central.views_alerts import AckBody, AlertRuleView, AlertView, alert_view, rule_view
from evcharging.apps.ev_central.web import (
    Filter,
    PastRoute,
    TheCaller,
    TheCommands,
    TheQueries,
    body_as,
    described,
    json_response,
)
from evcharging.domain.alert import RULES, UNCLOSED, Alert, AlertCode, AlertState

TheAck = Annotated[AckBody, Depends(body_as(AckBody))]

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=PastRoute)


class AlertPage(View, frozen=True, kw_only=True):
    """Some alerts, and where the next ones begin."""

    items: list[AlertView]
    next: Next | None


class Wanted(StrEnum):
    """How far alerts are that are wanted. UNCLOSED: those that go on, seen or not."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"
    UNCLOSED = "unclosed"


@api.get("/alerts", responses=answers(AlertPage, UNDECIDED), summary="Alerts, by when they opened")
async def list_alerts(
    queries: TheQueries,
    page: ThePage,
    state: Wanted | None = None,
    rule: AlertCode | None = None,
    cp_id: Filter = None,
    site_id: Filter = None,
) -> Response:
    """Those that go on, and those that have closed."""
    states = UNCLOSED if state is Wanted.UNCLOSED else (AlertState(state),) if state else None
    return await page.of(queries, Alert, alert_view, state=states, rule=rule, cp_id=cp_id, site_id=site_id)


@api.get("/alerts/{alert_id}", responses=answers(AlertView, Found), summary="One alert")
async def get_alert(queries: TheQueries, alert_id: TheId) -> Response:
    """The alert as it stands in the ledger."""
    return json_response(alert_view(await queries.alert(alert_id)))


@api.post(
    "/alerts/{alert_id}/ack",
    responses=answers(AlertView, REFUSALS),
    summary="Acknowledge an alert",
    openapi_extra=described(AckBody),
)
async def acknowledge(commands: TheCommands, caller: TheCaller, alert_id: TheId, body: TheAck) -> Response:
    """Others see that somebody looks after it. Who does so first is kept; it closes by itself."""
    return json_response(alert_view(await commands.acknowledge(alert_id, body.note, caller)))


@api.get("/alert-rules", responses=answers(list[AlertRuleView]), summary="The rules by which alerts open")
async def list_rules() -> Response:
    """All that there are."""
    return json_response([rule_view(rule) for rule in RULES])
