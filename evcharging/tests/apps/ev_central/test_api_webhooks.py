"""Webhooks over HTTP: added with a secret that is shown once, changed, tried, removed, and told of alerts."""

import json

import pytest

from evcharging.domain.webhook import ErrandOutcome
from evcharging.tests.stages.central_world import World, in_world
from evcharging.tests.stages.known_people import KnownPeople, bearer

WEBHOOKS = "/api/v1/webhooks"
URL = "https://example.org/alerts"


async def added(world: World, **body: object) -> str:
    """The ID of a new webhook."""
    answer = await world.post(WEBHOOKS, status=201, json={"url": URL, **body})
    webhook_id: str = answer["webhook"]["webhook_id"]
    return webhook_id


async def deliveries(world: World, webhook_id: str) -> list[dict[str, object]]:
    """What it was told, the newest first."""
    found: list[dict[str, object]] = (await world.get(f"{WEBHOOKS}/{webhook_id}/deliveries"))["items"]
    return found


@in_world("CP-001")
async def test_a_webhook_is_told_when_an_alert_opens_is_seen_and_closes(world: World) -> None:
    webhook_id = await added(world)
    await world.post("/cp/CP-001/fault")
    await world.pass_time(1)
    [alert] = (await world.get("/api/v1/alerts"))["items"]
    await world.post(f"/api/v1/alerts/{alert['alert_id']}/ack", json={"note": "I go there"})
    await world.post("/cp/CP-001/recover")
    await world.pass_time(1)
    told = [json.loads(errand.body) for errand in world.posted]
    assert [each["type"] for each in told] == ["alert.opened", "alert.acknowledged", "alert.closed"]
    assert [each["data"]["note"] for each in told] == [None, "I go there", "I go there"]
    assert {each["data"]["alert_id"] for each in told} == {alert["alert_id"]}
    assert [errand.url for errand in world.posted] == [URL] * 3
    kept = await deliveries(world, webhook_id)
    assert [(each["event"], each["state"], each["status"]) for each in kept] == [
        ("alert.closed", "delivered", 204),
        ("alert.acknowledged", "delivered", 204),
        ("alert.opened", "delivered", 204),
    ]
    assert len({errand.errand_id for errand in world.posted}) == 3


@in_world("CP-001")
async def test_its_secret_is_shown_once_and_is_nowhere_else(world: World) -> None:
    answer = await world.http.post(WEBHOOKS, json={"url": URL})
    assert answer.headers["cache-control"] == "no-store"
    secret = answer.json()["secret"]
    webhook_id = answer.json()["webhook"]["webhook_id"]
    for path in (WEBHOOKS, f"{WEBHOOKS}/{webhook_id}/deliveries", "/api/v1/audit"):
        assert secret not in (await world.http.get(path)).text


@in_world("CP-001")
async def test_a_receiver_that_fails_is_seen_in_the_list_and_tried_again(world: World) -> None:
    webhook_id = await added(world)
    world.outcome = ErrandOutcome(trouble="no answer within 10 s")
    await world.post(f"{WEBHOOKS}/{webhook_id}/test")
    await world.settle()
    [failed] = await deliveries(world, webhook_id)
    assert (failed["event"], failed["state"], failed["attempts"]) == ("webhook.test", "pending", 1)
    assert failed["trouble"] == "no answer within 10 s"
    world.outcome = ErrandOutcome(status=200)
    await world.pass_time(6)
    [done] = await deliveries(world, webhook_id)
    assert (done["state"], done["attempts"], done["status"], done["trouble"]) == ("delivered", 2, 200, None)
    assert (await world.get(f"{WEBHOOKS}/{webhook_id}/deliveries?state=pending"))["items"] == []


@in_world("CP-001")
async def test_a_webhook_is_changed_disabled_and_removed(world: World) -> None:
    webhook_id = await added(world, rules=["offline"])
    [kept] = await world.get(WEBHOOKS)
    assert (kept["url"], kept["rules"], kept["enabled"]) == (URL, ["offline"], True)
    path = f"{WEBHOOKS}/{webhook_id}"
    changed = (await world.http.patch(path, json={"rules": [], "enabled": False})).json()
    assert changed == {**kept, "rules": [], "enabled": False}
    problem = await world.post(f"{path}/test", status=409)
    assert problem["detail"] == f"{webhook_id} is disabled: enable it first"
    await world.delete(path)
    assert await world.get(WEBHOOKS) == []
    for answer in (
        await world.http.delete(path),
        await world.http.patch(path, json={}),
        await world.http.post(f"{path}/test"),
    ):
        assert (answer.status_code, answer.json()["detail"]) == (404, f"{webhook_id} is not a known webhook")
    assert world.posted == []


@in_world("CP-001")
@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        ({"url": "ftp://example.org"}, 409, "no address of HTTP"),
        ({"url": "https://ann:word@example.org"}, 409, "name or password"),
        ({"url": ""}, 422, "url"),
        ({"url": URL, "rules": ["gone"]}, 422, "rules"),
        ({"url": URL, "secret": "whsec_x"}, 422, "secret"),
        ([], 422, "Webhook"),
    ],
)
async def test_what_cannot_be_a_webhook_is_refused_in_one_sentence(
    world: World, body: object, status: int, why: str
) -> None:
    assert why in (await world.post(WEBHOOKS, json=body, status=status))["detail"]
    assert await world.get(WEBHOOKS) == []


@in_world("CP-001")
async def test_what_is_asked_again_with_the_same_key_is_one_webhook(world: World) -> None:
    headers = {"Idempotency-Key": "first"}
    made = [(await world.http.post(WEBHOOKS, json={"url": URL}, headers=headers)).json() for _ in range(2)]
    assert made[0] == made[1]
    assert len(await world.get(WEBHOOKS)) == 1


@in_world("CP-001")
async def test_operators_neither_see_nor_change_webhooks(world: World) -> None:
    world.let_in(KnownPeople())
    assert (await world.http.get(WEBHOOKS, headers=bearer("operator"))).status_code == 403
    assert (await world.http.post(WEBHOOKS, json={"url": URL}, headers=bearer("operator"))).status_code == 403
    assert (await world.http.get(WEBHOOKS, headers=bearer("admin"))).status_code == 200
