"""Sites as drivers see them: where they are, what is free there and what it costs; and where the app is."""

from pathlib import Path

import pytest

from evcharging.apps.ev_central import pages_api
from evcharging.tests.apps.ev_central.test_api_sites import MADRID, NORTH, SITE
from evcharging.tests.apps.ev_central.test_http_sites import place
from evcharging.tests.stages.central_world import World, in_world
from evcharging.tests.stages.phones import BOB, Phone


@in_world("CP-001", "CP-002", "CP-003")
async def test_a_site_says_where_it_is_what_is_free_and_its_lowest_price(world: World) -> None:
    for cp_id in ("CP-001", "CP-002"):
        await place(world, cp_id, "SITE-1")
    await world.post("/cp/register", json={"cp_id": "CP-002", "euros_per_kwh": 0.25})
    await place(world, "CP-003", "SITE-2")
    await world.pass_time(2)
    await world.put(SITE, json=NORTH)
    alice = Phone(world)
    await Phone(world, BOB).charge("CP-001")
    first, second = (await alice.get("sites"))["items"]
    assert first == {
        "site_id": "SITE-1",
        "name": "North car park",
        "address": "Calle Mayor 1, 28013 Madrid",
        "coordinates": MADRID,
        "points": 2,
        "free": 1,
        "waiting": 0,
        "euros_per_kwh": 0.25,
        "kw_rate": 22.0,
    }
    assert (second["site_id"], second["name"], second["coordinates"], second["free"]) == ("SITE-2", "", None, 1)
    assert [each["site_id"] for each in (await alice.get("sites?q=mayor"))["items"]] == ["SITE-1"]
    page = await alice.get("sites?limit=1&sort=-site_id")
    assert [each["site_id"] for each in page["items"]] == ["SITE-2"] == [page["next"]]


@in_world()
async def test_an_app_that_was_not_built_says_how_to_build_it(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(pages_api, "APP", tmp_path / "nowhere")
    for path in ("/app", "/app/", "/app/main.js"):
        answer = await world.http.get(path)
        assert (answer.status_code, answer.json()["detail"]) == (404, pages_api.NO_APP)


@in_world()
async def test_a_built_app_is_served_below_its_path(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "main.js").write_text("let a")
    monkeypatch.setattr(pages_api, "APP", tmp_path)
    door = await world.http.get("/app")
    assert (door.status_code, door.headers["location"]) == (307, "app/")
    assert (await world.http.get("/app/")).headers["cache-control"] == "no-cache"
    assert (await world.http.get("/app/main.js")).text == "let a"
    for path in ("/app/nothing.js", "/app/..%2fdashboard.py"):
        assert (await world.http.get(path)).status_code == 404
