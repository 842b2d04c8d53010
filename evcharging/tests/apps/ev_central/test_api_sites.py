"""Operators describe sites over HTTP: what they are called, where they are, and where their points stand."""

import asyncio
from typing import Any

import pytest

from evcharging.adapters.store.memory import MemoryStore
from evcharging.tests.apps.ev_central.test_http_sites import place
from evcharging.tests.stages.central_world import World, in_world, living
from evcharging.tests.stages.known_people import KnownPeople, bearer

SITE = "/api/v1/sites/SITE-1"
MADRID = {"latitude": 40.4168, "longitude": -3.7038}
PLACED = [{"cp_id": "CP-001", "x_m": 2.5, "y_m": 10.0, "angle": 90}, {"cp_id": "CP-009", "x_m": 5.0, "y_m": 10.0}]
NORTH = {
    "name": "North car park",
    "address": "Calle Mayor 1, 28013 Madrid",
    "coordinates": MADRID,
    "time_zone": "Europe/Madrid",
    "plan": {"points": PLACED},
}
ABOUT = ("name", "address", "coordinates", "time_zone")
JSON = {"Content-Type": "application/json"}


async def a_site(world: World) -> None:
    """SITE-1, with CP-001."""
    await place(world, "CP-001", "SITE-1")
    await world.pass_time(2)


@in_world("CP-001")
async def test_a_site_is_described_and_says_so_at_once(world: World) -> None:
    await a_site(world)
    before = await world.get(SITE)
    assert [before[key] for key in ABOUT] == ["", "", None, None]
    assert (before["plan"], before["placed_elsewhere"], before["described_at"]) == (None, [], None)
    put = await world.put(SITE, json=NORTH)
    assert put == await world.get(SITE)
    assert {key: put[key] for key in ABOUT} == {key: NORTH[key] for key in ABOUT}
    assert put["plan"]["points"] == [PLACED[0], {**PLACED[1], "angle": 0}]
    assert put["placed_elsewhere"] == ["CP-009"]
    assert put["described_at"] is not None
    assert (
        before.items()
        <= {**put, **{key: before[key] for key in (*ABOUT, "plan", "placed_elsewhere")}, "described_at": None}.items()
    )


@in_world("CP-001")
async def test_lists_of_sites_say_where_they_are_and_find_them_by_name_and_address(world: World) -> None:
    await a_site(world)
    await world.put(SITE, json=NORTH)
    [listed] = (await world.get("/api/v1/sites"))["items"]
    assert {key: listed[key] for key in ABOUT} == {key: NORTH[key] for key in ABOUT}
    assert "plan" not in listed
    assert (await world.get("/sites/SITE-1"))["name"] == "North car park"
    for text in ("north", "mayor", "site-1"):
        assert len((await world.get(f"/api/v1/sites?q={text}"))["items"]) == 1
    assert (await world.get("/api/v1/sites?q=south"))["items"] == []


@in_world("CP-001")
async def test_what_is_left_out_is_not_said_any_more(world: World) -> None:
    await a_site(world)
    await world.put(SITE, json=NORTH)
    emptied = await world.put(SITE, json={})
    assert [emptied[key] for key in ABOUT] == ["", "", None, None]
    assert emptied["plan"] is None


BAD: list[tuple[dict[str, Any], str]] = [
    ({"coordinates": {"latitude": 95, "longitude": 0}}, "Expected `float` <= 90"),
    ({"coordinates": {"latitude": 0, "longitude": -181}}, "Expected `float` >= -180"),
    ({"coordinates": {"latitude": 0}}, "missing required field `longitude`"),
    ({"name": "x" * 10_000}, "length <= 100"),
    ({"name": "two\nlines"}, "Site: name: this is one line of text"),
    ({"address": "  "}, "Site: address: this is text that can be seen"),
    ({"time_zone": "Europe/Nowhere"}, "'Europe/Nowhere' is no time zone"),
    ({"time_zone": "../../etc/passwd"}, "is no time zone"),
    ({"plan": {"points": [{"cp_id": "CP-1", "x_m": -1, "y_m": 0}]}}, "Expected `float` >= 0"),
    ({"plan": {"points": [{"cp_id": "no ID", "x_m": 1, "y_m": 0}]}}, "matching regex"),
    ({"plan": {"points": [{"cp_id": "CP-1", "x_m": 1, "y_m": 0}] * 2}}, "CP-1 is twice in the plan"),
    ({"plan": {"points": [{"cp_id": f"C{n}", "x_m": 1, "y_m": 0} for n in range(1_001)]}}, "length <= 1000"),
    ({"plan": {"points": [{"cp_id": "CP-1", "x_m": 1, "y_m": 0, "angle": 360}]}}, "Expected `int` <= 359"),
    ({"colour": "green"}, "unknown field `colour`"),
]


@pytest.mark.parametrize(("body", "why"), BAD)
@in_world("CP-001")
async def test_a_description_that_makes_no_sense_is_a_422_in_one_sentence(
    world: World, body: dict[str, Any], why: str
) -> None:
    await a_site(world)
    problem = await world.put(SITE, status=422, json=body)
    assert why in problem["detail"]
    assert len(problem["detail"]) < 300
    assert (await world.get(SITE))["described_at"] is None


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
@in_world("CP-001")
async def test_what_is_no_number_is_no_place(world: World, number: str) -> None:
    await a_site(world)
    for body in (
        f'{{"coordinates": {{"latitude": {number}, "longitude": 0}}}}',
        f'{{"plan": {{"points": [{{"cp_id": "CP-1", "x_m": {number}, "y_m": 0}}]}}}}',
    ):
        answer = await world.http.put(SITE, content=body, headers=JSON)
        assert answer.status_code == 422, answer.text


@in_world("CP-001")
async def test_only_a_site_that_is_there_can_be_described(world: World) -> None:
    problem = await world.put("/api/v1/sites/SITE-404", status=404, json=NORTH)
    assert problem["code"] == "unknown_site"


@in_world("CP-001")
async def test_who_describes_a_site_is_noted(world: World) -> None:
    await a_site(world)
    await world.put(SITE, json=NORTH)
    [action] = (await world.get("/api/v1/audit?action=describe_site"))["items"]
    assert (action["subject"], action["asked"]["description"]["plan"]) == ("SITE-1", {"points": 2})


@in_world("CP-001")
async def test_who_only_looks_describes_no_site(world: World) -> None:
    await a_site(world)
    world.let_in(KnownPeople())
    denied = await world.http.put(SITE, json=NORTH, headers=bearer("viewer"))
    assert denied.status_code == 403
    assert (await world.http.get(SITE, headers=bearer("viewer"))).status_code == 200
    assert (await world.http.put(SITE, json=NORTH, headers=bearer("admin"))).status_code == 200


@in_world("CP-001")
async def test_a_description_is_given_once_by_one_key(world: World) -> None:
    await a_site(world)
    once = {"Idempotency-Key": "north-1"}
    await world.put(SITE, json=NORTH, headers=once)
    await world.put(SITE, json={**NORTH, "name": "South"})
    assert (await world.put(SITE, json=NORTH, headers=once))["name"] == "South"
    await world.put(SITE, status=409, json={**NORTH, "name": "East"}, headers=once)


def test_a_description_is_there_after_a_restart_of_central() -> None:
    store = MemoryStore()

    async def first() -> None:
        async with living(store) as world:
            await world.add_points("CP-001")
            await a_site(world)
            await world.put(SITE, json=NORTH)

    async def second() -> None:
        async with living(store) as world:
            await world.pass_time(5)
            found = await world.get(SITE)
            assert {key: found[key] for key in ABOUT} == {key: NORTH[key] for key in ABOUT}
            assert [each["cp_id"] for each in found["plan"]["points"]] == ["CP-001", "CP-009"]

    asyncio.run(first())
    asyncio.run(second())


CIRCUITS = {
    "circuits": [
        {"circuit_id": "main", "limit_ma": 63_000},
        {
            "circuit_id": "hall",
            "parent": "main",
            "limit_ma": 32_000,
            "points": [{"cp_id": "CP-001", "most_ma": 32_000}],
        },
    ]
}


@in_world("CP-001")
async def test_the_circuits_of_a_site_are_kept_and_its_points_draw_no_more_than_they_are_granted(world: World) -> None:
    await a_site(world)
    tree = {"circuits": [{"circuit_id": "main", "limit_ma": 8_000, "points": [{"cp_id": "CP-001", "most_ma": 32_000}]}]}
    put = await world.put(SITE, json={**NORTH, "circuits": tree, "strategy": "edf"})
    assert (put["strategy"], put["circuits"]["circuits"][0]["limit_ma"]) == ("edf", 8_000)
    await world.pass_time(2)
    await world.drive("CP-001")
    await world.pass_time(4)
    assert (await world.get("/cp/CP-001"))["session"]["kw"] == pytest.approx(8 * 0.23 * 3)
    await world.put(SITE, json=NORTH)
    await world.pass_time(2)
    assert (await world.get("/cp/CP-001"))["session"]["kw"] == 22.0


@in_world("CP-001")
@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"limit_ma": 5_000}, "circuit hall: its limit of 5000 mA on each phase is not from 6000 to 10000000 mA"),
        ({"parent": "hall"}, "circuits feed one another in a loop: hall is fed by hall"),
    ],
)
async def test_circuits_that_cannot_be_wired_are_refused_in_one_sentence(
    world: World, change: dict[str, object], sentence: str
) -> None:
    await a_site(world)
    main, hall = CIRCUITS["circuits"]
    problem = await world.put(SITE, status=422, json={"circuits": {"circuits": [main, {**hall, **change}]}})
    assert sentence in problem["detail"]
    assert (await world.get(SITE))["circuits"] is None


@in_world("CP-001")
async def test_a_word_that_circuits_do_not_know_is_refused(world: World) -> None:
    await a_site(world)
    main = {**CIRCUITS["circuits"][0], "limit": 3}
    problem = await world.put(SITE, status=422, json={"circuits": {"circuits": [main]}})
    assert "limit" in problem["detail"]


@in_world("CP-001")
async def test_the_power_of_a_site_is_shown_circuit_by_circuit(world: World) -> None:
    await a_site(world)
    problem = await world.get(f"{SITE}/power", status=404)
    assert problem["detail"] == "SITE-1 has no circuits: PUT /api/v1/sites/SITE-1 says which there are"
    await world.put(SITE, json={"circuits": CIRCUITS, "strategy": "fcfs"})
    await world.pass_time(3)
    await world.drive("CP-001")
    await world.pass_time(4)
    shown = await world.get(f"{SITE}/power")
    assert (shown["site_id"], shown["strategy"]) == ("SITE-1", "fcfs")
    assert [(each["circuit_id"], each["limit_ma"], each["measured_ma"]) for each in shown["circuits"]] == [
        ("main", 63_000, [16_000] * 3),
        ("hall", 32_000, [16_000] * 3),
    ]
    [point] = shown["points"]
    assert (point["circuit_id"], point["wanted_ma"], point["granted_ma"], point["why"]) == (
        "hall",
        31_885,
        16_000,
        None,
    )
