"""Charging points over HTTP: look, stop, resume, plug, unplug, fault, recover."""

from datetime import timedelta
from pathlib import Path

import pytest

from evcharging.apps.ev_central import pages_api
from evcharging.common.messages import UpdateStatus
from evcharging.tests.stages.central_world import World, in_world

TWO = ("CP-001", "CP-002")


# Looking


@in_world("CP-002", "CP-010", "CP-001")
async def test_points_are_listed_in_the_order_of_their_ids(world: World) -> None:
    assert [point["cp_id"] for point in await world.get("/cp")] == ["CP-001", "CP-002", "CP-010"]


@in_world(*TWO)
async def test_one_point_is_shown_as_in_the_list(world: World) -> None:
    assert await world.get("/cp/CP-002") == (await world.get("/cp"))[1]


@in_world(*TWO)
async def test_an_unknown_point_is_a_real_404_in_one_sentence(world: World) -> None:
    problem = await world.get("/cp/CP-404", status=404)
    assert problem == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "CP-404 is not a known charging point",
        "code": "unknown_point",
        "instance": "/cp/CP-404",
    }


@in_world(*TWO)
async def test_ids_that_differ_in_case_are_different_points(world: World) -> None:
    await world.get("/cp/cp-001", status=404)


@in_world(*TWO)
async def test_points_can_be_asked_for_by_state(world: World) -> None:
    await world.post("/cp/CP-002/stop")
    assert [point["cp_id"] for point in await world.get("/cp?state=ACTIVATED")] == ["CP-001"]
    assert [point["cp_id"] for point in await world.get("/cp?state=STOPPED")] == ["CP-002"]
    assert await world.get("/cp?state=FAULT") == []


@in_world("CP-001", "CP-002", "CP-003", "CP-004")
async def test_free_points_are_those_that_a_driver_may_ask_for_now(world: World) -> None:
    await world.drive("CP-001")
    await world.post("/cp/CP-002/stop")
    await world.post("/cp/CP-003/fault")
    await world.settle()
    assert [point["cp_id"] for point in await world.get("/cp/free")] == ["CP-004"]


@in_world("CP-001", manual=True)
async def test_a_point_that_waits_for_its_driver_to_plug_in_is_not_free(world: World) -> None:
    await world.drive("CP-001")
    assert (await world.get("/cp/CP-001"))["state"] == "ACTIVATED"
    assert await world.get("/cp/free") == []
    assert [request["status"] for request in await world.get("/requests/ongoing")] == ["AUTHORISED"]


@in_world(*TWO)
async def test_a_supply_shows_its_driver_its_power_its_energy_and_its_cost(world: World) -> None:
    request_id = await world.drive("CP-001", "driver-bob")
    await world.pass_time(3.2)
    point = await world.get("/cp/CP-001")
    session = point["session"]
    assert point["state"] == "SUPPLYING"
    assert (session["driver_id"], session["request_id"], session["status"]) == ("driver-bob", request_id, "SUPPLYING")
    assert (session["kw"], session["kwh"], session["euros"]) == (22.0, 0.018333, 0.0055)
    assert session["started_at"] == session["requested_at"] == "2026-01-01T12:00:00Z"


@in_world(*TWO)
async def test_telemetry_has_the_newest_reading_of_every_running_supply(world: World) -> None:
    assert await world.get("/telemetry") == []
    await world.drive("CP-001")
    await world.drive("CP-002", "driver-bob")
    await world.pass_time(2.2)
    readings = {reading["cp_id"]: reading for reading in await world.get("/telemetry")}
    assert readings["CP-002"] | {"session_id": "?", "read_at": "?"} == {
        "cp_id": "CP-002",
        "kw": 22.0,
        "euros": 0.003667,
        "price": None,
        "driver_id": "driver-bob",
        "session_id": "?",
        "ts": "2026-01-01T12:00:02Z",
        "kwh": 0.012222,
        "register_mwh": 12222,
        "read_at": "?",
    }
    assert set(readings) == set(TWO)
    await world.pass_time(9)
    assert await world.get("/telemetry") == []


@in_world(*TWO)
async def test_ongoing_requests_are_listed_oldest_first_until_they_end(world: World) -> None:
    later = await world.drive("CP-002", "driver-bob")
    await world.pass_time(1)
    latest = await world.drive("CP-001")
    ongoing = await world.get("/requests/ongoing")
    assert [request["request_id"] for request in ongoing] == [later, latest]
    assert {request["status"] for request in ongoing} == {"SUPPLYING"}
    await world.pass_time(20)
    assert await world.get("/requests/ongoing") == []


@in_world(*TWO)
async def test_health_says_how_many_points_there_are_and_since_when_central_is_up(world: World) -> None:
    world.health.began -= 7
    health = await world.get("/health")
    assert (health["status"], health["reason"], health["points"]) == ("ok", None, 2)
    assert health["uptime_s"] >= 7


@in_world()
async def test_since_when_central_is_up_does_not_depend_on_how_the_clock_is_set(world: World) -> None:
    world.clock.step(timedelta(hours=-1))
    assert (await world.get("/health"))["uptime_s"] >= 0


@in_world("CP-001")
async def test_a_point_whose_monitor_falls_silent_is_shown_disconnected_with_when_it_was_last_seen(
    world: World,
) -> None:
    await world.pass_time(7)
    await world.lose_monitors()
    point = await world.get("/cp/CP-001")
    assert (point["state"], point["reason"]) == ("DISCONNECTED", "no link to its monitor")
    assert point["last_seen"] == "2026-01-01T12:00:06Z"
    assert point["since"] == "2026-01-01T12:00:16Z"


# Stop and resume


@in_world(*TWO)
async def test_stop_takes_one_point_out_of_service_and_resume_brings_it_back(world: World) -> None:
    point = await world.post("/cp/CP-001/stop")
    assert (point["state"], point["stopped"], point["reason"]) == ("STOPPED", True, "stopped by the operator")
    request_id = await world.drive("CP-001")
    assert world.told(request_id)[-1].reason == "CP-001 is stopped by the operator"
    point = await world.post("/cp/CP-001/resume")
    assert (point["state"], point["stopped"], point["reason"]) == ("ACTIVATED", False, None)
    assert (await world.states())["CP-002"] == "ACTIVATED"


@in_world("CP-001")
async def test_stop_ends_a_running_supply_and_bills_what_was_delivered(world: World) -> None:
    request_id = await world.drive("CP-001")
    await world.pass_time(5)
    await world.post("/cp/CP-001/stop")
    await world.settle()
    assert await world.states() == {"CP-001": "STOPPED"}
    last = world.told(request_id)[-1]
    assert (last.status, last.reason) == (UpdateStatus.FAILED, "stopped by the operator")
    assert [(ticket["kwh"], ticket["euros"]) for ticket in await world.get("/tickets")] == [(0.030555, 0.009167)]


@in_world(*TWO)
async def test_stop_and_resume_can_be_said_twice(world: World) -> None:
    for _ in range(2):
        assert (await world.post("/cp/CP-001/stop"))["state"] == "STOPPED"
    for _ in range(2):
        assert (await world.post("/cp/CP-001/resume"))["state"] == "ACTIVATED"
    assert (await world.post("/cp/CP-002/resume"))["state"] == "ACTIVATED"


@in_world("CP-001", "CP-002", "CP-003")
async def test_stop_and_resume_for_all_points_say_how_many_did_it(world: World) -> None:
    await world.drive("CP-002")
    await world.pass_time(2)
    assert await world.post("/cp/stop") == {"done": 3, "failed": []}
    await world.settle()
    assert set((await world.states()).values()) == {"STOPPED"}
    assert await world.post("/cp/resume") == {"done": 3, "failed": []}
    await world.settle()
    assert set((await world.states()).values()) == {"ACTIVATED"}


@in_world()
async def test_stop_for_all_points_of_an_empty_network_is_no_mistake(world: World) -> None:
    assert await world.post("/cp/stop") == {"done": 0, "failed": []}


@in_world("CP-001")
async def test_a_point_that_is_away_can_be_stopped_and_stays_so_when_it_is_back(world: World) -> None:
    await world.lose_monitors()
    point = await world.post("/cp/CP-001/stop")
    assert (point["state"], point["stopped"]) == ("DISCONNECTED", True)
    world.connect_monitors()
    await world.settle()
    assert await world.states() == {"CP-001": "STOPPED"}


# The hand at the point, from afar


@in_world("CP-001", manual=True)
async def test_a_supply_starts_on_plugging_in_and_ends_on_unplugging(world: World) -> None:
    request_id = await world.drive("CP-001")
    await world.post("/cp/CP-001/plug")
    await world.settle()
    assert (await world.get("/cp/CP-001"))["plugged"] is True
    assert await world.states() == {"CP-001": "SUPPLYING"}
    await world.pass_time(60)
    await world.post("/cp/CP-001/unplug")
    await world.settle()
    assert await world.states() == {"CP-001": "ACTIVATED"}
    assert world.told(request_id)[-1].status is UpdateStatus.COMPLETED
    assert [(ticket["kwh"], ticket["ended_by"]) for ticket in await world.get("/tickets")] == [(0.366666, "unplugged")]


@in_world("CP-001", manual=True)
async def test_plugging_in_without_a_request_is_a_request_by_hand(world: World) -> None:
    await world.post("/cp/CP-001/plug")
    await world.settle()
    assert (await world.get("/cp/CP-001"))["session"]["driver_id"] == "walk-in"


@in_world("CP-001")
async def test_a_fault_takes_the_point_out_of_order_with_its_reason_and_recovery_brings_it_back(world: World) -> None:
    await world.post("/cp/CP-001/fault")
    await world.settle()
    point = await world.get("/cp/CP-001")
    assert (point["state"], point["reason"]) == ("FAULT", "fault reported at the point")
    texts = [notice["text"] for notice in await world.get("/messages")]
    assert texts[0] == "CP-001 faulty: fault reported at the point"
    await world.post("/cp/CP-001/recover")
    await world.pass_time(1)
    assert await world.states() == {"CP-001": "ACTIVATED"}


@in_world("CP-001")
async def test_a_fault_during_a_supply_ends_it_and_bills_what_was_delivered(world: World) -> None:
    request_id = await world.drive("CP-001")
    await world.pass_time(2)
    await world.post("/cp/CP-001/fault")
    await world.settle()
    assert world.told(request_id)[-1].status is UpdateStatus.FAILED
    assert [ticket["kwh"] for ticket in await world.get("/tickets")] == [0.012222]


@in_world("CP-001")
async def test_a_stopped_point_that_recovers_from_a_fault_is_still_stopped(world: World) -> None:
    await world.post("/cp/CP-001/stop")
    await world.post("/cp/CP-001/fault")
    await world.settle()
    assert await world.states() == {"CP-001": "FAULT"}
    await world.post("/cp/CP-001/recover")
    await world.pass_time(1)
    assert await world.states() == {"CP-001": "STOPPED"}


@pytest.mark.parametrize("action", ["plug", "unplug", "fault", "recover"])
@in_world("CP-001")
async def test_a_hand_cannot_reach_a_point_that_is_away(world: World, action: str) -> None:
    await world.lose_monitors()
    problem = await world.post(f"/cp/CP-001/{action}", status=409)
    assert problem["detail"] == f"CP-001 is offline and cannot {action}"


@pytest.mark.parametrize("action", ["stop", "resume", "plug", "unplug", "fault", "recover"])
@in_world("CP-001")
async def test_nothing_can_be_done_at_an_unknown_point(world: World, action: str) -> None:
    problem = await world.post(f"/cp/CP-404/{action}", status=404)
    assert problem["detail"] == "CP-404 is not a known charging point"


# Pages


@pytest.mark.parametrize(("path", "file"), [("/", "index.html"), ("/docs", "docs.html")])
@in_world()
async def test_the_dashboard_and_the_page_about_the_api_ask_nobody_else_for_anything(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, file: str
) -> None:
    (tmp_path / file).write_text("<!doctype html>")
    monkeypatch.setattr(pages_api, "PAGES", tmp_path)
    answer = await world.http.get(path)
    assert (answer.status_code, answer.text) == (200, "<!doctype html>")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(("path", "sentence"), [("/", pages_api.NOT_BUILT), ("/docs", pages_api.NO_DOCS)])
@in_world()
async def test_a_page_that_was_not_built_is_one_sentence(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, sentence: str
) -> None:
    monkeypatch.setattr(pages_api, "PAGES", tmp_path)
    problem = await world.get(path, status=404)
    assert problem["detail"] == sentence
