"""A point is stopped after its supply over HTTP, which is shown, and taken back by a resume."""

from evcharging.tests.stages.central_world import World, in_world

POINT = "/api/v1/points/CP-001"


@in_world("CP-001")
async def test_a_supply_goes_on_to_its_end_and_the_point_is_stopped_then(world: World) -> None:
    await world.drive("CP-001")
    await world.pass_time(1)
    point = await world.post(f"{POINT}/stop-after-supply")
    assert (point["state"], point["stopped"], point["finishing"]) == ("SUPPLYING", True, True)
    await world.pass_time(15)
    point = await world.get(POINT)
    assert (point["state"], point["stopped"], point["finishing"]) == ("STOPPED", True, False)
    [ticket] = await world.get("/tickets")
    assert ticket["ended_by"] == "supply complete"
    await world.post(f"{POINT}/resume")
    await world.drive("CP-001")


@in_world("CP-001")
async def test_a_resume_takes_it_back(world: World) -> None:
    await world.drive("CP-001")
    await world.pass_time(1)
    await world.post(f"{POINT}/stop-after-supply")
    point = await world.post(f"{POINT}/resume")
    assert (point["state"], point["stopped"], point["finishing"]) == ("SUPPLYING", False, False)
    await world.pass_time(15)
    assert (await world.get(POINT))["state"] == "ACTIVATED"


@in_world("CP-001")
async def test_a_point_that_there_is_not_is_not_found(world: World) -> None:
    await world.post("/api/v1/points/CP-404/stop-after-supply", status=404)
