"""Alerts over HTTP: they open, are acknowledged by somebody, close by themselves, and are found again."""

from datetime import timedelta

import pytest

from evcharging.tests.stages.central_world import START, World, in_world
from evcharging.tests.stages.known_people import KnownPeople, bearer

ALERTS = "/api/v1/alerts"
SENTENCE = "CP-001 is faulty: fault reported at the point"


async def unclosed(world: World) -> list[tuple[str, str, str]]:
    """The alerts that go on: rule, point and state."""
    items = (await world.get(f"{ALERTS}?state=unclosed&sort=oldest"))["items"]
    return [(each["rule"], each["cp_id"], each["state"]) for each in items]


@in_world("CP-001", "CP-002")
async def test_a_fault_opens_an_alert_that_is_acknowledged_and_closes_by_itself(world: World) -> None:
    assert await unclosed(world) == []
    await world.post("/cp/CP-001/fault")
    await world.pass_time(1)
    [alert] = (await world.get(ALERTS))["items"]
    assert (alert["rule"], alert["severity"], alert["state"]) == ("fault", "error", "open")
    assert (alert["cp_id"], alert["text"], alert["acknowledged"]) == ("CP-001", SENTENCE, None)
    assert (await world.get("/api/v1/stats"))["alerts"] == 1
    path = f"{ALERTS}/{alert['alert_id']}"
    seen = await world.post(f"{path}/ack", json={"note": "The electrician comes at ten"})
    assert seen["state"] == "acknowledged"
    assert seen["acknowledged"]["note"] == "The electrician comes at ten"
    assert seen["acknowledged"]["by"]["kind"] == "local"
    assert await world.post(f"{path}/ack", json={"note": "Somebody else"}) == seen == await world.get(path)
    assert (await world.get("/api/v1/stats"))["alerts"] == 0
    await world.post("/cp/CP-001/recover")
    await world.pass_time(1)
    closed = await world.get(path)
    assert closed == {**seen, "state": "closed", "closed_at": closed["closed_at"]}
    assert await unclosed(world) == []
    refused = await world.post(f"{path}/ack", status=409, json={})
    assert refused["detail"] == f"{alert['alert_id']} does not go on: nothing is left to acknowledge"
    [action] = (await world.get("/api/v1/audit?action=ack_alert&refused=false"))["items"]
    assert (action["subject"], action["before"]["state"], action["after"]["state"]) == (
        alert["alert_id"],
        "open",
        "acknowledged",
    )


@in_world("CP-001", "CP-002")
async def test_a_point_that_stays_away_is_told_of_after_a_minute_and_once(world: World) -> None:
    await world.lose_monitors()
    await world.pass_time(58)
    assert await unclosed(world) == []
    await world.pass_time(120)
    assert await unclosed(world) == [("offline", "CP-001", "open"), ("offline", "CP-002", "open")]
    world.connect_monitors()
    await world.pass_time(5)
    assert await unclosed(world) == []
    assert len((await world.get(f"{ALERTS}?state=closed"))["items"]) == 2


@in_world("CP-001", "CP-002")
async def test_alerts_are_found_by_what_they_are_and_page_by_page(world: World) -> None:
    for cp_id in ("CP-001", "CP-002"):
        await world.post(f"/cp/{cp_id}/fault")
        await world.pass_time(1)
    first = await world.get(f"{ALERTS}?limit=1")
    assert [each["cp_id"] for each in first["items"]] == ["CP-002"]
    second = await world.get(f"{ALERTS}?limit=1&after={first['next']}")
    assert ([each["cp_id"] for each in second["items"]], second["next"]) == (["CP-001"], None)
    for query in ("cp_id=CP-002", "q=cp-002", "rule=fault&cp_id=CP-002", "state=open&limit=1"):
        assert (await world.get(f"{ALERTS}?{query}"))["items"] == first["items"], query
    later = (START + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for query in ("rule=offline", "state=closed", "site_id=SITE-1", f"from={later}"):
        assert (await world.get(f"{ALERTS}?{query}"))["items"] == [], query


@in_world("CP-001")
@pytest.mark.parametrize(
    ("path", "body", "status", "why"),
    [
        ("alert-404/ack", {}, 404, "alert-404 is not a known alert"),
        ("alert-404/ack", {"note": ""}, 422, "note"),
        ("alert-404/ack", {"notes": "x"}, 422, "notes"),
        ("alert-404/ack", [], 422, "Ack"),
    ],
)
async def test_what_cannot_be_acknowledged_is_refused_in_one_sentence(
    world: World, path: str, body: object, status: int, why: str
) -> None:
    assert why in (await world.post(f"{ALERTS}/{path}", json=body, status=status))["detail"]


@in_world("CP-001")
async def test_unknown_alerts_and_words_are_refused(world: World) -> None:
    assert (await world.get(f"{ALERTS}/alert-404", status=404))["detail"] == "alert-404 is not a known alert"
    await world.get(f"{ALERTS}?state=gone", status=422)
    await world.get(f"{ALERTS}?rule=gone", status=422)


@in_world("CP-001")
async def test_the_rules_say_when_alerts_open_and_close(world: World) -> None:
    rules = await world.get("/api/v1/alert-rules")
    assert {each["rule"]: each["after_s"] for each in rules} == {
        "fault": 0,
        "offline": 60,
        "unannounced": 60,
        "no_readings": 20,
        "limit_not_kept": 60,
        "overload": 0,
        "idle_long": 1800,
        "reserved_in_vain": 30,
        "bill_held": 0,
        "capture_waits": 900,
        "payment_difference": 0,
    }


@in_world("CP-001")
async def test_who_only_looks_acknowledges_nothing(world: World) -> None:
    await world.post("/cp/CP-001/fault")
    await world.pass_time(1)
    world.let_in(KnownPeople())
    [alert] = (await world.http.get(ALERTS, headers=bearer("viewer"))).json()["items"]
    path = f"{ALERTS}/{alert['alert_id']}/ack"
    assert (await world.http.post(path, json={}, headers=bearer("viewer"))).status_code == 403
    seen = (await world.http.post(path, json={}, headers=bearer("operator"))).json()
    assert seen["acknowledged"]["by"]["role"] == "operator"
