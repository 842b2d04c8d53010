"""An Idempotency-Key: what is asked again with it is done once."""

import asyncio
from datetime import timedelta

import pytest

from evcharging.adapters.store import Commit
from evcharging.common.messages_operators import OperatorAnswer
from evcharging.roles.orders import TOO_LATE
from evcharging.runtime.work import Work
from evcharging.tests.stages.central_world import START, World, in_world

KEY = {"Idempotency-Key": "4d0e9f2c-1"}


@in_world("CP-001")
async def test_what_is_asked_again_with_the_same_key_is_done_once(world: World) -> None:
    await world.post("/api/v1/points/CP-001/stop", headers=KEY)
    await world.post("/api/v1/points/CP-001/resume")
    again = await world.post("/api/v1/points/CP-001/stop", headers=KEY)
    assert again["state"] == "ACTIVATED"
    assert await world.states() == {"CP-001": "ACTIVATED"}
    await world.post("/api/v1/points/CP-001/stop", headers={"Idempotency-Key": "4d0e9f2c-2"})
    assert await world.states() == {"CP-001": "STOPPED"}


@in_world("CP-001")
async def test_a_key_that_was_used_for_something_else_is_refused(world: World) -> None:
    await world.post("/cp/CP-001/stop", headers=KEY)
    problem = await world.post("/cp/CP-001/resume", headers=KEY, status=409)
    assert problem["detail"] == "this key was used for another order: give each order its own"
    assert await world.states() == {"CP-001": "STOPPED"}


@in_world("CP-001", "CP-002")
async def test_one_key_serves_an_order_for_all_points(world: World) -> None:
    assert (await world.post("/cp/stop", headers=KEY))["done"] == 2
    await world.post("/cp/CP-002/resume")
    assert (await world.post("/cp/stop", headers=KEY))["done"] == 2
    assert await world.states() == {"CP-001": "STOPPED", "CP-002": "ACTIVATED"}


@in_world("CP-001")
async def test_two_that_ask_at_once_with_the_same_key_are_both_answered(world: World) -> None:
    answers = await asyncio.gather(*(world.post("/cp/CP-001/fault", headers=KEY) for _ in range(5)))
    assert {answer["cp_id"] for answer in answers} == {"CP-001"}
    await world.settle()
    texts = [notice["text"] for notice in await world.get("/messages")]
    assert texts.count("CP-001 faulty: fault reported at the point") == 1


@in_world("CP-001")
async def test_what_was_refused_may_be_asked_again_with_its_key(world: World) -> None:
    await world.lose_monitors()
    await world.post("/cp/CP-001/plug", headers=KEY, status=409)
    world.connect_monitors()
    await world.settle()
    await world.post("/cp/CP-001/plug", headers=KEY)


@pytest.mark.parametrize("key", ["", "a b", "é".encode(), "x" * 65, "a\tb"])
def test_a_key_that_cannot_be_one_is_refused(key: str) -> None:
    @in_world("CP-001")
    async def scene(world: World) -> None:
        problem = await world.post("/cp/CP-001/stop", headers={"Idempotency-Key": key}, status=422)
        assert problem["detail"].startswith("Idempotency-Key: ")
        assert await world.states() == {"CP-001": "ACTIVATED"}

    scene()


@in_world("CP-001")
async def test_a_point_that_was_retired_with_a_key_may_be_retired_again_with_it(world: World) -> None:
    for _ in range(2):
        assert (await world.http.delete("/cp/CP-001", headers=KEY)).status_code == 204
    assert (await world.http.delete("/cp/CP-001")).status_code == 404
    assert (await world.http.delete("/cp/CP-404", headers=KEY)).status_code == 404


@in_world("CP-001")
async def test_the_answer_of_an_earlier_time_is_not_the_answer_of_a_later_one(world: World) -> None:
    commands, order = world.commands, asyncio.create_task(world.post("/cp/CP-001/stop", headers=KEY))
    while not commands._waiting:
        await asyncio.sleep(0)
    [request_id] = commands._waiting
    old = OperatorAnswer(
        ts=START, request_id=request_id, cp_id="CP-001", refusal=TOO_LATE, asked_at=START - timedelta(seconds=9)
    )
    commands.committed(Work(Commit(), reactions=[("panel", old, ())]))
    assert (await order)["state"] == "STOPPED"
