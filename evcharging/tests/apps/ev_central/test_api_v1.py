"""The API under /api/v1: lists in pages with filters, single resources, and problems with a code."""

from typing import Any

import pytest

from evcharging.apps.ev_central.api_v1 import paging
from evcharging.tests.stages.central_world import World, in_world

TWO = ("CP-001", "CP-002")


async def five_charges(world: World) -> None:
    """One every minute, at two points in turn, by two drivers in turn; the last one goes on."""
    for number in range(5):
        await world.drive(TWO[number % 2], f"driver-{number % 2}")
        await world.pass_time(5 if number == 4 else 60)


async def pages(world: World, path: str) -> list[list[Any]]:
    found = []
    after = ""
    while True:
        page = await world.get(f"{path}{'&' if '?' in path else '?'}limit=2{after}")
        found.append(page["items"])
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


LISTS = ["sessions", "requests", "tickets", "notices", "drivers", "points", "sites"]


@in_world(*TWO)
async def test_every_list_comes_page_by_page_with_nothing_twice_and_nothing_missing(world: World) -> None:
    for cp_id, site_id in zip(TWO, ("SITE-1", "SITE-2"), strict=True):
        await world.post("/cp/register", json={"cp_id": cp_id, "site_id": site_id})
    await five_charges(world)
    for name in (*LISTS, "audit"):
        whole = (await world.get(f"/api/v1/{name}?limit=500"))["items"]
        parts = await pages(world, f"/api/v1/{name}")
        assert [item for part in parts for item in part] == whole
        assert len(whole) > 1
        assert all(len(part) == 2 for part in parts[:-1])


@in_world(*TWO)
async def test_the_newest_come_first_or_the_oldest(world: World) -> None:
    await five_charges(world)
    newest = (await world.get("/api/v1/sessions"))["items"]
    asked = [session["requested_at"] for session in newest]
    assert asked == sorted(asked, reverse=True)
    assert (await world.get("/api/v1/sessions?sort=oldest"))["items"] == newest[::-1]
    assert [item for part in await pages(world, "/api/v1/sessions?sort=oldest") for item in part] == newest[::-1]


@in_world(*TWO)
async def test_a_span_of_time_holds_its_beginning_and_not_its_end(world: World) -> None:
    await five_charges(world)
    sessions = (await world.get("/api/v1/sessions?sort=oldest"))["items"]
    begin, end = sessions[1]["requested_at"], sessions[3]["requested_at"]
    found = await world.get(f"/api/v1/sessions?sort=oldest&from={begin}&to={end}")
    assert found["items"] == sessions[1:3]


@in_world(*TWO)
async def test_what_is_listed_can_be_chosen_by_its_fields_and_by_text(world: World) -> None:
    await five_charges(world)

    async def count(query: str) -> int:
        return len((await world.get(f"/api/v1/{query}"))["items"])

    assert await count("sessions?cp_id=CP-001") == 3
    assert await count("sessions?status=SUPPLYING") == 1
    assert await count("sessions?q=DRIVER-1") == 2
    assert await count("tickets?q=cp-002&driver_id=driver-1") == 2
    assert await count("requests?q=req-3") == 1
    assert await count("notices?q=registered") == 2
    assert await count("points?q=002") == 1
    assert await count("points?free=true") == 1
    assert await count("points?state=SUPPLYING&q=driver-0") == 1
    assert await count("points?free=false&sort=-cp_id") == 1


def test_a_search_for_a_text_goes_on_where_the_look_of_a_page_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "LOOK_AT", 2)

    @in_world(*TWO)
    async def scene(world: World) -> None:
        await five_charges(world)
        pages, found = 0, []
        after = ""
        while after is not None:
            answer = await world.get(f"/api/v1/sessions?q=driver-0{after and f'&after={after}'}")
            pages += 1
            found += [session["driver_id"] for session in answer["items"]]
            after = answer["next"]
        assert pages == 3
        everybody = (await world.get("/api/v1/sessions"))["items"]
        assert found == [each["driver_id"] for each in everybody if each["driver_id"] == "driver-0"] != []

    scene()


@in_world(*TWO)
async def test_each_thing_has_an_address_of_its_own(world: World) -> None:
    await world.post("/cp/register", json={"cp_id": "CP-001", "site_id": "SITE-1"})
    await five_charges(world)
    keys = {"tickets": "session_id", "points": "cp_id"}
    for name in LISTS:
        for item in (await world.get(f"/api/v1/{name}"))["items"]:
            key = item[keys.get(name, f"{name[:-1]}_id")]
            assert item.items() <= (await world.get(f"/api/v1/{name}/{key}")).items()


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("sessions/S-1", "unknown_session"),
        ("requests/R-1", "unknown_resource"),
        ("tickets/S-1", "unknown_resource"),
        ("notices/N-1", "unknown_resource"),
        ("drivers/nobody", "unknown_resource"),
        ("points/CP-404", "unknown_point"),
        ("sites/SITE-404", "unknown_site"),
        ("nothing", "not_found"),
    ],
)
def test_what_is_not_there_has_a_code(path: str, code: str) -> None:
    @in_world("CP-001")
    async def scene(world: World) -> None:
        problem = await world.get(f"/api/v1/{path}", status=404)
        assert problem["code"] == code
        assert problem["detail"]

    scene()


@pytest.mark.parametrize(
    "query",
    [
        "sessions?from=2026-03-01T12:00:00",
        "sessions?from=yesterday",
        "sessions?limit=0",
        "sessions?limit=501",
        "sessions?sort=best",
        "sessions?after=CP-1",
        "sessions?unknown=1",
        "sessions?q=%00",
        "sessions?status=GONE",
        "sessions?limit=1&limit=2",
        "points?free=perhaps",
        "points?sort=state",
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(query: str) -> None:
    @in_world("CP-001")
    async def scene(world: World) -> None:
        problem = await world.get(f"/api/v1/{query}", status=422)
        assert problem["code"] == "invalid"
        assert ": " in problem["detail"]

    scene()


@in_world(*TWO)
async def test_the_whole_network_is_told_in_figures(world: World) -> None:
    await world.drive("CP-001")
    await world.pass_time(3)
    await world.post("/cp/CP-002/stop")
    await world.settle()
    assert await world.get("/api/v1/stats") == {
        "points": {"ACTIVATED": 0, "SUPPLYING": 1, "STOPPED": 1, "FAULT": 0, "DISCONNECTED": 0},
        "free": 0,
        "sessions": 1,
        "kw": 22.0,
        "held": 0,
        "alerts": 0,
    }


@in_world(*TWO)
async def test_a_point_is_stopped_and_resumed_under_its_address(world: World) -> None:
    assert (await world.post("/api/v1/points/CP-001/stop"))["state"] == "STOPPED"
    assert (await world.post("/api/v1/points/CP-001/resume"))["stopped"] is False
    problem = await world.post("/api/v1/points/CP-404/stop", status=404)
    assert problem["code"] == "unknown_point"


@in_world("CP-001")
async def test_a_refusal_has_a_code(world: World) -> None:
    await world.lose_monitors()
    problem = await world.post("/api/v1/points/CP-001/plug", status=409)
    assert problem["code"] == "refused"
