"""What HTTP shows of webhooks and of what they were told; `views.py` says more of such structures."""

from typing import Annotated

from evcharging.apps.ev_central.bodies_access import Sent
from evcharging.apps.ev_central.views import Count, Moment, View, utc_or_none
from evcharging.apps.ev_central.views_ledger import ActorView, actor_view
from evcharging.common.messages_alerts import LONGEST_URL
from evcharging.common.utils import bounded, shown, utc
from evcharging.domain.alert import AlertCode
from evcharging.domain.webhook import Delivery, DeliveryState, Webhook

Url = Annotated[str, shown("https://example.org/alerts")]


class WebhookView(View, frozen=True, kw_only=True):
    """An address that is told of alerts: those of these rules, or all where there are none. Its secret is not among
    this."""

    webhook_id: Annotated[str, shown("webhook-3f9a0c1d2e4b")]
    url: Url
    rules: list[AlertCode]
    enabled: bool
    added_at: Moment
    by: ActorView | None


def webhook_view(webhook: Webhook) -> WebhookView:
    """A webhook from the ledger."""
    return WebhookView(
        webhook_id=webhook.webhook_id,
        url=webhook.url,
        rules=[AlertCode(rule) for rule in webhook.rules if rule in set(AlertCode)],
        enabled=webhook.enabled,
        added_at=utc(webhook.added_at),
        by=actor_view(webhook.actor) if webhook.actor else None,
    )


class NewWebhook(View, frozen=True, kw_only=True):
    """A webhook that was added, and its secret, which is shown this once."""

    webhook: WebhookView
    secret: Annotated[str, shown("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]


class DeliveryView(View, frozen=True, kw_only=True):
    """What a webhook is told once, under one `webhook-id`. `attempts` are those whose outcome is known; `status` is
    what the receiver answered to the newest, and `trouble` why it did not. `next_at`: when it is tried next."""

    delivery_id: Annotated[str, shown("webhook-3f9a0c1d2e4b-alert-3-1-18-opened")]
    event: Annotated[str, shown("alert.opened")]
    alert_id: Annotated[str | None, shown("alert-3-1-18")]
    state: DeliveryState
    made_at: Moment
    attempts: Count
    tried_at: Moment | None
    status: Annotated[int | None, shown(200)]
    trouble: Annotated[str | None, shown(None)]
    next_at: Moment | None


def delivery_view(delivery: Delivery) -> DeliveryView:
    """A delivery from the ledger."""
    return DeliveryView(
        delivery_id=delivery.delivery_id,
        event=delivery.event,
        alert_id=delivery.alert_id,
        state=delivery.state,
        made_at=utc(delivery.made_at),
        attempts=delivery.attempts,
        tried_at=utc_or_none(delivery.tried_at),
        status=delivery.status,
        trouble=delivery.trouble,
        next_at=utc_or_none(delivery.next_at),
    )


SentUrl = Annotated[str, bounded("https://example.org/alerts", longest=LONGEST_URL)]


class WebhookBody(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An address that is to be told of alerts: of all, or of those of some rules."""

    url: SentUrl
    rules: tuple[AlertCode, ...] = ()


class WebhookChangeBody(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different; what is left out stays."""

    url: SentUrl | None = None
    rules: tuple[AlertCode, ...] | None = None
    enabled: Annotated[bool, shown(False)] | None = None


WEBHOOK_BODIES = (WebhookBody, WebhookChangeBody)
