"""The webhooks of a network: decides who is told of alerts, and tries until they have heard it. What must be done
outside is asked of the host, at least once; what came of it is heard from there."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import count

from evcharging.common.messages import Message
from evcharging.common.messages_alerts import (
    AddWebhook,
    AlertSaid,
    ChangeWebhook,
    ErrandDue,
    RemoveWebhook,
    TestWebhook,
    WebhookAnswer,
    WebhookOrder,
)
from evcharging.common.utils import changed
from evcharging.domain.access.noting import UNCHANGED, FieldChanges, between
from evcharging.domain.record import Record
from evcharging.domain.webhook import (
    MOST_WAITING,
    MOST_WEBHOOKS,
    Delivery,
    Webhook,
    added,
    changed_by,
    delivery_of,
    dropped,
    told,
    too_many,
    trial_of,
    tried,
    why_no_target,
)
from evcharging.roles.actions import Actions
from evcharging.roles.orders import DECIDE_WITHIN, TOO_LATE, USED
from evcharging.roles.role import NOTHING, ClockStepped, Effect, Effects, ErrandDone, Input, Started
from evcharging.roles.voice import Voice
from evcharging.roles.webhook.waiting import Waiting

REMEMBERED = 10_000
"""How many deliveries are kept in mind that were made before; older ones are recalled from the store."""


class Webhooks:
    """All webhooks, in one run of the shard with this `name`, where there are any. `webhooks` and `deliveries` (those
    that wait) are what the store has of them."""

    def __init__(
        self, name: str, epoch: int, webhooks: Iterable[Webhook] = (), deliveries: Iterable[Delivery] = ()
    ) -> None:
        self.deadline: datetime | None = None
        self.webhooks = {webhook.webhook_id: webhook for webhook in webhooks}
        self._waiting = Waiting(deliveries)
        self._name = name
        self._numbers = count(1)
        self._actions = Actions(lambda: self._reference("action"))
        self._epoch = epoch
        self._voice = Voice(epoch)
        self._known: OrderedDict[str, None] = OrderedDict()
        """Deliveries that were made before, of what was heard lately."""
        self._tested: dict[str, TestWebhook] = {}

    def on_message(self, message: Input, now: datetime) -> Effects:
        effects: Sequence[Effect] = NOTHING
        if isinstance(message, WebhookOrder):
            effects = self._decide(message, now)
        elif isinstance(message, AlertSaid):
            effects = self._spread(message, now)
        elif isinstance(message, ErrandDone):
            effects = self._on_done(message, now)
        elif isinstance(message, ClockStepped):
            self._actions.shift()
            self._waiting.shift(message.by)
        elif isinstance(message, Started):
            self._waiting.begin(now)
        return [*effects, *self._send(now)]

    def on_deadline(self, now: datetime) -> Effects:
        return self._send(now)

    def forgotten(self, message: Message) -> Sequence[tuple[type[Record], str]]:
        """Deliveries that may have been made when an event was heard before."""
        if not isinstance(message, AlertSaid):
            return []
        return [(Delivery, delivery_of(webhook, message)) for webhook in self._listeners(message)]

    def remember(self, record: Record) -> None:
        """A delivery was made already."""
        if isinstance(record, Delivery):
            self._known[record.delivery_id] = None
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)

    def _listeners(self, said: AlertSaid) -> list[Webhook]:
        return [webhook for webhook in self.webhooks.values() if webhook.wants(said.rule)]

    def _spread(self, said: AlertSaid, now: datetime) -> list[Effect]:
        """Each webhook that wants to is told of it, once however often it is heard."""
        made = [told(webhook, said, now) for webhook in self._listeners(said)]
        fresh = [each for each in made if each.delivery_id not in self._known]
        for delivery in fresh:
            self.remember(delivery)
        return [self._waiting.keep(self._bounded(each)) for each in fresh]

    def _bounded(self, delivery: Delivery) -> Delivery:
        return delivery if self._waiting.count(delivery.webhook_id) < MOST_WAITING else too_many(delivery)

    def _on_done(self, done: ErrandDone, now: datetime) -> list[Effect]:
        delivery = self._waiting.named(done.errand_id)
        if delivery is None or done.attempt != delivery.attempts + 1:
            return []
        return [self._waiting.keep(tried(delivery, done.outcome, now))]

    def _send(self, now: datetime) -> list[Effect]:
        """Ask for what is due to be done."""
        asked = [
            self._voice.say(
                ErrandDue,
                ts=now,
                errand_id=delivery.delivery_id,
                webhook_id=delivery.webhook_id,
                url=self.webhooks[delivery.webhook_id].url,
                body=delivery.body,
                attempt=delivery.attempts + 1,
            )
            for delivery in self._waiting.leave(now)
        ]
        self.deadline = self._waiting.next_due()
        return [*asked]

    # Orders

    def _decide(self, order: WebhookOrder, now: datetime) -> list[Effect]:
        if now - order.ts > DECIDE_WITHIN:
            return self._refused(order, TOO_LATE, now)
        webhook = self.webhooks.get(order.webhook_id)
        if isinstance(order, AddWebhook):
            return self._add(order, webhook, now)
        if webhook is None or webhook.removed_at is not None:
            return self._refused(order, f"{order.webhook_id} is not a known webhook", now)
        return self._decide_of(webhook, order, now)

    def _decide_of(self, webhook: Webhook, order: WebhookOrder, now: datetime) -> list[Effect]:
        match order:
            case TestWebhook():
                return self._test(order, webhook, now)
            case RemoveWebhook():
                return self._change(order, webhook, changed(webhook, removed_at=now, actor=order.actor), now)
            case ChangeWebhook() if refusal := order.url and why_no_target(order.url):
                return self._refused(order, refusal, now)
            case ChangeWebhook():
                return self._change(order, webhook, changed_by(webhook, order), now)
        return []

    def _add(self, order: AddWebhook, before: Webhook | None, now: datetime) -> list[Effect]:
        webhook = added(order, now)
        if before is not None:
            is_same = changed(before, added_at=now) == webhook
            return [self._answer(order, now)] if is_same else self._refused(order, USED, now)
        there = [each for each in self.webhooks.values() if each.removed_at is None]
        refusal = why_no_target(order.url)
        if refusal is None and len(there) >= MOST_WEBHOOKS:
            refusal = f"there are {MOST_WEBHOOKS} webhooks, which is the most: remove one"
        if refusal is not None:
            return self._refused(order, refusal, now)
        self.webhooks[webhook.webhook_id] = webhook
        changes = FieldChanges(before={}, after={"url": webhook.url, "rules": [*webhook.rules]})
        return [webhook, *self._actions.done(order, changes, now), self._answer(order, now)]

    def _change(self, order: WebhookOrder, before: Webhook, after: Webhook, now: datetime) -> list[Effect]:
        if after == before:
            return [self._answer(order, now)]
        self.webhooks[after.webhook_id] = after
        is_told = after.enabled and after.removed_at is None
        left = [] if is_told else [self._waiting.keep(dropped(each)) for each in self._waiting.of(after.webhook_id)]
        done = self._actions.done(order, between(before, after), now)
        return [after, *left, *done, self._answer(order, now)]

    def _test(self, order: TestWebhook, webhook: Webhook, now: datetime) -> list[Effect]:
        before = self._tested.get(webhook.webhook_id)
        if before is not None and before.request_id == order.request_id:
            return [self._answer(order, now)]
        if not webhook.enabled:
            return self._refused(order, f"{webhook.webhook_id} is disabled: enable it first", now)
        self._tested[webhook.webhook_id] = order
        delivery = self._bounded(trial_of(webhook, self._reference("test"), now))
        done = self._actions.done(order, UNCHANGED, now)
        return [self._waiting.keep(delivery), *done, self._answer(order, now)]

    def _refused(self, order: WebhookOrder, refusal: str, now: datetime) -> list[Effect]:
        return [*self._actions.refused(order, refusal, now), self._answer(order, now, refusal)]

    def _answer(self, order: WebhookOrder, now: datetime, refusal: str | None = None) -> WebhookAnswer:
        return self._voice.say(WebhookAnswer, ts=now, request_id=order.request_id, refusal=refusal, asked_at=order.ts)

    def _reference(self, kind: str) -> str:
        return f"{kind}-{self._name}-{self._epoch}-{next(self._numbers)}"
