"""Mutants of alerts, and of what others are told of them."""

from collections.abc import Iterable
from datetime import datetime
from itertools import count

from evcharging.common.messages_alerts import AlertEvent, AlertSaid
from evcharging.common.utils import changed
from evcharging.domain.alert import Alert
from evcharging.domain.charging_point import Point
from evcharging.domain.session import Session
from evcharging.domain.webhook import Delivery, DeliveryState, ErrandOutcome, Webhook, told
from evcharging.roles.central.alerting import ShardAlerts, Topic
from evcharging.roles.role import Effect
from evcharging.roles.webhook import webhooks
from evcharging.roles.webhook.waiting import Waiting
from evcharging.runtime import central_program
from evcharging.tests.mutants.mutant import Target, mutant


@mutant("alerts-forgotten")
def alerts_forgotten() -> list[Target]:
    """A Central that begins does not know which alerts go on."""
    return [(ShardAlerts, "resume", lambda self, alerts: None)]


@mutant("alerts-stay")
def alerts_stay() -> list[Target]:
    """What has ended goes on as an alert."""

    def close(self: ShardAlerts, topic: Topic, now: datetime) -> list[Effect]:
        return []

    return [(ShardAlerts, "_close", close)]


@mutant("held-bill-unseen")
def held_bill_unseen() -> list[Target]:
    """Nobody is alerted of a held bill."""

    def hold(self: ShardAlerts, point: Point, session: Session, now: datetime) -> list[Effect]:
        return []

    return [(ShardAlerts, "hold", hold)]


@mutant("held-bill-stays")
def held_bill_stays() -> list[Target]:
    """The alert of a held bill goes on once that is settled."""

    def release(self: ShardAlerts, session_id: str, now: datetime) -> list[Effect]:
        return []

    return [(ShardAlerts, "release", release)]


@mutant("alert-untold")
def alert_untold() -> list[Target]:
    """What becomes of an alert is kept, and told to nobody."""

    def kept(self: ShardAlerts, alert: Alert, event: AlertEvent, now: datetime) -> list[Effect]:
        return [alert]

    return [(ShardAlerts, "_told", kept)]


@mutant("webhook-under-two-ids")
def webhook_under_two_ids() -> list[Target]:
    """What is heard again is told again, as something else."""
    numbers = count()

    def again(webhook: Webhook, said: AlertSaid, now: datetime) -> Delivery:
        made = told(webhook, said, now)
        return changed(made, delivery_id=f"{made.delivery_id}-{next(numbers)}")

    return [(webhooks, "told", again)]


@mutant("webhook-believed")
def webhook_believed() -> list[Target]:
    """What was posted counts as delivered, whatever came of it."""

    def believed(delivery: Delivery, outcome: ErrandOutcome, now: datetime) -> Delivery:
        return changed(delivery, state=DeliveryState.DELIVERED, attempts=delivery.attempts + 1, next_at=None)

    return [(webhooks, "tried", believed)]


@mutant("webhook-tried-once")
def webhook_tried_once() -> list[Target]:
    """What fails once is given up."""

    def once(delivery: Delivery, outcome: ErrandOutcome, now: datetime) -> Delivery:
        state = DeliveryState.DELIVERED if outcome.is_good else DeliveryState.GIVEN_UP
        return changed(delivery, state=state, attempts=delivery.attempts + 1, next_at=None)

    return [(webhooks, "tried", once)]


@mutant("errands-forgotten")
def errands_forgotten() -> list[Target]:
    """Who takes over does not know what waits to be delivered."""
    whole = Waiting.__init__

    def begin(self: Waiting, deliveries: Iterable[Delivery]) -> None:
        whole(self, ())

    return [(Waiting, "__init__", begin)]


@mutant("webhooks-nowhere")
def webhooks_nowhere() -> list[Target]:
    """No shard takes over the webhooks that there are."""
    return [(central_program, "webhooks_home", lambda partitions: "nowhere")]
