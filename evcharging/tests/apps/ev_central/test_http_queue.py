"""A driver asks for any point of a site over HTTP, waits there, takes what is offered, or leaves."""

from typing import Any

import pytest

from evcharging.apps.ev_central.driver_feed import DriverFeed
from evcharging.tests.stages.central_world import World, in_world
from evcharging.tests.stages.phones import ALICE, BOB, WAIT, Phone

SITE = "/api/v1/sites/SITE-1"


async def at_site(world: World, *cp_ids: str) -> None:
    """These points are at the site, and its role has heard of them."""
    for cp_id in cp_ids:
        await world.post("/cp/register", json={"cp_id": cp_id, "site_id": "SITE-1"})
    await world.pass_time(10)


async def ask(phone: Phone, status: int = 201, **headers: str) -> Any:
    return await phone.ask("POST", f"{SITE}/sessions", status, {}, **WAIT, **headers)


async def seen(world: World, path: str) -> Any:
    """What an operator is shown."""
    return await Phone(world, "operator").ask("GET", path)


async def taken_by_bob(world: World) -> tuple[Phone, str]:
    """The one point of the site is taken by somebody who stops when the test says so."""
    bob = Phone(world, BOB)
    asked = await ask(bob)
    return bob, asked["session_id"]


@in_world("CP-001", "CP-002")
async def test_any_free_point_of_the_site_serves_a_request(world: World) -> None:
    await at_site(world, "CP-001", "CP-002")
    alice, bob = Phone(world), Phone(world, BOB)
    first, second = await ask(alice), await ask(bob)
    assert {first["cp_id"], second["cp_id"]} == {"CP-001", "CP-002"}
    assert (first["status"], first["quote"] is not None) == ("SERVED", True)
    assert alice.answer.headers["Location"] == f"/api/v1/me/sessions/{first['session_id']}"
    session = await alice.get(f"sessions/{first['session_id']}")
    assert (session["cp_id"], session["request_id"]) == (first["cp_id"], first["request_id"])
    assert (await alice.get(f"queue/{first['request_id']}"))["session_id"] == first["session_id"]


@in_world("CP-001")
async def test_who_waits_has_a_place_and_takes_the_point_that_is_offered(world: World) -> None:
    await at_site(world, "CP-001")
    bob, session_id = await taken_by_bob(world)
    alice = Phone(world)
    waits = await ask(alice, 202)
    assert (waits["status"], waits["place"], waits["waiting"], waits["session_id"]) == ("QUEUED", 1, 1, None)
    [entry] = (await alice.get("queue"))["items"]
    assert (entry["request_id"], entry["driver_id"], entry["status"]) == (waits["request_id"], ALICE, "QUEUED")
    assert [each["driver_id"] for each in (await seen(world, f"{SITE}/queue"))["items"]] == [ALICE]
    early = await alice.post(f"queue/{waits['request_id']}/take", 409)
    assert early["detail"] == f"no point is offered for {waits['request_id']}: it is queued"
    await bob.post(f"sessions/{session_id}/stop")
    await world.pass_time(1)
    [entry] = (await alice.get("queue"))["items"]
    assert (entry["status"], entry["cp_id"]) == ("OFFERED", "CP-001")
    assert (await seen(world, "/api/v1/points/CP-001"))["held_until"] is not None
    assert (await bob.charge(status=409))["detail"] == "CP-001 is kept for another driver"
    taken = await alice.post(f"queue/{waits['request_id']}/take")
    assert taken["status"] in ("STARTING", "SERVED")
    await world.pass_time(1)
    served = await alice.get(f"queue/{waits['request_id']}")
    assert (served["status"], (await alice.get("queue"))["items"]) == ("SERVED", [])
    assert (await alice.get(f"sessions/{served['session_id']}"))["driver_id"] == ALICE


@in_world("CP-001")
async def test_who_leaves_waits_no_more_and_who_is_served_stops_instead(world: World) -> None:
    await at_site(world, "CP-001")
    bob, _ = await taken_by_bob(world)
    alice = Phone(world)
    request_id = (await ask(alice, 202))["request_id"]
    left = await alice.ask("DELETE", f"/api/v1/me/queue/{request_id}")
    assert (left["status"], left["reason"]) == ("LEFT", "its driver left")
    assert (await alice.ask("DELETE", f"/api/v1/me/queue/{request_id}"))["status"] == "LEFT"
    bobs = (await bob.get("requests"))["items"][0]["request_id"]
    served = await bob.ask("DELETE", f"/api/v1/me/queue/{bobs}", 409)
    assert served["detail"] == f"{bobs} is served already: stop its session instead"


@in_world("CP-001")
async def test_a_request_at_a_site_that_is_asked_again_with_its_key_is_one(world: World) -> None:
    await at_site(world, "CP-001")
    alice = Phone(world)
    first, again = await ask(alice, Idempotency_Key="one"), await ask(alice, Idempotency_Key="one")
    assert (first["request_id"], first["session_id"]) == (again["request_id"], again["session_id"])


@in_world("CP-001")
async def test_what_is_of_another_driver_is_not_there_and_bad_input_is_one_sentence(world: World) -> None:
    await at_site(world, "CP-001")
    _, alice, bob = await taken_by_bob(world), Phone(world), Phone(world, BOB)
    request_id = (await ask(alice, 202))["request_id"]
    for method, path in (("GET", ""), ("POST", "/take"), ("DELETE", "")):
        problem = await bob.ask(method, f"/api/v1/me/queue/{request_id}{path}", 404)
        assert problem["detail"] == f"{request_id} is not a known request at a site"
    assert (await alice.ask("POST", "/api/v1/sites/SITE-404/sessions", 404, {}))["code"] == "unknown_site"
    assert (await alice.ask("POST", f"{SITE}/sessions", 422, {"cp_id": "CP-001"}))["detail"].count(".") <= 1
    assert await alice.ask("POST", f"{SITE}/sessions", 422, {"kwh": -1})
    again = await alice.ask("POST", f"{SITE}/sessions", 409, {}, **WAIT)
    assert again["detail"] == f"{ALICE} waits at SITE-1 already: leave that queue first, or wait on"


@in_world("CP-001")
async def test_the_site_shows_how_many_wait(world: World) -> None:
    await at_site(world, "CP-001")
    await taken_by_bob(world)
    await ask(Phone(world), 202)
    await world.pass_time(5)
    assert (await seen(world, "/sites/SITE-1"))["waiting"] == 1


@in_world("CP-001")
async def test_a_place_that_is_not_heard_is_looked_for_in_the_ledger(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await at_site(world, "CP-001")
    await taken_by_bob(world)
    monkeypatch.setattr(DriverFeed, "_hand_on", lambda feed, update: None)
    first, second = await ask(Phone(world, "driver-carol"), 202), await ask(Phone(world), 202)
    assert [(each["place"], each["waiting"]) for each in (first, second)] == [(1, 1), (2, 2)]


@in_world("CP-001")
async def test_an_operator_takes_somebody_out_of_the_queue_who_hears_of_it(world: World) -> None:
    await at_site(world, "CP-001")
    await taken_by_bob(world)
    alice, operator = Phone(world), Phone(world, "operator")
    request_id = (await ask(alice, 202))["request_id"]
    path = f"{SITE}/queue/{request_id}"
    await alice.ask("DELETE", path, 403)
    assert (await operator.ask("DELETE", path))["items"] == []
    entry = await alice.get(f"queue/{request_id}")
    assert (entry["status"], entry["reason"]) == ("DENIED", "an operator took the request out of the queue")
    again = await operator.ask("DELETE", path, 409)
    assert again["detail"] == f"{request_id} does not wait: it is denied"
    await operator.ask("DELETE", f"/api/v1/sites/SITE-404/queue/{request_id}", 404)
