"""The dashboard's WebSocket: a snapshot, then what changes; in virtual time, and for a crowd over real sockets."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from starlette.types import Message
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from evcharging.apps.ev_central.push import AT_ONCE, READINGS_EVERY
from evcharging.apps.ev_central.viewer import HEARTBEAT, WAITING
from evcharging.apps.ev_central.views_ledger import notice_view
from evcharging.apps.web.server import web_server
from evcharging.common.utils import to_json
from evcharging.tests.stages.central_world import World, contract, in_world, living
from evcharging.tests.stages.virtual_loop import on_virtual_time

Frame = dict[str, Any]

GONE: Message = {"type": "websocket.disconnect", "code": 1001}


class Viewer:
    """A browser in this process, on the other side of the app's own WebSocket; slow as long as it is told to be."""

    def __init__(self, world: World, *, query: str = "", **headers: str) -> None:
        self.closed: Message | None = None
        self._query = query.encode()
        self._world = world
        self._headers = [(b"host", b"central.test:8000"), *((k.encode(), v.encode()) for k, v in headers.items())]
        self._frames: asyncio.Queue[Frame] = asyncio.Queue()
        self._sent: asyncio.Queue[Message] = asyncio.Queue()
        self._reads = asyncio.Event()
        self._reads.set()

    async def stay(self) -> None:
        """Connect, and stay until the app is done with this viewer."""
        self._sent.put_nowait({"type": "websocket.connect"})
        scope = {
            "type": "websocket",
            "path": "/ws",
            "headers": self._headers,
            "query_string": self._query,
            "root_path": "",
        }
        await self._world.app({**scope, "scheme": "ws", "subprotocols": []}, self._sent.get, self._take)

    async def _take(self, message: Message) -> None:
        if message["type"] == "websocket.close":
            self.closed = message
        elif message["type"] == "websocket.send":
            await self._reads.wait()
            self._frames.put_nowait(json.loads(message["text"]))

    async def next(self) -> Frame:
        """The next frame, of the shape that is promised."""
        return checked(await self._frames.get())

    async def until(self, holds: Callable[[Frame], Any]) -> Frame:
        """The first frame from here on for which something holds."""
        while not holds(frame := await self.next()):
            pass
        return frame

    @property
    def waiting(self) -> int:
        """Frames that have come and were not looked at."""
        return self._frames.qsize()

    def stop_reading(self) -> None:
        self._reads.clear()

    def read_on(self) -> None:
        self._reads.set()

    def log(self, message: Message) -> None:
        """Send something to the app."""
        self._sent.put_nowait(message)


def checked(frame: Frame) -> Frame:
    """The frame; fails if it is not as the HTTP API describes it."""
    name = f"{frame['type'].capitalize()}Frame"
    assert contract().errors({"$ref": f"#/components/schemas/{name}"}, frame) == []
    assert frame.keys() == contract().document["components"]["schemas"][name]["properties"].keys()
    return frame


@asynccontextmanager
async def viewing(world: World, count: int = 1) -> AsyncIterator[list[Viewer]]:
    """Viewers that have seen the snapshot, while the app is up."""
    viewers = [Viewer(world) for _ in range(count)]
    async with world.app.router.lifespan_context(world.app), asyncio.TaskGroup() as group:
        for viewer in viewers:
            group.create_task(viewer.stay())
            assert (await viewer.next())["type"] == "snapshot"
        yield viewers
        for viewer in viewers:
            viewer.log(GONE)


def in_virtual_time(test: Callable[[World], Awaitable[None]]) -> Callable[[], None]:
    """Makes a plain test of one in which waiting takes no time."""

    async def scenario() -> None:
        async with living() as world:
            await world.add_points("CP-001", "CP-002")
            await test(world)

    def run() -> None:
        on_virtual_time(scenario())

    run.__doc__ = test.__doc__
    return run


def shown_messages(world: World) -> list[Frame]:
    """What the panel has, newest first; without the thread in which HTTP would ask the store."""
    return [json.loads(to_json(notice_view(notice))) for notice in world.queries.panel.notices]


def elapsed() -> Callable[[], float]:
    """Tells the seconds since now."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    return lambda: loop.time() - began


@in_virtual_time
async def test_the_first_frame_is_a_snapshot_that_says_what_http_says(world: World) -> None:
    await world.drive("CP-001")
    await world.pass_time(2)
    viewer = Viewer(world)
    async with asyncio.TaskGroup() as group:
        group.create_task(viewer.stay())
        snapshot = await viewer.next()
        viewer.log(GONE)
    assert snapshot["type"] == "snapshot"
    assert snapshot["ts"] == "2026-01-01T12:00:02Z"
    assert snapshot["points"] == await world.get("/cp")
    assert snapshot["messages"] == shown_messages(world)


@in_virtual_time
async def test_a_snapshot_has_the_fifty_newest_messages(world: World) -> None:
    for _ in range(30):
        await world.post("/cp/stop")
        await world.post("/cp/resume")
    viewer = Viewer(world)
    async with asyncio.TaskGroup() as group:
        group.create_task(viewer.stay())
        snapshot = await viewer.next()
        viewer.log(GONE)
    assert snapshot["messages"] == shown_messages(world)[:50]


@in_virtual_time
async def test_a_change_of_state_is_sent_at_once_and_whole(world: World) -> None:
    async with viewing(world) as [viewer]:
        taken = elapsed()
        await world.post("/cp/CP-002/stop")
        frame = await viewer.next()
        assert taken() < 2 * AT_ONCE
        assert (frame["type"], frame["telemetry"]) == ("changes", [])
        assert frame["points"] == [await world.get("/cp/CP-002")]
        assert [message["text"] for message in frame["messages"]] == ["CP-002 stopped by the operator"]


@in_virtual_time
async def test_changes_that_come_together_are_one_frame_with_the_newest_of_each_point(world: World) -> None:
    async with viewing(world) as [viewer]:
        for action in ("stop", "resume", "stop"):
            await world.post(f"/cp/{action}")
        frame = await viewer.next()
        assert [(point["cp_id"], point["state"]) for point in frame["points"]] == [
            ("CP-001", "STOPPED"),
            ("CP-002", "STOPPED"),
        ]
        assert frame["messages"] == shown_messages(world)[:6]
        assert viewer.waiting == 0


@in_virtual_time
async def test_readings_are_sent_together_once_a_second_and_only_the_newest(world: World) -> None:
    async with viewing(world) as [viewer]:
        await world.drive("CP-001")
        await world.drive("CP-002", "driver-bob")
        await viewer.until(lambda frame: len(frame["points"]) == 2)
        taken = elapsed()
        await world.pass_time(3.2)
        frame = await viewer.next()
        assert taken() <= READINGS_EVERY
        assert frame["points"] == frame["messages"] == []
        assert [(reading["cp_id"], reading["ts"]) for reading in frame["telemetry"]] == [
            ("CP-001", "2026-01-01T12:00:03Z"),
            ("CP-002", "2026-01-01T12:00:03Z"),
        ]
        assert frame["telemetry"] == await world.get("/telemetry")
        for _ in range(4):
            await world.pass_time(1)
            frame = await viewer.next()
            assert len(frame["telemetry"]) == 2
        assert 3 <= taken() <= 4.1 + READINGS_EVERY


@in_virtual_time
async def test_a_reading_never_follows_the_end_of_its_supply(world: World) -> None:
    async with viewing(world) as [viewer]:
        await world.drive("CP-001")
        await viewer.next()
        await world.pass_time(10)
        frame = await viewer.until(lambda frame: frame["points"])
        assert frame["points"][0]["session"] is None
        assert (await viewer.next())["telemetry"] == []


@in_virtual_time
async def test_silence_is_broken_every_few_seconds(world: World) -> None:
    async with viewing(world) as [viewer]:
        taken = elapsed()
        for beat in (1, 2, 3):
            frame = await viewer.next()
            assert (frame["type"], frame["points"], frame["telemetry"], frame["messages"]) == ("changes", [], [], [])
            assert taken() <= beat * (HEARTBEAT + READINGS_EVERY)


@in_virtual_time
async def test_a_viewer_that_does_not_read_is_sent_away_and_the_others_notice_nothing(world: World) -> None:
    async with viewing(world, 2) as [slow, quick]:
        slow.stop_reading()
        for _ in range(WAITING + 2):
            await world.post("/cp/CP-001/stop")
            await world.post("/cp/CP-001/resume")
            await quick.next()
        slow.read_on()
        await quick.next()
        assert slow.closed == {"type": "websocket.close", "code": 1013, "reason": "Too slow; connect again"}
        assert slow.waiting == WAITING + 1
        assert quick.closed is None


@pytest.mark.parametrize(
    "message",
    [
        {"type": "websocket.receive", "text": "hello"},
        {"type": "websocket.receive", "text": None, "bytes": b"\0"},
        {"type": "websocket.receive", "bytes": b"\0"},
    ],
    ids=str,
)
def test_what_a_viewer_says_is_not_listened_to(message: Message) -> None:
    @in_virtual_time
    async def test(world: World) -> None:
        async with viewing(world) as [viewer]:
            viewer.log(message)
            await world.post("/cp/CP-001/stop")
            assert (await viewer.next())["points"]

    test()


# Over real sockets


async def next_frame(client: ClientConnection) -> Frame:
    async with asyncio.timeout(10):
        return checked(json.loads(await client.recv()))


async def next_change(client: ClientConnection) -> Frame:
    """The next frame that says something of points; others only say that Central lives."""
    while not (frame := await next_frame(client))["points"]:
        pass
    return frame


def to_ws(url: str) -> str:
    return url.replace("http", "ws") + "/ws"


@in_world("CP-001", "CP-002")
async def test_a_hundred_viewers_see_the_same_frames(world: World) -> None:
    async with web_server(world.app, "127.0.0.1", 0) as (url, _), AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(connect(to_ws(url), proxy=None)) for _ in range(100)]
        assert {(await next_frame(client))["type"] for client in clients} == {"snapshot"}
        for action in ("stop", "resume"):
            await world.post(f"/cp/{action}")
            frames = [await next_change(client) for client in clients]
            assert len(frames[0]["points"]) == 2
            assert all(frame == frames[0] for frame in frames)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://["])
@in_world("CP-001")
async def test_pages_of_other_sites_may_not_look(world: World, origin: str) -> None:
    async with web_server(world.app, "127.0.0.1", 0) as (url, _):
        with pytest.raises(InvalidStatus) as refused:
            await connect(to_ws(url), proxy=None, additional_headers={"Origin": origin})
    assert refused.value.response.status_code == 403


@in_world("CP-001")
async def test_its_own_page_may_look(world: World) -> None:
    async with (
        web_server(world.app, "127.0.0.1", 0) as (url, port),
        connect(to_ws(url), proxy=None, additional_headers={"Origin": f"http://localhost:{port}"}) as client,
    ):
        assert (await next_frame(client))["type"] == "snapshot"


@in_world("CP-001")
async def test_a_viewer_that_sends_a_flood_is_hung_up_on(world: World) -> None:
    async with web_server(world.app, "127.0.0.1", 0) as (url, _), connect(to_ws(url), proxy=None) as client:
        await next_frame(client)
        with pytest.raises(ConnectionClosed) as closed:
            await client.send("x" * 1_000_000)
            while True:
                await client.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


@in_world("CP-001")
async def test_when_central_stops_its_viewers_are_told(world: World) -> None:
    async with AsyncExitStack() as stack:
        async with web_server(world.app, "127.0.0.1", 0) as (url, _):
            client = await stack.enter_async_context(connect(to_ws(url), proxy=None))
            await next_frame(client)
        with pytest.raises(ConnectionClosed) as closed:
            await next_frame(client)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code in (1001, 1012)
