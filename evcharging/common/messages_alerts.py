"""The messages about alerts beyond the shard of a point: that one has changed, who is to be told by webhooks, and what
is to be done outside of the network for that."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from evcharging.common.messages import LINE_PATTERN, Count, Id, Message, Moment, Reference, Text
from evcharging.common.messages_operators import Actor

DESK = "alerts"
"""The key of all that is said here: one role decides who is told of alerts."""

LONGEST_URL = 500
MOST_RULES = 100

Url = Annotated[str, Meta(pattern=LINE_PATTERN, min_length=1, max_length=LONGEST_URL)]
Rules = Annotated[tuple[Id, ...], Meta(max_length=MOST_RULES)]


class AlertEvent(StrEnum):
    """What became of an alert."""

    OPENED = "alert.opened"
    ACKNOWLEDGED = "alert.acknowledged"
    CLOSED = "alert.closed"


class AlertSaid(Message, frozen=True, kw_only=True):
    """An alert has opened, closed, or was acknowledged, and stands so since."""

    desk: Id = DESK
    event: AlertEvent
    alert_id: Reference
    rule: Id
    severity: Id
    cp_id: Id
    text: Annotated[str, Meta(max_length=1000)]
    since: Moment
    opened_at: Moment
    site_id: Id | None = None
    session_id: Reference | None = None
    acknowledged_at: Moment | None = None
    acknowledged_by: Actor | None = None
    note: Text | None = None
    closed_at: Moment | None = None


class WebhookOrder(Message, frozen=True, kw_only=True):
    """What is asked about a webhook; `actor` is who asks, where that is known."""

    desk: Id = DESK
    request_id: Reference
    webhook_id: Id
    actor: Actor | None = None


class AddWebhook(WebhookOrder, frozen=True, kw_only=True):
    """Somebody wants an address to be told of alerts of these rules, or of all."""

    url: Url
    rules: Rules = ()


class ChangeWebhook(WebhookOrder, frozen=True, kw_only=True):
    """Somebody changes a webhook; what is left out stays as it is."""

    url: Url | None = None
    rules: Rules | None = None
    enabled: bool | None = None


class RemoveWebhook(WebhookOrder, frozen=True, kw_only=True):
    """Somebody takes a webhook away; what was delivered stays known."""


class TestWebhook(WebhookOrder, frozen=True, kw_only=True):
    """Somebody wants to see whether a webhook arrives."""

    __test__ = False


class WebhookAnswer(Message, frozen=True, kw_only=True):
    """The decision on such an order, after it was made to last. `asked_at`: when that was asked."""

    request_id: Reference
    refusal: Text | None = None
    asked_at: Moment | None = None


class ErrandDue(Message, frozen=True, kw_only=True):
    """Something is to be done outside of the network, now, for the `attempt`th time: it may be done more than once, and
    has the same ID each time. So far it is a webhook that is to be posted. It stays in the process."""

    desk: Id = DESK
    errand_id: Reference
    webhook_id: Id
    url: Url
    body: Annotated[str, Meta(max_length=10_000)]
    attempt: Count
