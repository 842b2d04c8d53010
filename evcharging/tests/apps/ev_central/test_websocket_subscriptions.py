"""A viewer asks for the points on its screen: it is told of them, of notices, and of what all points come to."""

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import connect

from evcharging.apps.ev_central.frames import MOST_POINTS
from evcharging.apps.ev_central.push import AT_ONCE, READINGS_EVERY
from evcharging.apps.ev_central.viewer import HEARTBEAT, WAITING
from evcharging.apps.web.server import web_server
from evcharging.tests.apps.ev_central.test_websocket import (
    Frame,
    Viewer,
    elapsed,
    in_virtual_time,
    next_frame,
    to_ws,
    viewing,
)
from evcharging.tests.stages.central_world import World, in_world


async def subscribed(viewer: Viewer, points: list[str] | None) -> Frame:
    """What a viewer is answered who asks for these points."""
    say(viewer, {"type": "subscribe", "points": points})
    return await viewer.until(lambda frame: frame["type"] != "changes")


def say(viewer: Viewer, what: Any) -> None:
    viewer.log({"type": "websocket.receive", "text": what if isinstance(what, str) else json.dumps(what)})


def ids(frame: Frame) -> list[str]:
    return [point["cp_id"] for point in frame["points"]]


@in_virtual_time
async def test_who_asks_for_points_is_sent_these_and_then_what_changes_of_them(world: World) -> None:
    async with viewing(world) as [viewer]:
        snapshot = await subscribed(viewer, ["CP-002", "CP-404"])
        assert (snapshot["type"], ids(snapshot)) == ("snapshot", ["CP-002"])
        await world.post("/cp/CP-002/stop")
        assert ids(await viewer.next()) == ["CP-002"]
        await world.drive("CP-001")
        await world.pass_time(3)
        frames = [await viewer.next() for _ in range(2)]
        assert [(ids(frame), frame["telemetry"]) for frame in frames] == [([], [])] * 2


@in_virtual_time
async def test_totals_are_those_of_all_points_and_come_though_only_others_changed(world: World) -> None:
    async with viewing(world, 2) as [one, all_of_them]:
        before = (await subscribed(one, ["CP-002"]))["totals"]
        assert (before["points"]["ACTIVATED"], before["free"], before["sessions"], before["kw"]) == (2, 2, 0, 0)
        await world.drive("CP-001")
        await world.pass_time(2)
        frame = await one.until(lambda frame: frame["totals"]["kw"] > 0)
        stats = await world.get("/api/v1/stats")
        assert frame["totals"] == {name: stats[name] for name in ("points", "free", "sessions", "kw")}
        assert (frame["totals"]["points"]["SUPPLYING"], frame["totals"]["kw"]) == (1, 22)
        assert (await all_of_them.until(lambda frame: frame["telemetry"]))["totals"] == frame["totals"]


@in_virtual_time
async def test_notices_come_whichever_points_are_wanted_and_silence_is_noticed(world: World) -> None:
    async with viewing(world) as [viewer]:
        await subscribed(viewer, [])
        await world.post("/cp/CP-001/stop")
        frame = await viewer.next()
        assert ids(frame) == []
        assert [notice["text"] for notice in frame["messages"]] == ["CP-001 stopped by the operator"]
        taken = elapsed()
        await viewer.next()
        await viewer.next()
        assert taken() <= 2 * (HEARTBEAT + READINGS_EVERY)


@in_virtual_time
async def test_a_retired_point_is_gone_for_those_who_asked_for_it(world: World) -> None:
    async with viewing(world, 2) as [one, other]:
        await subscribed(one, ["CP-001"])
        await subscribed(other, ["CP-002"])
        await world.http.delete("/cp/CP-001")
        assert (await one.next())["gone"] == ["CP-001"]
        assert (await other.next())["gone"] == []


@in_virtual_time
async def test_who_asks_for_all_again_is_told_of_all(world: World) -> None:
    async with viewing(world) as [viewer]:
        await subscribed(viewer, ["CP-001"])
        assert ids(await subscribed(viewer, None)) == ["CP-001", "CP-002"]
        taken = elapsed()
        await world.post("/cp/CP-002/stop")
        assert ids(await viewer.until(lambda frame: frame["points"])) == ["CP-002"]
        assert taken() < 2 * AT_ONCE


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"type": "subscribe"}, "points"),
        ({"type": "subscribe", "points": "CP-001"}, "points"),
        ({"type": "subscribe", "points": [1]}, "points"),
        ({"type": "subscribe", "points": [f"CP-{number}" for number in range(MOST_POINTS + 1)]}, "2,000"),
    ],
)
def test_a_subscription_that_cannot_be_is_refused_in_a_sentence_and_changes_nothing(
    asked: dict[str, Any], said: str
) -> None:
    @in_virtual_time
    async def scene(world: World) -> None:
        async with viewing(world) as [viewer]:
            say(viewer, asked)
            refused = await viewer.next()
            assert refused["type"] == "refused"
            assert said in refused["detail"]
            await world.post("/cp/CP-002/stop")
            assert ids(await viewer.next()) == ["CP-002"]

    scene()


@pytest.mark.parametrize("text", ["", "hello", "[]", '{"type":"ping"}', "[" * 100_000, '{"type":"subscribe"', "\x00"])
def test_whatever_else_is_said_is_ignored(text: str) -> None:
    @in_virtual_time
    async def scene(world: World) -> None:
        async with viewing(world) as [viewer]:
            say(viewer, text)
            viewer.log({"type": "websocket.receive", "bytes": b"\xff"})
            await world.post("/cp/CP-002/stop")
            assert ids(await viewer.next()) == ["CP-002"]

    scene()


@in_world("CP-001", "CP-002")
async def test_as_many_points_as_may_be_asked_for_fit_into_what_a_real_viewer_may_say(world: World) -> None:
    async with web_server(world.app, "127.0.0.1", 0) as (url, _), connect(to_ws(url), proxy=None) as client:
        await next_frame(client)
        for count, answer in ((MOST_POINTS, "snapshot"), (MOST_POINTS + 1, "refused")):
            points = ["CP-001", *(f"{number:064}" for number in range(count - 1))]
            await client.send(json.dumps({"type": "subscribe", "points": points}))
            while (frame := await next_frame(client))["type"] == "changes":
                pass
            assert frame["type"] == answer


@in_virtual_time
async def test_who_hears_of_some_points_hears_something_though_only_others_change(world: World) -> None:
    async with viewing(world, 2) as [one, _]:
        await subscribed(one, ["CP-002"])
        await world.drive("CP-001")
        await world.pass_time(3)
        taken = elapsed()
        for _ in range(5):
            await world.pass_time(1)
            await one.next()
        assert taken() <= 5 * (HEARTBEAT + READINGS_EVERY)


@in_virtual_time
async def test_who_subscribes_again_and_again_has_one_snapshot_waiting(world: World) -> None:
    async with viewing(world) as [viewer]:
        viewer.stop_reading()
        for _ in range(3 * WAITING):
            say(viewer, {"type": "subscribe", "points": ["CP-001"]})
        await world.post("/cp/CP-001/stop")
        await asyncio.sleep(1)
        viewer.read_on()
        assert (await viewer.until(lambda frame: frame["type"] == "snapshot"))["points"]
        await viewer.until(lambda frame: frame["points"] and frame["points"][0]["state"] == "STOPPED")
        assert viewer.waiting <= 3
