"""Webhooks are told of alerts at least once and under one ID, are tried again later and later, and are given up."""

from datetime import timedelta

import pytest

from evcharging.common.messages_alerts import (
    AddWebhook,
    AlertEvent,
    AlertSaid,
    ChangeWebhook,
    ErrandDue,
    RemoveWebhook,
    TestWebhook,
    WebhookAnswer,
)
from evcharging.common.utils import changed, from_json, iso
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.webhook import (
    MOST_ATTEMPTS,
    MOST_WAITING,
    MOST_WEBHOOKS,
    Delivery,
    DeliveryState,
    ErrandOutcome,
    Webhook,
)
from evcharging.roles.orders import TOO_LATE
from evcharging.roles.role import ClockStepped, Effect, ErrandDone, Input, Started
from evcharging.roles.webhook.waiting import AT_ONCE
from evcharging.roles.webhook.webhooks import Webhooks
from evcharging.tests.stages.scenario import CP, T0, Stage, after, all_of, another, the

URL = "https://example.org/alerts"
GOOD, BAD = ErrandOutcome(status=204), ErrandOutcome(trouble="no answer within 10 s")


class WebhookStage(Stage):
    """A shard of webhooks with a store that reminds it."""

    role: Webhooks

    def __init__(self) -> None:
        super().__init__(T0)
        self.epoch = 0
        self.restart()

    def restart(self) -> list[Effect]:
        self.epoch += 1
        waiting = [each for each in self.every(Delivery).values() if each.state is DeliveryState.PENDING]
        self.role = Webhooks("webhook-0", self.epoch, self.every(Webhook).values(), waiting)
        return self.tell(Started())

    def tell(self, *messages: Input) -> list[Effect]:
        answers: list[Effect] = []
        for message in messages:
            if isinstance(message, AlertSaid):
                for kind, key in self.role.forgotten(message):
                    if key in self.records[kind]:
                        self.role.remember(self.records[kind][key])
            answers += super().tell(message)
        return answers

    def add(self, webhook_id: str = "webhook-1", **fields: object) -> list[Effect]:
        order = AddWebhook(ts=self.now, request_id=another("add"), webhook_id=webhook_id, url=URL)
        return self.tell(changed(order, **fields))

    def done(self, errand: ErrandDue, outcome: ErrandOutcome) -> list[Effect]:
        return self.tell(ErrandDone(errand_id=errand.errand_id, attempt=errand.attempt, outcome=outcome))

    @property
    def deliveries(self) -> list[Delivery]:
        return [*self.every(Delivery).values()]


def said(number: int = 1, rule: str = "fault") -> AlertSaid:
    return AlertSaid(
        ts=T0,
        event=AlertEvent.OPENED,
        alert_id=f"alert-0-1-{number}",
        rule=rule,
        severity="error",
        cp_id=CP,
        text="CP-001 is faulty: smoke",
        since=T0,
        opened_at=T0,
    )


@pytest.fixture
def stage() -> WebhookStage:
    """One webhook, which is told of everything."""
    stage = WebhookStage()
    stage.add()
    return stage


def test_a_webhook_is_told_of_an_alert_once_however_often_it_is_heard(stage: WebhookStage) -> None:
    errand = the(ErrandDue, stage.tell(said()))
    assert (errand.errand_id, errand.url, errand.attempt) == ("webhook-1-alert-0-1-1-opened", URL, 1)
    body = from_json(dict[str, object], errand.body.encode())
    assert (body["type"], body["timestamp"]) == ("alert.opened", iso(T0))
    assert not all_of(ErrandDue, stage.tell(said()))
    stage.done(errand, GOOD)
    assert [each.state for each in stage.deliveries] == [DeliveryState.DELIVERED]
    stage.restart()
    assert not all_of(ErrandDue, stage.tell(said()))
    assert len(stage.deliveries) == 1


def test_what_fails_is_tried_again_later_and_later_under_the_same_id_and_given_up_after_a_day(
    stage: WebhookStage,
) -> None:
    errand = the(ErrandDue, stage.tell(said()))
    waits = []
    while True:
        stage.done(errand, BAD)
        [delivery] = stage.deliveries
        if delivery.next_at is None:
            break
        wait = delivery.next_at - stage.now
        waits.append(wait.total_seconds())
        again = the(ErrandDue, stage.wait(wait.total_seconds()))
        assert (again.errand_id, again.attempt, again.body) == (errand.errand_id, errand.attempt + 1, errand.body)
        errand = again
    assert waits[:4] == [5, 10, 20, 40]
    assert waits[-1] == 3600
    assert (delivery.state, delivery.attempts, delivery.trouble) == (
        DeliveryState.GIVEN_UP,
        len(waits) + 1,
        BAD.trouble,
    )
    assert delivery.attempts == MOST_ATTEMPTS
    assert timedelta(hours=23) < stage.now - delivery.made_at < timedelta(hours=25)


def test_where_the_outcome_stays_away_it_is_asked_for_again(stage: WebhookStage) -> None:
    errand = the(ErrandDue, stage.tell(said()))
    assert not all_of(ErrandDue, stage.wait(29))
    again = the(ErrandDue, stage.wait(1))
    assert changed(again, ts=errand.ts, seq=errand.seq) == errand
    stage.done(errand, GOOD)
    assert not all_of(Delivery, stage.done(again, BAD))
    assert [each.state for each in stage.deliveries] == [DeliveryState.DELIVERED]


def test_what_waits_goes_on_over_a_restart(stage: WebhookStage) -> None:
    errand = the(ErrandDue, stage.tell(said()))
    assert the(ErrandDue, stage.restart()).errand_id == errand.errand_id
    stage.done(errand, BAD)
    assert not all_of(ErrandDue, stage.restart())
    assert the(ErrandDue, stage.wait(5)).attempt == 2


def test_a_webhook_is_told_of_its_rules_alone(stage: WebhookStage) -> None:
    stage.add("webhook-2", rules=("offline",))
    assert [each.webhook_id for each in all_of(ErrandDue, stage.tell(said(rule="fault")))] == ["webhook-1"]
    told = all_of(ErrandDue, stage.tell(said(2, "offline")))
    assert [each.webhook_id for each in told] == ["webhook-1", "webhook-2"]


def test_a_slow_receiver_is_asked_a_few_at_once_and_one_that_is_away_has_so_many_wait(stage: WebhookStage) -> None:
    first = [errand for number in range(AT_ONCE + 1) for errand in all_of(ErrandDue, stage.tell(said(number)))]
    assert len(first) == AT_ONCE
    assert len(all_of(ErrandDue, stage.done(first[0], GOOD))) == 1
    for number in range(AT_ONCE + 1, MOST_WAITING + AT_ONCE):
        stage.tell(said(number))
    given_up = [each for each in stage.deliveries if each.state is DeliveryState.GIVEN_UP]
    assert len(given_up) == AT_ONCE - 1
    assert given_up[0].trouble == "1000 others waited already"


def test_one_that_is_disabled_or_removed_is_told_nothing_more(stage: WebhookStage) -> None:
    errand = the(ErrandDue, stage.tell(said()))
    disable = ChangeWebhook(ts=T0, request_id="C", webhook_id="webhook-1", enabled=False)
    assert the(Delivery, stage.tell(disable)).state is DeliveryState.DROPPED
    assert stage.done(errand, BAD) == stage.tell(said(2)) == []
    test = TestWebhook(ts=T0, request_id="T", webhook_id="webhook-1")
    assert "disabled" in (the(WebhookAnswer, stage.tell(test)).refusal or "")
    stage.tell(changed(disable, request_id="C-2", enabled=True))
    assert all_of(ErrandDue, stage.tell(said(3)))
    stage.tell(RemoveWebhook(ts=T0, request_id="R", webhook_id="webhook-1"))
    assert stage.tell(said(4)) == []
    assert the(WebhookAnswer, stage.tell(changed(test, request_id="T-2"))).refusal == (
        "webhook-1 is not a known webhook"
    )
    stage.restart()
    assert stage.tell(said(5)) == []


def test_a_test_arrives_and_is_made_once(stage: WebhookStage) -> None:
    test = TestWebhook(ts=T0, request_id="T", webhook_id="webhook-1")
    answers = stage.tell(test)
    assert (the(Delivery, answers).event, the(ErrandDue, answers).attempt) == ("webhook.test", 1)
    assert the(OperatorAction, answers).action == "test_webhook"
    again = stage.tell(test)
    assert the(WebhookAnswer, again).refusal is None
    assert not all_of(Delivery, again)


def test_orders_are_noted_and_done_once(stage: WebhookStage) -> None:
    order = AddWebhook(ts=T0, request_id="A", webhook_id="webhook-2", url=URL, rules=("fault",))
    answers = stage.tell(order)
    assert (the(Webhook, answers).url, the(OperatorAction, answers).subject) == (URL, "webhook-2")
    again = stage.tell(order)
    assert (the(WebhookAnswer, again).refusal, all_of(Webhook, again)) == (None, [])
    assert the(WebhookAnswer, stage.tell(changed(order, url=f"{URL}/2"))).refusal is not None
    change = ChangeWebhook(ts=T0, request_id="C", webhook_id="webhook-2", url=f"{URL}/2", rules=())
    changes = stage.tell(change)
    assert (the(Webhook, changes).url, the(Webhook, changes).rules) == (f"{URL}/2", ())
    assert not all_of(Webhook, stage.tell(changed(change, request_id="C-2")))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://example.org/", "no address of HTTP"),
        ("https:///path", "no address of HTTP"),
        ("http://[::1", "no address"),
        ("https://user:word@example.org/", "name or password"),
        ("https://example.org/#part", "no fragment"),
        ("https://example.org:port/", "no address"),
    ],
)
def test_nobody_is_told_at_what_is_no_address(stage: WebhookStage, url: str, why: str) -> None:
    answers = stage.add("webhook-9", url=url)
    assert why in (the(WebhookAnswer, answers).refusal or "")
    change = ChangeWebhook(ts=T0, request_id=another("C"), webhook_id="webhook-1", url=url)
    assert why in (the(WebhookAnswer, stage.tell(change)).refusal or "")


def test_there_are_so_many_webhooks_at_most_and_late_orders_are_refused(stage: WebhookStage) -> None:
    for number in range(2, MOST_WEBHOOKS + 1):
        stage.add(f"webhook-{number}")
    assert "which is the most" in (the(WebhookAnswer, stage.add("webhook-99")).refusal or "")
    stage.now = after(60)
    assert the(WebhookAnswer, stage.add("webhook-99", ts=T0)).refusal == TOO_LATE


def test_what_a_clock_far_ahead_left_is_not_waited_for(stage: WebhookStage) -> None:
    stage.done(the(ErrandDue, stage.tell(said())), BAD)
    stage.now -= timedelta(days=30)
    stage.restart()
    assert all_of(ErrandDue, stage.wait(5))


def test_a_clock_that_is_set_changes_no_wait(stage: WebhookStage) -> None:
    stage.done(the(ErrandDue, stage.tell(said())), BAD)
    stage.now += timedelta(hours=1)
    stage.tell(ClockStepped(by=timedelta(hours=1)))
    assert not all_of(ErrandDue, stage.wait(4.9))
    assert all_of(ErrandDue, stage.wait(0.2))
