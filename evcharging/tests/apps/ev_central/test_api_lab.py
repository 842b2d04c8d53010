"""The lab over HTTP: there where the network runs in one process, for operators and administrators."""

import pytest

from evcharging.apps.ev_central.lab import Deed, NewDrivers, NewPoints, NewVehicle, PartKind
from evcharging.tests.stages.central_world import World, in_world
from evcharging.tests.stages.known_lab import KnownLab
from evcharging.tests.stages.known_people import KnownPeople, bearer

LAB = "/api/v1/lab"


def with_lab(world: World) -> KnownLab:
    """The lab of this Central, from now on."""
    lab = world.commands.lab = KnownLab()
    return lab


@in_world("CP-001")
async def test_a_central_alone_has_no_lab_and_says_so_in_a_sentence(world: World) -> None:
    said = "This Central has no lab: only `evcharging run`, with the whole network in one process, has one"
    assert (await world.get("/api/v1/access"))["lab"] is False
    for problem in (
        await world.get(LAB, 404),
        await world.post(f"{LAB}/central/kill", 404),
        await world.post(f"{LAB}/engines/CP-001/kill", 404),
        await world.post(f"{LAB}/scenarios/faults", 404),
        await world.post(f"{LAB}/points", 404, json={"count": 1}),
    ):
        assert (problem["detail"], problem["code"]) == (said, "unknown_resource")


@in_world("CP-001")
async def test_a_console_is_told_that_there_is_one(world: World) -> None:
    with_lab(world)
    assert (await world.get("/api/v1/access"))["lab"] is True
    shown = await world.get(LAB)
    assert {name: shown[name] for name in ("speed", "manual", "central", "points", "drivers", "play")} == {
        "speed": 2.5,
        "manual": True,
        "central": "running",
        "points": 10,
        "drivers": 2,
        "play": None,
    }
    assert shown["away"] == {"engines": 1, "monitors": 0, "links": 0, "drivers": 0}
    assert shown["scenarios"] == [
        {"scenario_id": "faults", "title": "Faults", "text": "Engines report faults", "seconds": 20}
    ]


@in_world("CP-001")
async def test_parts_are_listed_page_by_page(world: World) -> None:
    with_lab(world)
    first = await world.get(f"{LAB}/points?limit=4")
    assert [point["cp_id"] for point in first["items"]] == ["CP-001", "CP-002", "CP-003", "CP-004"]
    assert first["items"][0] == {
        "cp_id": "CP-001",
        "engine": "killed",
        "monitor": "running",
        "link": "lost",
        "kw": 22.0,
    }
    rest = await world.get(f"{LAB}/points?limit=6&after={first['next']}")
    assert (len(rest["items"]), rest["next"]) == (6, None)
    assert [point["cp_id"] for point in (await world.get(f"{LAB}/points?q=010"))["items"]] == ["CP-010"]
    drivers = await world.get(f"{LAB}/drivers?limit=1")
    assert drivers == {
        "items": [{"driver_id": "driver-alice", "state": "running", "asks_at": "CP-001"}],
        "next": "driver-alice",
    }


@in_world("CP-001")
async def test_points_drivers_and_vehicles_come_as_they_are_asked_for(world: World) -> None:
    lab = with_lab(world)
    points = {"count": 3, "site_id": "SITE-9", "kw": 50.5, "euros_per_kwh": 0.4567891}
    assert await world.post(f"{LAB}/points", 201, json=points) == {"ids": ["CP-011"]}
    await world.post(f"{LAB}/points", 201, json={"count": 1})
    assert await world.post(f"{LAB}/drivers", 201, json={"count": 2}) == {"ids": ["driver-carol"]}
    await world.post(f"{LAB}/drivers", 201, json={"count": 1, "interval_s": 0.5, "cp_id": "CP-001"})
    vehicle = {"battery_kwh": 60, "charge_percent": 30.5, "kw": 11}
    assert (await world.http.put(f"{LAB}/points/CP-001/vehicle", json=vehicle)).status_code == 200
    assert lab.asked == [
        (NewPoints(3, "SITE-9", 50_500, 0.456789), "local"),
        (NewPoints(1, None, None, None), "local"),
        (NewDrivers(2, 4.0, None), "local"),
        (NewDrivers(1, 0.5, "CP-001"), "local"),
        ("CP-001", NewVehicle(60_000_000, 305, 11_000), "local"),
    ]


@in_world("CP-001")
async def test_parts_and_central_are_taken_away_and_brought_back(world: World) -> None:
    lab = with_lab(world)
    await world.post(f"{LAB}/engines/CP-001/kill")
    await world.post(f"{LAB}/links/CP-001/restore")
    assert (await world.post(f"{LAB}/central/kill"))["central"] == "killed"
    assert (await world.post(f"{LAB}/central/restart"))["central"] == "running"
    assert lab.asked == [
        (PartKind.ENGINES, "CP-001", Deed.KILL, "local"),
        (PartKind.LINKS, "CP-001", Deed.RESTORE, "local"),
        (Deed.KILL, "local"),
        (Deed.RESTART, "local"),
    ]


@in_world("CP-001")
async def test_a_scenario_is_played_and_ended(world: World) -> None:
    with_lab(world)
    play = (await world.post(f"{LAB}/scenarios/faults", 202))["play"]
    assert play == {
        "scenario_id": "faults",
        "began_at": "2026-01-01T12:00:00Z",
        "ends_at": "2026-01-01T12:00:20Z",
        "step": 1,
        "steps": 2,
    }
    ended = await world.http.delete(f"{LAB}/scenarios")
    assert (ended.status_code, ended.json()["play"]) == (200, None)


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("points", {}, "count"),
        ("points", {"count": 0}, "count"),
        ("points", {"count": 9_901}, "count"),
        ("points", {"count": "3"}, "count"),
        ("points", {"count": 1, "site_id": "a b"}, "site_id"),
        ("points", {"count": 1, "kw": 0}, "kw"),
        ("points", {"count": 1, "euros_per_kwh": -1}, "euros_per_kwh"),
        ("points", {"count": 1, "size": 3}, "size"),
        ("drivers", {"count": 2_001}, "count"),
        ("drivers", {"count": 1, "interval_s": 0.1}, "interval_s"),
        ("drivers", {"count": 1, "cp_id": "a/b"}, "cp_id"),
    ],
)
@in_world("CP-001")
async def test_what_does_not_fit_is_refused_in_a_sentence(
    world: World, path: str, body: dict[str, object], said: str
) -> None:
    lab = with_lab(world)
    problem = await world.post(f"{LAB}/{path}", 422, json=body)
    assert said in problem["detail"]
    assert lab.asked == []


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("engines/CP-001/cut", "deed: for engines there are kill and restart"),
        ("links/CP-001/kill", "deed: for links there are cut and restore"),
        ("central/cut", "deed: for Central there are kill and restart"),
    ],
)
@in_world("CP-001")
async def test_what_cannot_be_done_to_a_part_is_refused_in_a_sentence(world: World, path: str, said: str) -> None:
    lab = with_lab(world)
    assert (await world.post(f"{LAB}/{path}", 422))["detail"] == said
    assert (await world.http.post(f"{LAB}/doors/CP-001/kill")).status_code == 422
    assert lab.asked == []


@in_world("CP-001")
async def test_operators_and_administrators_use_it_and_others_do_not(world: World) -> None:
    lab = with_lab(world)
    world.let_in(KnownPeople())
    for who, status in (("viewer", 403), ("auditor", 403), ("driver", 403), ("operator", 200), ("admin", 200)):
        asked = await world.http.post(f"{LAB}/monitors/CP-001/kill", headers=bearer(who))
        looked = await world.http.get(LAB, headers=bearer(who))
        assert (asked.status_code, looked.status_code) == (status, status), who
    assert [each[:3] for each in lab.asked] == [(PartKind.MONITORS, "CP-001", Deed.KILL)] * 2
