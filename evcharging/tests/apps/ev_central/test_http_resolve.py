"""Held bills over HTTP: who waits for a bill, and how an operator settles it."""

from datetime import timedelta

import pytest

from evcharging.common.messages import EndReason, SupplyEnded
from evcharging.tests.stages.central_world import Json, World, in_world

NOTE = {"note": "as the display said"}


async def suspect(world: World) -> Json:
    """A session whose final reading cannot be true."""
    request_id = await world.drive("CP-001")
    await world.pass_time(3)
    [session] = await world.get("/sessions?cp_id=CP-001&limit=1")
    assert session["request_id"] == request_id
    now = world.clock.now()
    world.bus.publish(
        SupplyEnded(
            ts=now,
            epoch=1,
            seq=999,
            cp_id="CP-001",
            session_id=session["session_id"],
            started_at=now - timedelta(seconds=3),
            register_start_mwh=0,
            register_stop_mwh=500_000,
            ended_by=EndReason.COMPLETE,
        )
    )
    await world.settle()
    [held] = await world.get("/sessions?status=SUSPECT")
    assert held["session_id"] == session["session_id"]
    return held


@in_world("CP-001")
async def test_sessions_can_be_asked_for_by_their_status(world: World) -> None:
    held = await suspect(world)
    assert (held["status"], held["register_start_mwh"], held["register_stop_mwh"]) == ("SUSPECT", 0, 500_000)
    assert (held["kwh"], held["settled"]) == (0.5, None)
    assert held["ended_by"] == "supply complete: more energy than the point can give in that time; the bill is held"
    assert await world.get("/sessions?status=COMPLETED") == []
    assert await world.get("/tickets") == []


@in_world("CP-001")
async def test_a_held_bill_is_settled_and_the_drivers_ticket_follows(world: World) -> None:
    held = await suspect(world)
    path = f"/sessions/{held['session_id']}/settle"
    session = await world.post(path, json={"kwh": 0.0183, "by": "eve", **NOTE})
    assert (session["status"], session["kwh"], session["register_stop_mwh"]) == ("FAILED", 0.0183, 500_000)
    assert session["settled"] == {"at": "2026-01-01T12:00:03Z", "by": "eve", **NOTE}
    [ticket] = await world.get("/tickets")
    assert (ticket["kwh"], ticket["euros"]) == (0.0183, 0.00549)
    last = world.told(held["request_id"])[-1]
    assert last.ticket is not None
    assert (last.status, last.ticket.kwh, last.ticket.euros) == ("FAILED", 0.0183, 0.00549)
    assert await world.get("/sessions?status=SUSPECT") == []
    assert await world.post(path, json={"kwh": 0.0183, "by": "eve", **NOTE}) == session
    refused = await world.post(path, 409, json={"kwh": 0.02, "by": "eve", **NOTE})
    assert refused["detail"] == f"{held['session_id']} was settled by eve already, otherwise"
    assert await world.get("/tickets") == [ticket]


@in_world("CP-001")
async def test_the_engines_figures_can_be_accepted(world: World) -> None:
    held = await suspect(world)
    session = await world.post(f"/sessions/{held['session_id']}/settle", json=NOTE)
    assert (session["kwh"], session["settled"]["by"]) == (0.5, "operator")


@in_world("CP-001")
async def test_nobody_settles_what_is_unknown_or_not_suspect(world: World) -> None:
    unknown = await world.post("/sessions/session-404/settle", 404, json=NOTE)
    assert unknown["detail"] == "session-404 is not a known session"
    await world.drive("CP-001")
    [running] = await world.get("/sessions")
    refused = await world.post(f"/sessions/{running['session_id']}/settle", 409, json=NOTE)
    assert refused["detail"] == f"{running['session_id']} is SUPPLYING: only the bill of a suspect session is held"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"kwh": 1.0},
        {"kwh": -0.001, **NOTE},
        {"kwh": 100_001, **NOTE},
        {"kwh": "1", **NOTE},
        {"kwh": 1, "note": ""},
        {"kwh": 1, "note": "two\nlines"},
        {"kwh": 1, "note": "x" * 121},
        {"kwh": 1, "by": "?", **NOTE},
        {"kwh": 1, "euros": 1, **NOTE},
    ],
    ids=str,
)
def test_a_settlement_that_is_not_one_is_refused(body: Json) -> None:
    @in_world("CP-001")
    async def scenario(world: World) -> None:
        held = await suspect(world)
        await world.post(f"/sessions/{held['session_id']}/settle", 422, json=body)
        assert len(await world.get("/sessions?status=SUSPECT")) == 1

    scenario()


@in_world("CP-001")
async def test_an_id_that_cannot_be_one_is_refused(world: World) -> None:
    await world.post("/sessions/%00/settle", 422, json=NOTE)
    await world.get("/sessions?status=HELD", 422)
