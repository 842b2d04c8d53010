"""Many viewers of many points: what is said to all of them is made once, and there are so many and no more."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from evcharging.apps.ev_central import push as push_module
from evcharging.apps.ev_central.access.staying import Stays
from evcharging.apps.ev_central.push import FULL, SNAPSHOT_LASTS, Push
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.recent import LASTS
from evcharging.apps.web.server import web_server
from evcharging.common.messages_view import PointShown, ReadingShown, ReadingsShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed, numbered
from evcharging.tests.apps.ev_central.test_websocket import GONE, Viewer, in_virtual_time, next_frame, to_ws, viewing
from evcharging.tests.stages.central_world import START, World, in_world

MANY = 100


def shown(cp_id: str, seq: int = 1, **fields: object) -> PointShown:
    view = PointShown(
        ts=START,
        epoch=1,
        seq=seq,
        cp_id=cp_id,
        state=CPState.ACTIVATED,
        since=START,
        location="Bay 1",
        euros_per_kwh=0.3,
        kw_rate=22.0,
        stopped=False,
        last_seen=START,
    )
    return changed(view, **fields)


def fill(world: World, count: int = MANY) -> list[str]:
    """Points that the panel shows, and that nobody else knows of."""
    cp_ids = numbered("P", count)
    for cp_id in cp_ids:
        world.queries.panel.on_message(shown(cp_id), START)
    world.queries.panel.take_news()
    world.queries.texts.changed()
    return cp_ids


def push_of(world: World) -> Push:
    """What serves the viewers of the world's own app."""
    return next(watcher for watcher in world.queries.watchers if isinstance(watcher, Push))


@asynccontextmanager
async def joining(world: World) -> AsyncIterator[Viewer]:
    """One more viewer, who has seen nothing yet, while the app is up."""
    viewer = Viewer(world)
    async with asyncio.TaskGroup() as group:
        group.create_task(viewer.stay())
        yield viewer
        viewer.log(GONE)


@in_virtual_time
async def test_sixty_viewers_are_given_one_snapshot_that_was_made_once(world: World) -> None:
    fill(world)
    async with viewing(world, 60):
        assert world.queries.texts.made == len(world.queries.panel.points) == MANY + 2
        assert push_of(world).snapshots == 1


@in_virtual_time
async def test_a_later_snapshot_makes_only_what_is_shown_otherwise(world: World) -> None:
    cp_ids = fill(world)
    async with viewing(world):
        made = world.queries.texts.made
        await asyncio.sleep(SNAPSHOT_LASTS)
        world.queries.panel.on_message(shown(cp_ids[7], 2, stopped=True), START)
        world.queries.texts.changed()
        async with joining(world) as late:
            points = {point["cp_id"]: point for point in (await late.next())["points"]}
        assert (len(points), points[cp_ids[7]]["stopped"]) == (MANY + 2, True)
        assert (push_of(world).snapshots, world.queries.texts.made) == (2, made + 1)


@in_virtual_time
async def test_the_list_of_all_points_over_http_is_made_of_the_same_texts(world: World) -> None:
    fill(world)
    for _ in range(5):
        assert len(await world.get("/cp")) == MANY + 2
    assert world.queries.texts.made == MANY + 2


@in_world()
async def test_sixty_who_ask_for_all_points_at_once_are_given_one_list_that_was_compressed_once(world: World) -> None:
    cp_ids = fill(world)
    answers = await asyncio.gather(*(world.http.get("/cp") for _ in range(60)))
    assert {(len(answer.json()), answer.headers["Content-Encoding"]) for answer in answers} == {(MANY, "gzip")}
    assert (world.queries.texts.made, world.queries.texts.packed) == (MANY, 1)
    world.bus.publish(shown(cp_ids[0], 2, stopped=True))
    await world.settle()
    assert (await world.get("/cp"))[0]["stopped"]
    assert (world.queries.texts.made, world.queries.texts.packed) == (MANY + 1, 2)


@in_virtual_time
async def test_who_comes_a_moment_later_is_given_the_same_snapshot_and_what_changed_since(world: World) -> None:
    async with viewing(world) as [first]:
        await world.post("/cp/CP-001/stop")
        await first.next()
        await world.post("/cp/CP-002/stop")
        await first.next()
        async with joining(world) as late:
            frames = [await late.next() for _ in range(3)]
            assert push_of(world).snapshots == 1
            assert [frame["type"] for frame in frames] == ["snapshot", "changes", "changes"]
            states = {point["cp_id"]: point["state"] for frame in frames for point in frame["points"]}
            assert states == {"CP-001": "STOPPED", "CP-002": "STOPPED"}
            await world.post("/cp/CP-001/resume")
            assert (await late.next()) == (await first.next())


@in_virtual_time
async def test_a_snapshot_is_not_kept_over_a_time_without_viewers(world: World) -> None:
    async with viewing(world):
        pass
    await asyncio.sleep(LASTS)
    await world.post("/cp/CP-001/stop")
    async with viewing(world):
        assert push_of(world).snapshots == 2


@in_virtual_time
async def test_a_retired_point_is_gone_for_viewers_and_for_those_that_come(world: World) -> None:
    async with viewing(world) as [viewer]:
        view = world.queries.panel.points["CP-001"]
        world.bus.publish(changed(view, seq=view.seq + 1_000, retired=True))
        await world.settle()
        frame = await viewer.until(lambda frame: frame["gone"])
        assert (frame["gone"], frame["points"]) == (["CP-001"], [])
        await asyncio.sleep(SNAPSHOT_LASTS)
        async with joining(world) as late:
            assert [point["cp_id"] for point in (await late.next())["points"]] == ["CP-002"]


@in_virtual_time
async def test_a_point_that_is_retired_and_registered_again_at_once_is_shown(world: World) -> None:
    async with viewing(world) as [viewer]:
        view = world.queries.panel.points["CP-001"]
        for seq, retired in ((1_000, True), (1_001, False)):
            world.bus.publish(changed(view, seq=view.seq + seq, retired=retired))
        await world.settle()
        frame = await viewer.until(lambda frame: frame["points"])
        assert ([point["cp_id"] for point in frame["points"]], frame["gone"]) == (["CP-001"], [])


@in_virtual_time
async def test_figures_say_when_central_received_them(world: World) -> None:
    async with viewing(world) as [viewer]:
        await world.drive("CP-001")
        session = (await world.get("/cp/CP-001"))["session"]
        reading = ReadingShown(
            ts=START,
            cp_id="CP-001",
            driver_id=session["driver_id"],
            session_id=session["session_id"],
            kw=22.0,
            kwh=0.5,
            euros=0.15,
            register_mwh=10**12,
            heard_at=START.replace(second=7),
        )
        world.bus.publish(ReadingsShown(ts=START, cp_id="CP-001", readings=(reading,)))
        await world.settle()
        frame = await viewer.until(lambda frame: frame["telemetry"])
        assert frame["telemetry"][0]["read_at"] == "2026-01-01T12:00:07Z"
        assert (await world.get("/cp/CP-001"))["session"]["read_at"] == "2026-01-01T12:00:07Z"
        assert (await world.get("/telemetry"))[0]["read_at"] == "2026-01-01T12:00:07Z"


# Over real sockets


@in_world("CP-001")
async def test_one_viewer_too_many_is_closed_with_a_reason_and_polls(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push_module.Push, "__init__", _with_room(2))
    async with web_server(world.app, "127.0.0.1", 0) as (url, _), AsyncExitStack() as stack:
        viewers = [await stack.enter_async_context(connect(to_ws(url), proxy=None)) for _ in range(2)]
        for viewer in viewers:
            await next_frame(viewer)
        async with connect(to_ws(url), proxy=None) as late:
            with pytest.raises(ConnectionClosed) as closed:
                await late.recv()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1013, FULL)
        await viewers[0].close()
        while [count for _, _, count in push_of(world).samples()] != [1]:
            await asyncio.sleep(0.01)
        async with connect(to_ws(url), proxy=None) as next_one:
            assert (await next_frame(next_one))["type"] == "snapshot"


def _with_room(room: int) -> object:
    begin = Push.__init__

    def narrow(push: Push, queries: Queries, stays: Stays, **_: object) -> None:
        begin(push, queries, stays, room=room)

    return narrow


@in_world()
async def test_a_snapshot_of_many_points_arrives_whole_at_many_viewers(world: World) -> None:
    fill(world)
    async with web_server(world.app, "127.0.0.1", 0) as (url, _), AsyncExitStack() as stack:
        viewers = [await stack.enter_async_context(connect(to_ws(url), proxy=None, max_size=None)) for _ in range(20)]
        texts = {str(await viewer.recv()) for viewer in viewers}
    assert len(texts) == 1
    assert len(json.loads(texts.pop())["points"]) == MANY
    assert world.queries.texts.made == MANY
