"""Sites over HTTP: what the points of each do, and what was billed there."""

from evcharging.tests.stages.central_world import World, in_world


async def place(world: World, cp_id: str, site_id: str) -> None:
    await world.post("/cp/register", json={"cp_id": cp_id, "site_id": site_id})


@in_world("CP-001", "CP-002", "CP-003")
async def test_a_site_shows_its_points_by_state_and_what_was_billed_there(world: World) -> None:
    await place(world, "CP-001", "SITE-1")
    await place(world, "CP-002", "SITE-1")
    await world.drive("CP-001")
    await world.pass_time(12)
    await world.drive("CP-001")
    await world.post("/cp/CP-002/stop")
    await world.pass_time(2)
    [ticket] = await world.get("/tickets")
    assert await world.get("/sites/SITE-1") == {
        "site_id": "SITE-1",
        "name": "",
        "address": "",
        "coordinates": None,
        "time_zone": None,
        "points": {"ACTIVATED": 0, "SUPPLYING": 1, "STOPPED": 1, "FAULT": 0, "DISCONNECTED": 0},
        "sessions": 1,
        "kwh": ticket["kwh"],
        "euros": ticket["euros"],
    }


@in_world("CP-001", "CP-002")
async def test_sites_are_listed_page_by_page_in_the_order_of_their_ids(world: World) -> None:
    await place(world, "CP-001", "SITE-2")
    await place(world, "CP-002", "SITE-1")
    await world.pass_time(2)
    assert [site["site_id"] for site in await world.get("/sites")] == ["SITE-1", "SITE-2"]
    first = await world.http.get("/sites?limit=1")
    assert [site["site_id"] for site in first.json()] == ["SITE-1"]
    rest = first.links["next"]["url"]
    assert [site["site_id"] for site in await world.get(rest)] == ["SITE-2"]


@in_world("CP-001")
async def test_an_unknown_site_is_a_404_in_one_sentence(world: World) -> None:
    problem = await world.get("/sites/SITE-404", status=404)
    assert problem["detail"] == "SITE-404 is not a known site: it has no charging point"


@in_world("CP-001")
async def test_a_point_says_its_station_and_site(world: World) -> None:
    body = {"cp_id": "CP-001", "site_id": "SITE-1", "station_id": "STATION-1"}
    assert (await world.post("/cp/register", json=body))["point"].items() >= body.items()


@in_world("CP-001")
async def test_a_client_cannot_say_who_it_is(world: World) -> None:
    body = {"cp_id": "CP-001", "actor": {"kind": "local", "id": "root", "via": "http"}}
    problem = await world.post("/cp/register", status=422, json=body)
    assert "actor" in problem["detail"]
