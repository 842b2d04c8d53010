"""Who comes back to the WebSocket is told what came meanwhile, and who wants few readings is sent few."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from evcharging.apps.ev_central.push import AT_ONCE, MOST_AT_ONCE
from evcharging.apps.ev_central.recent import LASTS, MOST_CHARACTERS, Recent
from evcharging.apps.ev_central.viewer import HEARTBEAT
from evcharging.apps.ev_central.viewer import Viewer as Leaving
from evcharging.tests.apps.ev_central.test_websocket import GONE, Frame, Viewer, elapsed, in_virtual_time, viewing
from evcharging.tests.apps.ev_central.test_websocket_subscriptions import ids, say, subscribed
from evcharging.tests.stages.central_world import World


@asynccontextmanager
async def coming_back(world: World, mark: str) -> AsyncIterator[Viewer]:
    """A viewer that was there before, up to a mark."""
    viewer = Viewer(world, query=f"after={mark}")
    async with asyncio.TaskGroup() as group:
        group.create_task(viewer.stay())
        yield viewer
        viewer.log(GONE)


async def mark_of(world: World) -> str:
    """How far a viewer has come that goes at once."""
    viewer = Viewer(world)
    async with asyncio.TaskGroup() as group:
        group.create_task(viewer.stay())
        snapshot = await viewer.next()
        viewer.log(GONE)
    return f"{snapshot['stream']}.{snapshot['seq']}"


@in_virtual_time
async def test_who_comes_back_soon_is_told_just_what_changed_meanwhile(world: World) -> None:
    async with viewing(world, 0):
        mark = await mark_of(world)
        await world.post("/cp/CP-002/stop")
        await asyncio.sleep(LASTS / 2)
        await world.post("/cp/CP-002/resume")
        await asyncio.sleep(1)
        async with coming_back(world, mark) as viewer:
            frames = [await viewer.next() for _ in range(2)]
    assert [(frame["type"], ids(frame)) for frame in frames] == [("changes", ["CP-002"])] * 2
    assert [point["state"] for frame in frames for point in frame["points"]] == ["STOPPED", "ACTIVATED"]


@in_virtual_time
async def test_who_missed_nothing_is_told_so_at_once(world: World) -> None:
    async with viewing(world, 0):
        mark = await mark_of(world)
        taken = elapsed()
        async with coming_back(world, mark) as viewer:
            frame = await viewer.next()
    assert (frame["type"], ids(frame), frame["messages"], taken()) == ("changes", [], [], 0)


@in_virtual_time
async def test_who_was_away_for_long_is_sent_a_snapshot(world: World) -> None:
    async with viewing(world, 0):
        mark = await mark_of(world)
        await asyncio.sleep(LASTS + 1)
        await world.post("/cp/CP-002/stop")
        async with coming_back(world, mark) as viewer:
            frame = await viewer.next()
    assert (frame["type"], [point["state"] for point in frame["points"]]) == ("snapshot", ["ACTIVATED", "STOPPED"])


@pytest.mark.parametrize(
    "mark", ["", ".", "x.0", "0", "{stream}", "{stream}.", "{stream}.-1", "{stream}.99", "{stream}.²"]
)
def test_a_mark_that_this_central_did_not_give_is_answered_with_a_snapshot(mark: str) -> None:
    @in_virtual_time
    async def scene(world: World) -> None:
        async with viewing(world, 0):
            stream = (await mark_of(world)).partition(".")[0]
            async with coming_back(world, mark.format(stream=stream)) as viewer:
                assert (await viewer.next())["type"] == "snapshot"

    scene()


@in_virtual_time
async def test_numbers_grow_by_one_with_what_changed_and_not_with_readings(world: World) -> None:
    async with viewing(world) as [viewer]:
        await world.post("/cp/CP-002/stop")
        first = (await viewer.until(lambda frame: frame["points"]))["seq"]
        await world.post("/cp/CP-002/resume")
        assert (await viewer.until(lambda frame: frame["points"]))["seq"] == first + 1
        await world.drive("CP-001")
        begun = (await viewer.until(lambda frame: frame["points"]))["seq"]
        await world.pass_time(3)
        assert (await viewer.until(lambda frame: frame["telemetry"]))["seq"] >= begun


@in_virtual_time
async def test_who_wants_the_readings_of_some_points_hears_of_all_points_and_of_these_readings(world: World) -> None:
    async with viewing(world) as [viewer]:
        for cp_id, driver in (("CP-001", "driver-ann"), ("CP-002", "driver-bob")):
            await world.drive(cp_id, driver)
        await world.pass_time(2)
        say(viewer, {"type": "readings", "points": ["CP-002"]})
        wanted: list[Frame] = []
        for _ in range(3):
            await world.pass_time(1)
            wanted.append(await viewer.until(lambda frame: len(frame["telemetry"]) == 1))
        assert {reading["cp_id"] for frame in wanted for reading in frame["telemetry"]} == {"CP-002"}
        assert wanted[-1]["totals"]["kw"] == 44
        await world.post("/cp/CP-001/stop")
        assert ids(await viewer.until(lambda frame: frame["points"])) == ["CP-001"]


@in_virtual_time
async def test_who_asks_for_readings_is_sent_the_newest_at_once_and_no_snapshot(world: World) -> None:
    async with viewing(world) as [viewer]:
        await world.drive("CP-001")
        await world.pass_time(2)
        say(viewer, {"type": "readings", "points": []})
        await viewer.until(lambda frame: not frame["telemetry"] and not frame["points"])
        taken = elapsed()
        say(viewer, {"type": "readings", "points": None})
        frame = await viewer.until(lambda frame: frame["telemetry"])
        assert (frame["type"], ids(frame), taken()) == ("changes", [], 0)


@in_virtual_time
async def test_who_wants_no_readings_still_hears_that_central_lives(world: World) -> None:
    async with viewing(world) as [viewer]:
        say(viewer, {"type": "readings", "points": []})
        await viewer.next()
        taken = elapsed()
        await viewer.next()
        assert taken() <= HEARTBEAT + 1


@in_virtual_time
async def test_readings_are_those_of_points_that_the_viewer_hears_of(world: World) -> None:
    async with viewing(world) as [viewer]:
        await world.drive("CP-001")
        await world.pass_time(2)
        await subscribed(viewer, ["CP-002"])
        say(viewer, {"type": "readings", "points": ["CP-001"]})
        assert (await viewer.next())["telemetry"] == []


@pytest.mark.parametrize("points", ["CP-001", [1], [f"CP-{number}" for number in range(2_001)]])
def test_readings_that_cannot_be_asked_for_are_refused_in_a_sentence(points: object) -> None:
    @in_virtual_time
    async def scene(world: World) -> None:
        async with viewing(world) as [viewer]:
            say(viewer, {"type": "readings", "points": points})
            refused = await viewer.next()
            assert refused["type"] == "refused"
            assert "points" in refused["detail"]

    scene()


def test_no_more_is_kept_than_fits() -> None:
    recent, text = Recent("s"), "x" * (MOST_CHARACTERS // 4)
    for _ in range(6):
        recent.keep(text, 0.0)
    assert (recent.after("s.1"), recent.after("s.2")) == (None, [text] * 4)
    recent.keep("", LASTS + 1)
    assert recent.after("s.6") == [""]
    assert recent.after("s.5") is None


def test_a_viewer_that_may_not_look_on_goes_whatever_it_asks_for_meanwhile() -> None:
    async def scene() -> None:
        viewer = Leaving(0.0)
        viewer.put("a frame", 0.0)
        viewer.turn_out()
        assert viewer.is_leaving
        assert viewer.frames.get_nowait() is None

    asyncio.run(scene())


@in_virtual_time
async def test_who_missed_more_than_it_can_be_sent_at_once_is_sent_a_snapshot(world: World) -> None:
    async with viewing(world, 0):
        mark = await mark_of(world)
        for _ in range(MOST_AT_ONCE + 1):
            for action in ("stop", "resume"):
                await world.post(f"/cp/CP-002/{action}")
            await asyncio.sleep(2 * AT_ONCE)
        async with coming_back(world, mark) as viewer:
            assert (await viewer.next())["type"] == "snapshot"
