"""Who is told of alerts, under /api/v1: webhooks, and what they were told. Knows no rule: the shard of webhooks
decides."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from evcharging.apps.ev_central.access.serving import secret
from evcharging.apps.ev_central.answers import REFUSALS, UNDECIDED, answer, answers
from evcharging.apps.ev_central.api_v1.ledger_api import Found, TheId, ThePage
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.refusals import UnknownResource
from evcharging.apps.ev_central.views import Next, View
from evcharging.apps.ev_central.views_webhooks import (
    DeliveryView,
    NewWebhook,
    WebhookBody,
    WebhookChangeBody,
    WebhookView,
    delivery_view,
    webhook_view,
)
from evcharging.apps.ev_central.web import (
    StrictRoute,
    TheCaller,
    TheCommands,
    TheQueries,
    body_as,
    described,
    json_response,
)
from evcharging.common.messages_alerts import ChangeWebhook, RemoveWebhook, TestWebhook
from evcharging.domain.alert import AlertCode
from evcharging.domain.webhook import Delivery, DeliveryState, Webhook

TheWebhook = Annotated[WebhookBody, Depends(body_as(WebhookBody))]
TheChange = Annotated[WebhookChangeBody, Depends(body_as(WebhookChangeBody))]

api = APIRouter(prefix="/api/v1/webhooks", tags=["v1"], route_class=StrictRoute)


class DeliveryPage(View, frozen=True, kw_only=True):
    """Some deliveries, and where the next ones begin."""

    items: list[DeliveryView]
    next: Next | None


@api.get("", responses=answers(list[WebhookView], UNDECIDED), summary="Webhooks")
async def list_webhooks(queries: TheQueries) -> Response:
    """All that are there; never their secrets."""
    found = await queries.history(lambda store: store.select(Webhook))
    return json_response([webhook_view(webhook) for webhook in found if webhook.removed_at is None])


@api.post(
    "",
    status_code=201,
    responses={201: answer(NewWebhook), **REFUSALS},
    summary="Have an address told of alerts",
    openapi_extra=described(WebhookBody),
)
async def add_webhook(commands: TheCommands, queries: TheQueries, caller: TheCaller, body: TheWebhook) -> Response:
    """What comes is signed with the secret, which is shown this once, as Standard Webhooks says."""
    webhook_id = await commands.add_webhook(body.url, each_once(body.rules), caller)
    webhook = await _one(queries, webhook_id)
    return secret(NewWebhook(webhook=webhook_view(webhook), secret=commands.secret_of(webhook_id)), 201)


@api.patch(
    "/{webhook_id}",
    responses=answers(WebhookView, REFUSALS),
    summary="Change a webhook",
    openapi_extra=described(WebhookChangeBody),
)
async def change_webhook(
    commands: TheCommands, queries: TheQueries, caller: TheCaller, webhook_id: TheId, body: TheChange
) -> Response:
    """What it has not heard yet is dropped where it is disabled; its secret stays."""
    await _one(queries, webhook_id)
    await commands.about_webhook(
        ChangeWebhook,
        webhook_id,
        caller,
        url=body.url,
        rules=None if body.rules is None else each_once(body.rules),
        enabled=body.enabled,
    )
    return json_response(webhook_view(await _one(queries, webhook_id)))


@api.delete("/{webhook_id}", status_code=204, responses=REFUSALS, summary="Remove a webhook")
async def remove_webhook(commands: TheCommands, queries: TheQueries, caller: TheCaller, webhook_id: TheId) -> Response:
    """It is told nothing more."""
    await _one(queries, webhook_id)
    await commands.about_webhook(RemoveWebhook, webhook_id, caller)
    return Response(status_code=204)


@api.post("/{webhook_id}/test", responses=answers(WebhookView, REFUSALS), summary="Try a webhook")
async def test_webhook(commands: TheCommands, queries: TheQueries, caller: TheCaller, webhook_id: TheId) -> Response:
    """It is told `webhook.test`; what comes of it is the newest of its deliveries."""
    webhook = await _one(queries, webhook_id)
    await commands.about_webhook(TestWebhook, webhook_id, caller)
    return json_response(webhook_view(webhook))


@api.get("/{webhook_id}/deliveries", responses=answers(DeliveryPage, Found), summary="What a webhook was told, by when")
async def list_deliveries(
    queries: TheQueries, page: ThePage, webhook_id: TheId, state: DeliveryState | None = None
) -> Response:
    """With what came of each."""
    await _one(queries, webhook_id)
    return await page.of(queries, Delivery, delivery_view, webhook_id=webhook_id, state=state)


async def _one(queries: Queries, webhook_id: str) -> Webhook:
    """A webhook that is there; raises UnknownResource or StoreUnavailable."""
    for webhook in await queries.history(lambda store: store.fetch(Webhook, [webhook_id])):
        if webhook.removed_at is None:
            return webhook
    raise UnknownResource(f"{webhook_id} is not a known webhook")


def each_once(rules: tuple[AlertCode, ...]) -> tuple[AlertCode, ...]:
    """However often a rule is named, and in its order."""
    return tuple(dict.fromkeys(rules))
