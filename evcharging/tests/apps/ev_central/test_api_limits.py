"""Points have limits over HTTP, which last, are kept to, and are refused in one sentence where they cannot be."""

import pytest

from evcharging.tests.stages.central_world import World, in_world

LIMIT = "/api/v1/points/CP-001/limit"


@in_world("CP-001")
async def test_a_point_is_limited_until_the_limit_is_deleted(world: World) -> None:
    none = {"cp_id": "CP-001", "limit": None, "acknowledged": False}
    assert await world.get(LIMIT) == none
    given = await world.put(LIMIT, json={"milliamperes": 10_000})
    assert given["limit"] == {"milliamperes": 10_000, "watts": None}
    await world.pass_time(1)
    assert await world.get(LIMIT) == {**given, "acknowledged": True}
    assert (await world.get("/cp/CP-001"))["limit"] == given["limit"]
    await world.delete(LIMIT)
    assert await world.get(LIMIT) == none


@in_world("CP-001")
async def test_a_supply_goes_on_under_it(world: World) -> None:
    await world.put(LIMIT, json={"watts": 11_000})
    await world.drive("CP-001")
    await world.pass_time(3)
    [reading] = await world.get("/telemetry")
    assert reading["kw"] == 10.999
    await world.pass_time(10)
    [ticket] = await world.get("/tickets")
    assert ticket["kwh"] == 0.030552


@in_world("CP-001")
@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        ({"milliamperes": 5_999}, 409, "5999 mA is below 6000 mA on each phase"),
        ({"watts": 4_000}, 409, "4000 W is below 4140 W, which is 6 A on 3 phases"),
        ({}, 409, "neither milliamperes nor watts"),
        ({"milliamperes": -1}, 422, "milliamperes"),
        ({"amperes": 16}, 422, "amperes"),
        ({"watts": "many"}, 422, "watts"),
        ([], 422, "Limit"),
    ],
)
async def test_a_limit_that_cannot_be_is_refused_in_one_sentence(
    world: World, body: object, status: int, why: str
) -> None:
    assert why in (await world.put(LIMIT, json=body, status=status))["detail"]
    assert (await world.get(LIMIT))["limit"] is None


@in_world("CP-001")
async def test_nobody_limits_a_point_that_is_not_there(world: World) -> None:
    await world.put("/api/v1/points/CP-404/limit", json={"watts": 11_000}, status=404)


@in_world("CP-001")
async def test_an_estimate_is_by_the_power_that_the_point_gives_under_it(world: World) -> None:
    estimate = "/api/v1/points/CP-001/estimate?minutes=60"
    await world.put(LIMIT, json={"milliamperes": 16_000})
    limited = await world.get(estimate)
    assert (limited["kw"], limited["kwh"], limited["price"]["gross"]) == (11.04, 11.04, 3_312_000)
    await world.put(LIMIT, json={"milliamperes": 0})
    assert "paused" in (await world.get(estimate, status=409))["detail"]
