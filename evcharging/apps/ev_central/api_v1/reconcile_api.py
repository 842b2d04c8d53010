"""Payments held to the provider's: compared by a POST, and the last comparison told by a GET; and what the provider
says by itself. Knows no rule."""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from starlette.responses import Response

from evcharging.adapters.provider import BadWebhook
from evcharging.adapters.provider.signatures import HEADER
from evcharging.apps.ev_central.answers import NOT_FOUND, REFUSALS, UNDECIDED, answer, answers
from evcharging.apps.ev_central.api_v1.paging import From
from evcharging.apps.ev_central.api_v1.times import refuse_other_years
from evcharging.apps.ev_central.payments.contract import PaymentsDesk
from evcharging.apps.ev_central.payments.events import OFF
from evcharging.apps.ev_central.payments.reconciling import OFTEN_SINCE
from evcharging.apps.ev_central.problems import problem
from evcharging.apps.ev_central.refusals import UnknownResource
from evcharging.apps.ev_central.views_books import ComparisonView, EventView, ReconcileView, comparison_view
from evcharging.apps.ev_central.views_ledger import Problem
from evcharging.apps.ev_central.web import StrictRoute, TheCommands, TheQueries, json_response
from evcharging.domain.reconcile import DESK, Comparison

EXAMPLE = {
    "id": "evt_1",
    "type": "charge.refunded",
    "created": 1_767_268_800,
    "data": {"object": {"id": "pi_1", "metadata": {"reference": "session-0-1-17"}}},
}
BODY = {"type": "object", "description": "As the provider has it", "examples": [EXAMPLE]}
EVENT: dict[str, Any] = {"requestBody": {"required": True, "content": {"application/json": {"schema": BODY}}}}
Signature = Annotated[str, Header(alias=HEADER, max_length=2000, description="What the provider has signed it with")]

api = APIRouter(tags=["v1"], route_class=StrictRoute)


@api.post(
    "/payments/events",
    openapi_extra=EVENT,
    responses={**answers(EventView, {400: answer(Problem)}), **NOT_FOUND, **UNDECIDED},
    summary="What the provider of payments says by itself",
)
async def take_event(http: Request, commands: TheCommands, signature: Signature = "") -> Response:
    """For the provider alone, whose signature says who it is. An event is a hint: the payment is looked up, and what
    the event says of it is not believed. One that comes again does nothing."""
    try:
        await _here(commands.payments).take(await http.body(), signature)
    except BadWebhook as error:
        return problem(http, 400, str(error), "bad_event")
    return json_response(EventView(received=True))


@api.post("/api/v1/payments/reconcile", responses=answers(ComparisonView, REFUSALS), summary="Compare payments")
async def compare(commands: TheCommands, queries: TheQueries, since: From = None) -> Response:
    """Of the last 26 hours, or from a moment on, held to the provider's, both ways. What can be put right is: holds
    that nobody needs are released, and what differs is looked up. Of what is left, alerts tell."""
    refuse_other_years(since, None)
    begin = since if since is not None else queries.now() - OFTEN_SINCE
    return json_response(comparison_view(await _here(commands.payments).compare(begin)))


@api.get(
    "/api/v1/payments/reconcile", responses=answers(ReconcileView, UNDECIDED), summary="The last comparison of payments"
)
async def last_comparison(queries: TheQueries) -> Response:
    """Whoever has begun it: it is repeated every 10 minutes."""
    [*found] = await queries.history(lambda store: store.fetch(Comparison, [DESK]))
    return json_response(ReconcileView(last=comparison_view(found[0]) if found else None))


def _here(payments: PaymentsDesk | None) -> PaymentsDesk:
    if payments is None:
        raise UnknownResource(OFF)
    return payments
