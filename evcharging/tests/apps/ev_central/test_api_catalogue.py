"""Tariffs are published over HTTP, points and sites name them, and sessions are billed by the version in force."""

from datetime import timedelta

import pytest

from evcharging.common.utils import iso
from evcharging.tests.apps.ev_central.test_api_tariffs import NIGHT
from evcharging.tests.stages.central_world import START, Json, World, in_world

DEAR = {"zone": "UTC", "elements": [{"energy_micro_euros_per_kwh": 800_000}]}
CHEAP = {"zone": "UTC", "elements": [{"energy_micro_euros_per_kwh": 200_000}], "vat_permille": 210}
TARIFFS = "/api/v1/tariffs"
POINT = "/api/v1/points/CP-001/tariff"
SITE = "/api/v1/sites/SITE-1/tariff"
KEY = {"Idempotency-Key": "a-publication"}


def later(seconds: float) -> str:
    return iso(START + timedelta(seconds=seconds))


async def publish(world: World, tariff_id: str, tariff: Json, begin: str | None = None, *, status: int = 200) -> Json:
    body = {"tariff_id": tariff_id, "tariff": tariff, "from": begin}
    return await world.post(TARIFFS, json=body, status=status)


async def at_a_site(world: World) -> None:
    await world.post("/cp/register", json={"cp_id": "CP-001", "site_id": "SITE-1"})
    await world.pass_time(2)


async def ticket_of(world: World, *, before: int = 0) -> Json:
    """The ticket of a supply of ten seconds that begins now."""
    await world.drive("CP-001", f"driver-{before}")
    await world.pass_time(15)
    tickets = await world.get("/tickets")
    assert len(tickets) == before + 1
    return tickets[0]


@in_world("CP-001")
async def test_versions_are_numbered_by_the_server_and_never_change(world: World) -> None:
    first = await publish(world, "day", {**CHEAP, "version_id": "other@9"})
    second = await publish(world, "day", DEAR, later(3600))
    assert [first["version_id"], second["version_id"]] == ["day@1", "day@2"]
    assert [first["state"], second["state"]] == ["in_force", "later"]
    assert second["from"] == later(3600)
    assert first["tariff"]["version_id"] == "day@1"
    assert await world.get(f"{TARIFFS}/day/versions/1") == first
    found = await world.get(f"{TARIFFS}/day")
    assert (found["versions"], found["in_force"], found["items"]) == (2, "day@1", [second, first])
    await world.pass_time(3600)
    states = [version["state"] for version in (await world.get(f"{TARIFFS}/day"))["items"]]
    assert states == ["in_force", "over"]


@in_world()
async def test_tariffs_are_listed_by_their_id_page_by_page(world: World) -> None:
    for tariff_id in ("c", "a", "b", "a"):
        await publish(world, tariff_id, CHEAP)
    page = await world.get(f"{TARIFFS}?limit=2")
    assert [(each["tariff_id"], each["versions"]) for each in page["items"]] == [("a", 2), ("b", 1)]
    assert page["items"][0]["newest"] == page["items"][0]["in_force"]
    assert page["items"][0]["newest"]["version_id"] == "a@2"
    page = await world.get(f"{TARIFFS}?limit=2&after={page['next']}")
    assert ([each["tariff_id"] for each in page["items"]], page["next"]) == (["c"], None)
    page = await world.get(f"{TARIFFS}/a?limit=1")
    assert ([each["number"] for each in page["items"]], page["next"]) == ([2], "2")
    page = await world.get(f"{TARIFFS}/a?limit=1&after=2")
    assert ([each["number"] for each in page["items"]], page["next"]) == ([1], None)
    assert (await world.get(f"{TARIFFS}/a?after=1"))["items"] == []


@in_world()
async def test_what_was_not_published_is_not_found(world: World) -> None:
    for path in ("day", "day/versions/1"):
        assert (await world.get(f"{TARIFFS}/{path}", status=404))["code"] == "unknown_resource"


@in_world()
async def test_a_publication_that_is_asked_again_with_its_key_is_one(world: World) -> None:
    body = {"tariff_id": "day", "tariff": CHEAP}
    first = await world.post(TARIFFS, json=body, headers=KEY)
    await world.pass_time(60)
    assert await world.post(TARIFFS, json=body, headers=KEY) == first
    other = await world.post(TARIFFS, json={**body, "tariff": DEAR}, headers=KEY, status=409)
    assert "this key was used for another order" in other["detail"]
    assert (await world.get(f"{TARIFFS}/day"))["versions"] == 1


@pytest.mark.parametrize(
    ("tariff_id", "tariff", "begin", "said"),
    [
        ("day", {**CHEAP, "zone": "Europe/Nowhere"}, None, "is no time zone"),
        ("day", CHEAP, later(-1), "is past, and nothing is billed again"),
        ("day", CHEAP, "2100-01-01T00:00:00Z", "no moment of the years 2000 to 2099"),
        ("single", CHEAP, None, "single is the name of what is no published tariff"),
    ],
)
@in_world()
async def test_what_cannot_be_published_is_refused_with_the_reason(
    world: World, tariff_id: str, tariff: Json, begin: str | None, said: str
) -> None:
    problem = await publish(world, tariff_id, tariff, begin, status=409)
    assert said in problem["detail"]
    assert (await world.get(TARIFFS))["items"] == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"tariff": CHEAP}, "missing required field `tariff_id`"),
        ({"tariff_id": "a@1", "tariff": CHEAP}, "`$.tariff_id`"),
        ({"tariff_id": "a", "tariff": {**CHEAP, "colour": "red"}}, "unknown field `colour` - at `$.tariff`"),
        ({"tariff_id": "a", "tariff": CHEAP, "from": "tomorrow"}, "`$.from`"),
        ({"tariff_id": "a", "tariff": CHEAP, "from": "2026-11-23T12:00:00"}, "`$.from`"),
    ],
)
@in_world()
async def test_a_body_that_is_no_publication_is_a_422_in_one_sentence(world: World, body: Json, said: str) -> None:
    assert said in (await world.post(TARIFFS, json=body, status=422))["detail"]


@in_world("CP-001")
async def test_a_point_names_a_tariff_and_charges_by_the_version_in_force(world: World) -> None:
    await publish(world, "day", CHEAP)
    named = await world.put(POINT, json={"tariff_id": "day"})
    assert (named["by"], named["tariff_id"], named["tariff"]["version_id"]) == ("point", "day", "day@1")
    assert (await world.get("/cp/CP-001"))["euros_per_kwh"] == named["euros_per_kwh"] == 0.2
    await publish(world, "day", DEAR, later(60))
    estimates = [await world.get(f"/api/v1/points/CP-001/estimate?kwh=1&at={later(s)}") for s in (59.999999, 60)]
    assert [(each["tariff"], each["price"]["gross"]) for each in estimates] == [("day@1", 242_000), ("day@2", 800_000)]
    assert (await ticket_of(world))["tariff"] == "day@1"
    await world.pass_time(60)
    assert (await world.get("/cp/CP-001"))["euros_per_kwh"] == 0.8
    assert (await ticket_of(world, before=1))["tariff"] == "day@2"


@in_world("CP-001")
async def test_a_session_keeps_the_version_in_force_when_it_was_authorised(world: World) -> None:
    await publish(world, "day", CHEAP)
    await world.put(POINT, json={"tariff_id": "day"})
    await world.drive("CP-001")
    await world.pass_time(3)
    await publish(world, "day", DEAR)
    await world.pass_time(12)
    [ticket] = await world.get("/tickets")
    assert ticket["tariff"] == "day@1"


@in_world("CP-001")
async def test_the_points_own_tariff_goes_before_what_it_names_and_that_before_its_site(world: World) -> None:
    await at_a_site(world)
    assert await world.get(SITE) == {"site_id": "SITE-1", "tariff_id": None, "tariff": None}
    assert (await world.get(POINT))["by"] is None
    await publish(world, "of-site", DEAR)
    await publish(world, "of-point", CHEAP)
    at_site = await world.put(SITE, json={"tariff_id": "of-site"})
    assert at_site == await world.get(SITE)
    assert (at_site["tariff_id"], at_site["tariff"]["version_id"]) == ("of-site", "of-site@1")
    assert [(await world.get(POINT))[name] for name in ("by", "tariff_id")] == ["site", None]
    assert (await world.get("/cp/CP-001"))["euros_per_kwh"] == 0.8
    assert (await ticket_of(world))["tariff"] == "of-site@1"
    await world.put(POINT, json={"tariff_id": "of-point"})
    assert (await ticket_of(world, before=1))["tariff"] == "of-point@1"
    assert (await world.put(POINT, json=NIGHT))["by"] == "own"
    assert (await ticket_of(world, before=2))["tariff"] == "night@2"
    await world.delete(POINT)
    assert (await world.get(POINT))["by"] == "site"
    await world.delete(SITE)
    assert (await world.get(POINT))["by"] is None
    assert (await world.get("/cp/CP-001"))["euros_per_kwh"] == 0.3
    assert (await ticket_of(world, before=3))["tariff"] is None


@in_world("CP-001")
async def test_a_tariff_that_nobody_published_cannot_be_named(world: World) -> None:
    await at_a_site(world)
    for path in (POINT, SITE):
        problem = await world.put(path, json={"tariff_id": "day"}, status=409)
        assert problem["detail"] == "day is not a published tariff: publish it first"
        assert "tariff_id" in (await world.put(path, json={"tariff_id": 7}, status=422))["detail"]
    problem = await world.put("/api/v1/sites/NOWHERE/tariff", json={"tariff_id": "a"}, status=404)
    assert problem["code"] == "unknown_site"


@in_world("CP-001")
async def test_a_version_that_is_not_in_force_yet_leaves_the_price_as_it_was(world: World) -> None:
    await publish(world, "day", CHEAP, later(3600))
    named = await world.put(POINT, json={"tariff_id": "day"})
    assert (named["by"], named["tariff_id"], named["euros_per_kwh"]) == (None, "day", 0.3)
    assert (await ticket_of(world))["tariff"] is None
    await world.pass_time(3600)
    assert (await world.get("/cp/CP-001"))["euros_per_kwh"] == 0.2
