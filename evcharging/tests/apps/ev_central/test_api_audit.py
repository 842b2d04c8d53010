"""Who did what, under /api/v1/audit: every order of the API is there with who gave it, and refused ones with why."""

from typing import Any

from evcharging.domain.access.action import OperatorAction
from evcharging.domain.session import Session
from evcharging.tests.stages.central_world import World, in_world

LOCAL = {"kind": "local", "id": "local", "via": "http", "role": None}


async def audit(world: World, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await world.get(f"/api/v1/audit?sort=oldest{query}"))["items"]
    return found


@in_world("CP-001", "CP-002")
async def test_what_people_order_is_there_with_what_it_changed(world: World) -> None:
    before = len(await audit(world))
    await world.post("/cp/CP-001/stop")
    await world.post("/cp/CP-001/resume")
    stop, resume = (await audit(world))[before:]
    assert stop["actor"] == LOCAL
    assert (stop["action"], stop["subject"], stop["refusal"], stop["left_out"]) == ("stop", "CP-001", None, 0)
    assert (stop["asked"], stop["before"], stop["after"]) == (None, {"stopped": False}, {"stopped": True})
    assert (resume["action"], resume["after"]) == ("resume", {"stopped": False})


@in_world("CP-001", "CP-002")
async def test_actions_are_chosen_by_who_of_what_and_whether_they_were_refused(world: World) -> None:
    await world.post("/cp/CP-001/stop")
    await world.lose_monitors()
    await world.post("/cp/CP-002/plug", 409)
    assert [each["action"] for each in await audit(world, "&subject=CP-001")] == ["register_point", "stop"]
    assert [each["subject"] for each in await audit(world, "&action=stop")] == ["CP-001"]
    assert await audit(world, "&actor=somebody") == []
    assert len(await audit(world, "&actor=local")) == len(await audit(world))
    done = await audit(world, "&refused=false")
    assert {each["refusal"] for each in done} == {None}
    refused = await audit(world, "&refused=true")
    assert [each["subject"] for each in refused] == ["CP-002"]
    assert len(done) + len(refused) == len(await audit(world))
    assert await audit(world, "&q=cp-002") == await audit(world, "&subject=CP-002")


@in_world("CP-001")
async def test_a_refused_order_is_there_with_why(world: World) -> None:
    await world.lose_monitors()
    problem = await world.post("/cp/CP-001/plug", 409)
    [refused] = await audit(world, "&refused=true")
    assert (refused["action"], refused["refusal"]) == ("plug", "CP-001 is offline and cannot plug")
    assert refused["refusal"] in problem.values()


@in_world("CP-001")
async def test_points_that_register_again_and_sessions_make_no_action(world: World) -> None:
    before = len(world.store.facts(OperatorAction))
    for _ in range(3):
        await world.post("/cp/register", json={"cp_id": "CP-001"})
    await world.drive("CP-001", "driver-1")
    await world.pass_time(60)
    assert len(world.store.select(Session)) == 1
    assert len(world.store.facts(OperatorAction)) == before
