"""Charging points make themselves known over HTTP, one by one or many at once."""

import asyncio

from evcharging.common.messages import UpdateStatus
from evcharging.tests.apps.ev_central.test_http_bad_input import Ledger
from evcharging.tests.stages.central_world import World, in_world, living


@in_world()
async def test_registration_makes_a_point_known_and_says_where_its_link_goes(world: World) -> None:
    place = {"cp_id": "CP-007", "location": "North car park", "euros_per_kwh": 0.42}
    answer = await world.post("/cp/register", json=place)
    assert (answer["cp_id"], answer["tcp_port"]) == ("CP-007", 9999)
    assert answer["point"] == await world.get("/cp/CP-007")
    assert answer["point"] | place == answer["point"]
    assert answer["point"]["state"] == "DISCONNECTED"


@in_world()
async def test_registering_again_changes_nothing(world: World) -> None:
    first = await world.post("/cp/register", json={"cp_id": "CP-001", "location": "Garage"})
    await world.pass_time(1)
    assert await world.post("/cp/register", json={"cp_id": "CP-001", "location": "Garage"}) == first
    assert await world.post("/cp/register", json={"cp_id": "CP-001"}) == first
    assert [notice["text"] for notice in await world.get("/messages")].count("CP-001 registered") == 1


@in_world("CP-001")
async def test_registration_changes_what_it_names_and_leaves_the_rest(world: World) -> None:
    await world.post("/cp/register", json={"cp_id": "CP-001", "location": "Garage"})
    point = (await world.post("/cp/register", json={"cp_id": "CP-001", "euros_per_kwh": 0}))["point"]
    assert (point["location"], point["euros_per_kwh"], point["state"]) == ("Garage", 0.0, "ACTIVATED")
    point = (await world.post("/cp/register", json={"cp_id": "CP-001", "location": None}))["point"]
    assert (point["location"], point["euros_per_kwh"]) == ("Garage", 0.0)


@in_world("CP-001")
async def test_registration_never_touches_a_running_session(world: World) -> None:
    request_id = await world.drive("CP-001")
    await world.pass_time(4)
    session = (await world.get("/cp/CP-001"))["session"]
    answer = await world.post("/cp/register", json={"cp_id": "CP-001", "euros_per_kwh": 99, "location": "Moved"})
    assert answer["point"]["session"] == session
    assert answer["point"]["state"] == "SUPPLYING"
    await world.pass_time(10)
    assert world.told(request_id)[-1].status is UpdateStatus.COMPLETED
    ticket = (await world.get("/tickets"))[0]
    assert (ticket["euros_per_kwh"], ticket["euros"]) == (0.3, 0.018333)


# Many at once


@in_world("CP-001")
async def test_many_points_register_at_once_as_if_each_did_by_itself(world: World) -> None:
    points = [{"cp_id": f"P{number:03}", "location": f"Bay {number}"} for number in range(1, 201)]
    answer = await world.post(
        "/cp/register/many", json={"points": [*points, {"cp_id": "CP-001", "euros_per_kwh": 0.5}]}
    )
    assert answer == {"done": 201, "failed": [], "tcp_port": 9999}
    shown = await world.get("/cp")
    assert [(point["cp_id"], point["location"]) for point in shown[1:]] == [tuple(point.values()) for point in points]
    assert shown[0]["euros_per_kwh"] == 0.5


def test_points_that_could_not_be_registered_are_named_with_the_reason() -> None:
    async def scenario() -> None:
        ledger = Ledger()
        async with living(ledger) as world:
            ledger.away = True
            lost = asyncio.create_task(world.http.post("/cp/register", json={"cp_id": "CP-001"}))
            await world.settle()
            answer = await world.post("/cp/register/many", json={"points": [{"cp_id": "CP-002"}, {"cp_id": "CP-003"}]})
            assert answer["done"] == 0
            assert [each["cp_id"] for each in answer["failed"]] == ["CP-002", "CP-003"]
            assert {each["reason"] for each in answer["failed"]} == set(world.warnings[0].split("; ")[:1])
            ledger.away = False
            await lost

    asyncio.run(scenario())


@in_world()
async def test_one_registration_that_cannot_be_refuses_all_of_them(world: World) -> None:
    points = [{"cp_id": "CP-001"}, {"cp_id": "free"}]
    problem = await world.post("/cp/register/many", status=422, json={"points": points})
    assert problem["detail"] == "points.1.cp_id: free is a word of the API and cannot be the ID of a charging point"
    assert (await world.post("/cp/register/many", status=422, json={"points": []}))["detail"].startswith("points: ")
    assert await world.get("/cp") == []
