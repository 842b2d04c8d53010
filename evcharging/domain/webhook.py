"""Webhooks: who is told of alerts, what that says, and how often it is tried. Knows no network, store or clock."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, ClassVar
from urllib.parse import urlsplit

from evcharging.common.messages_alerts import AddWebhook, AlertSaid, ChangeWebhook
from evcharging.common.messages_operators import Actor
from evcharging.common.utils import Frozen, changed, iso, to_json
from evcharging.domain.record import Record

MOST_WEBHOOKS = 20
MOST_WAITING = 1_000
"""How many deliveries of one webhook wait at once; the next one is given up at once."""

FIRST_AGAIN, LAST_AGAIN = timedelta(seconds=5), timedelta(hours=1)
"""How long after a failed attempt the next one follows: twice as long each time, and at most so long."""

MOST_ATTEMPTS = 33
"""Those of about a day; after the last it is given up. They are counted, as clocks may be set."""

TEST = "webhook.test"

GOOD = range(200, 300)
"""What a receiver answers that has it."""

NAT64 = IPv6Network("64:ff9b::/96")
NEVER_PUBLIC = tuple(
    map(
        ip_network, ("192.0.0.0/24", "::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "fec0::/10", "fc00::/7", "fe80::/10")
    )
)
"""Networks that some versions of Python call global, and that lead to this machine or its neighbours."""


class Webhook(Record, frozen=True, kw_only=True):
    """An address that is told of alerts of these rules, or of all. Its secret follows from Central's own and from its
    ID, and is kept nowhere."""

    key_field: ClassVar[str] = "webhook_id"
    table: ClassVar[str] = "webhooks"

    webhook_id: str
    url: str
    added_at: datetime
    request_id: str
    rules: tuple[str, ...] = ()
    enabled: bool = True
    actor: Actor | None = None
    removed_at: datetime | None = None

    def wants(self, rule: str) -> bool:
        """Whether it is told of alerts of this rule."""
        return self.enabled and self.removed_at is None and (not self.rules or rule in self.rules)


class DeliveryState(StrEnum):
    """How far a delivery is. GIVEN_UP: nobody took it in a day. DROPPED: its webhook was disabled or removed."""

    PENDING = "pending"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    DROPPED = "dropped"


class Delivery(Record, frozen=True, kw_only=True):
    """What one webhook is told once. `attempts` are those whose outcome is known; `status` and `trouble` say what came
    of the newest: what the receiver answered, or why it did not. `next_at`: when it is tried next."""

    key_field: ClassVar[str] = "delivery_id"
    table: ClassVar[str] = "deliveries"
    searched: ClassVar[tuple[str, ...]] = ("webhook_id", "state")
    moment: ClassVar[str] = "made_at"
    texts: ClassVar[tuple[str, ...]] = ("delivery_id", "event")
    is_fact: ClassVar[bool] = False

    delivery_id: str
    webhook_id: str
    event: str
    made_at: datetime
    body: str
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    tried_at: datetime | None = None
    status: int | None = None
    trouble: str | None = None
    next_at: datetime | None = None
    alert_id: str | None = None


class ErrandOutcome(Frozen, frozen=True, kw_only=True):
    """What came of an attempt: the status that the receiver answered, or why there was none."""

    status: int | None = None
    trouble: str | None = None

    @property
    def is_good(self) -> bool:
        """Whether the receiver has it."""
        return self.status in GOOD


def added(order: AddWebhook, now: datetime) -> Webhook:
    """The webhook that an order adds."""
    return Webhook(
        webhook_id=order.webhook_id,
        url=order.url,
        added_at=now,
        request_id=order.request_id,
        rules=order.rules,
        actor=order.actor,
    )


def changed_by(webhook: Webhook, order: ChangeWebhook) -> Webhook:
    """The webhook as an order changes it."""
    after = changed(
        webhook,
        url=order.url or webhook.url,
        rules=webhook.rules if order.rules is None else order.rules,
        enabled=webhook.enabled if order.enabled is None else order.enabled,
    )
    return webhook if after == webhook else changed(after, actor=order.actor)


def why_no_target(url: str) -> str | None:
    """Why nobody can be told at an address, in one sentence; None where that may be."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "this is no address: give one such as https://example.org/alerts"
    if parts.scheme not in ("http", "https") or not host:
        return "this is no address of HTTP: give one such as https://example.org/alerts"
    if parts.username is not None or parts.password is not None:
        return "an address with a name or password in it is not kept: check the signature instead"
    if parts.fragment or not url.isascii() or not url.isprintable() or " " in url:
        return "the address may have no fragment, no blanks and no letters beyond ASCII"
    return None


def why_not_public(address: str) -> str | None:
    """Why an IP address is none of the public network, in a part of a sentence; None where it is."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo or (None, None))[1]
        if inner is None and found in NAT64:
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None and why_not_public(str(inner)):
            return f"{found} leads to the private address {inner}"
    is_public = found.is_global and not found.is_multicast and not any(found in each for each in NEVER_PUBLIC)
    return None if is_public else f"{found} is no public address"


def delivery_of(webhook: Webhook, said: AlertSaid) -> str:
    """The ID of what a webhook is told of an event, which is the same however often that is heard."""
    return f"{webhook.webhook_id}-{said.alert_id}-{said.event.rpartition('.')[2]}"


def told(webhook: Webhook, said: AlertSaid, now: datetime) -> Delivery:
    """What a webhook is told of an event."""
    data = {
        "alert_id": said.alert_id,
        "rule": said.rule,
        "severity": said.severity,
        "cp_id": said.cp_id,
        "site_id": said.site_id,
        "session_id": said.session_id,
        "text": said.text,
        "since": iso(said.since),
        "opened_at": iso(said.opened_at),
        "acknowledged_at": said.acknowledged_at and iso(said.acknowledged_at),
        "note": said.note,
        "closed_at": said.closed_at and iso(said.closed_at),
    }
    made = _made(webhook, delivery_of(webhook, said), said.event.value, said.ts, data, now)
    return changed(made, alert_id=said.alert_id)


def trial_of(webhook: Webhook, delivery_id: str, now: datetime) -> Delivery:
    """What a webhook is told so that somebody sees it arrive."""
    return _made(webhook, delivery_id, TEST, now, {"webhook_id": webhook.webhook_id, "text": "This is a test"}, now)


def _made(
    webhook: Webhook, delivery_id: str, event: str, at: datetime, data: Mapping[str, Any], now: datetime
) -> Delivery:
    body = to_json({"type": event, "timestamp": iso(at), "data": data}).decode()
    return Delivery(
        delivery_id=delivery_id, webhook_id=webhook.webhook_id, event=event, made_at=now, body=body, next_at=now
    )


def tried(delivery: Delivery, outcome: ErrandOutcome, now: datetime) -> Delivery:
    """A delivery after one more attempt: it has arrived, is tried again later, or is given up."""
    after = changed(
        delivery, attempts=delivery.attempts + 1, tried_at=now, status=outcome.status, trouble=outcome.trouble
    )
    if outcome.is_good:
        return changed(after, state=DeliveryState.DELIVERED, next_at=None)
    if after.attempts >= MOST_ATTEMPTS:
        return changed(after, state=DeliveryState.GIVEN_UP, next_at=None)
    return changed(after, next_at=now + pause(after.attempts))


def pause(attempts: int) -> timedelta:
    """How long after so many attempts, all of which failed, the next one follows."""
    return min(FIRST_AGAIN * 2 ** (attempts - 1), LAST_AGAIN) if attempts else timedelta(0)


def bounded(delivery: Delivery, now: datetime) -> Delivery:
    """A delivery that an earlier run left, whose clock may have been another: it waits no longer than by this one."""
    latest = now + pause(delivery.attempts)
    return delivery if delivery.next_at is None or delivery.next_at <= latest else changed(delivery, next_at=latest)


def dropped(delivery: Delivery) -> Delivery:
    """A delivery whose webhook is told no more."""
    return changed(delivery, state=DeliveryState.DROPPED, next_at=None)


def too_many(delivery: Delivery) -> Delivery:
    """A delivery that would be one too many of those that wait."""
    return changed(
        delivery, state=DeliveryState.GIVEN_UP, next_at=None, trouble=f"{MOST_WAITING} others waited already"
    )
