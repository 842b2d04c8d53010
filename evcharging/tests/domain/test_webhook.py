"""What a webhook is told, how often, and which addresses it may have."""

from datetime import timedelta

import pytest

from evcharging.common.utils import changed
from evcharging.domain.webhook import (
    LAST_AGAIN,
    MOST_ATTEMPTS,
    DeliveryState,
    ErrandOutcome,
    Webhook,
    bounded,
    pause,
    trial_of,
    tried,
    why_no_target,
)
from evcharging.tests.stages.scenario import T0

WEBHOOK = Webhook(webhook_id="w", url="https://example.org/", added_at=T0, request_id="r", rules=("fault",))


def test_pauses_double_up_to_an_hour_and_all_attempts_take_about_a_day() -> None:
    assert [pause(number).total_seconds() for number in range(5)] == [0, 5, 10, 20, 40]
    assert max(map(pause, range(MOST_ATTEMPTS))) == LAST_AGAIN
    whole = sum(map(pause, range(MOST_ATTEMPTS)), timedelta(0))
    assert timedelta(hours=23) < whole < timedelta(hours=25)


@pytest.mark.parametrize(("status", "is_good"), [(200, True), (204, True), (299, True), (302, False), (500, False)])
def test_only_2xx_is_taken(status: int, is_good: bool) -> None:
    delivery = tried(trial_of(WEBHOOK, "d", T0), ErrandOutcome(status=status), T0)
    assert (delivery.state is DeliveryState.DELIVERED) is is_good
    assert (delivery.next_at is None) is is_good


def test_the_last_attempt_gives_up() -> None:
    delivery = changed(trial_of(WEBHOOK, "d", T0), attempts=MOST_ATTEMPTS - 1)
    assert tried(delivery, ErrandOutcome(trouble="x"), T0).state is DeliveryState.GIVEN_UP


def test_what_another_clock_left_is_not_waited_for_longer_than_by_this_one() -> None:
    delivery = tried(trial_of(WEBHOOK, "d", T0), ErrandOutcome(status=500), T0)
    assert bounded(delivery, T0) is delivery
    assert bounded(delivery, T0 - timedelta(days=9)).next_at == T0 - timedelta(days=9) + pause(1)


def test_a_webhook_wants_its_rules_while_it_is_there_and_enabled() -> None:
    assert [WEBHOOK.wants("fault"), WEBHOOK.wants("offline")] == [True, False]
    assert changed(WEBHOOK, rules=()).wants("offline")
    assert not changed(WEBHOOK, enabled=False).wants("fault")
    assert not changed(WEBHOOK, removed_at=T0).wants("fault")


@pytest.mark.parametrize(
    "url", ["http://a", "https://a.example/b?c=d", "https://[2001:db8::1]:8443/", "http://10.0.0.1:80/"]
)
def test_addresses_of_http_are_targets(url: str) -> None:
    assert why_no_target(url) is None
