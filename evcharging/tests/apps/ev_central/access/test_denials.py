"""What somebody asks who may not is noted as an action: who, what, of what, and why not; at a bounded rate."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from evcharging.apps.ev_central.access.denial_notes import DenialNotes
from evcharging.apps.ev_central.bounded_notes import MOST_NOTED, noting
from evcharging.domain.access.action import OperatorAction
from evcharging.tests.stages.central_world import START, World, in_world
from evcharging.tests.stages.known_people import EVERYBODY, KnownPeople, bearer

STOP = "POST /cp/{cp_id}/stop"


@asynccontextmanager
async def noted(world: World) -> AsyncIterator[list[OperatorAction]]:
    """What a Central notes where people have to sign in; all of it is there once the block is left."""
    kept: list[OperatorAction] = []
    notes = DenialNotes(kept.append, world.clock.now, world.clock.now)
    world.let_in(KnownPeople(), denials=notes)
    async with noting(notes):
        yield kept


def said(kept: list[OperatorAction]) -> list[tuple[str, ...]]:
    """Who asked what, of what."""
    return [(each.actor_kind, each.actor_id, each.action, each.subject) for each in kept]


@in_world("CP-001")
async def test_an_order_of_somebody_who_only_looks_on_is_noted_with_why_it_was_refused(world: World) -> None:
    async with noted(world) as kept:
        answer = await world.http.post("/cp/CP-001/stop", headers=bearer("viewer"))
    assert answer.status_code == 403
    assert said(kept) == [("person", EVERYBODY["viewer"].actor.id, STOP, "CP-001")]
    assert (kept[0].refusal, kept[0].role, kept[0].at) == (answer.json()["detail"], "viewer", START)
    assert (kept[0].before, kept[0].after) == (None, None)


@in_world("CP-001")
async def test_what_may_not_be_looked_at_is_noted_as_well(world: World) -> None:
    async with noted(world) as kept:
        assert (await world.http.get("/api/v1/audit", headers=bearer("operator"))).status_code == 403
    assert [(each.action, each.subject) for each in kept] == [("GET /api/v1/audit", "/api/v1/audit")]


@in_world("CP-001")
async def test_a_point_that_would_speak_for_another_is_noted(world: World) -> None:
    async with noted(world) as kept:
        await world.http.post("/cp/register", json={"cp_id": "CP-002"}, headers=bearer("CP-001"))
    assert said(kept) == [("point", "CP-001", "POST /cp/register", "/cp/register")]


@in_world("CP-001")
async def test_drivers_do_not_crowd_out_what_people_are_denied(world: World) -> None:
    async with noted(world) as kept:
        for _ in range(MOST_NOTED + 5):
            await world.http.post("/cp/CP-001/stop", headers=bearer("driver"))
        await world.http.post("/cp/CP-001/stop", headers=bearer("viewer"))
    assert [each.actor_kind for each in kept] == ["driver"] * MOST_NOTED + ["person"]


@in_world("CP-001")
async def test_what_is_no_point_of_the_network_is_not_kept_by_its_name(world: World) -> None:
    async with noted(world) as kept:
        for path in ("/cp/alice@example.com/stop", "/api/v1/points/CP-002/stop"):
            await world.http.post(path, headers=bearer("viewer"))
        await world.http.delete("/api/v1/users/alice@example.com", headers=bearer("viewer"))
    assert [each.subject for each in kept] == [
        "/cp/{cp_id}/stop",
        "/api/v1/points/{cp_id}/{action}",
        "/api/v1/users/{account_id}",
    ]


@pytest.mark.parametrize("name", ["%3Cscript%3E", "%0A", "a" * 65, "%20", "%F0%9F%94%8C"])
@in_world("CP-001")
async def test_what_is_no_id_is_not_kept_as_one(world: World, name: str) -> None:
    async with noted(world) as kept:
        assert (await world.http.post(f"/cp/{name}/stop", headers=bearer("viewer"))).status_code == 403
    assert [each.subject for each in kept] == ["/cp/{cp_id}/stop"]


@in_world("CP-001")
async def test_what_is_allowed_or_asked_by_nobody_is_not_noted_here(world: World) -> None:
    async with noted(world) as kept:
        assert (await world.http.post("/cp/CP-001/stop")).status_code == 401
        assert (await world.http.post("/cp/CP-001/stop", headers=bearer("operator"))).status_code == 200
        assert (await world.http.get("/cp", headers=bearer("viewer"))).status_code == 200
    assert kept == []


@in_world("CP-001")
async def test_who_asks_again_and_again_does_not_fill_the_ledger(world: World) -> None:
    async with noted(world) as kept:
        for _ in range(MOST_NOTED + 5):
            await world.http.post("/cp/CP-001/stop", headers=bearer("viewer"))
        await world.pass_time(60)
        await world.http.post("/cp/CP-001/stop", headers=bearer("viewer"))
    assert [each.left_out for each in kept] == [0] * MOST_NOTED + [5]
