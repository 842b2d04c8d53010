"""The WebSocket of the bus: how topics stand, what passes, and nothing of it while nobody looks on; in virtual time."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from starlette.types import Message

from evcharging.apps.ev_central import bus_stream
from evcharging.apps.ev_central.access.staying import EVERY, POLICY
from evcharging.apps.ev_central.bus_watcher import A_SECOND, WAITING
from evcharging.tests.apps.ev_central.access.test_permission_matrix import upgraded
from evcharging.tests.stages.bus_world import order
from evcharging.tests.stages.central_world import START, World, contract, living
from evcharging.tests.stages.known_people import KnownPeople, bearer
from evcharging.tests.stages.virtual_loop import on_virtual_time

Frame = dict[str, Any]
PATH = "/api/v1/bus/stream"
NAMES = {"topics": "BusTopicsFrame", "messages": "BusMessagesFrame", "refused": "RefusedFrame"}


class Onlooker:
    """A browser on the other side of the app's own WebSocket; slow as long as it is told to be."""

    def __init__(self, world: World, **headers: str) -> None:
        self.closed: Message | None = None
        self.reads = asyncio.Event()
        self.reads.set()
        self._world = world
        self._headers = [
            (b"host", b"central.test:8000"),
            *((k.lower().encode(), v.encode()) for k, v in headers.items()),
        ]
        self._frames: asyncio.Queue[Frame] = asyncio.Queue()
        self._said: asyncio.Queue[Message] = asyncio.Queue()

    async def stay(self) -> None:
        """Connect, and stay until the app is done with it."""
        self._said.put_nowait({"type": "websocket.connect"})
        scope = {"type": "websocket", "path": PATH, "headers": self._headers, "query_string": b"", "root_path": ""}
        await self._world.app({**scope, "scheme": "ws", "subprotocols": []}, self._said.get, self._take)

    async def _take(self, message: Message) -> None:
        if message["type"] == "websocket.close":
            self.closed = message
        elif message["type"] == "websocket.send":
            await self.reads.wait()
            self._frames.put_nowait(json.loads(message["text"]))

    async def next(self, kind: str) -> Frame:
        """The next frame of this kind, of the shape that is promised."""
        while True:
            frame = await self._frames.get()
            assert contract().errors({"$ref": f"#/components/schemas/{NAMES[frame['type']]}"}, frame) == []
            if frame["type"] == kind:
                return frame

    def want(self, **wish: Any) -> None:
        self._said.put_nowait({"type": "websocket.receive", "text": json.dumps({"type": "watch", **wish})})

    def go(self) -> None:
        self._said.put_nowait({"type": "websocket.disconnect", "code": 1001})


@asynccontextmanager
async def looking_on(world: World, **headers: str) -> AsyncIterator[Onlooker]:
    onlooker = Onlooker(world, **headers)
    async with world.app.router.lifespan_context(world.app), asyncio.TaskGroup() as group:
        group.create_task(onlooker.stay())
        await onlooker.next("topics")
        yield onlooker
        onlooker.go()


def in_virtual_time(test: Callable[[World], Awaitable[None]]) -> Callable[[], None]:
    """Makes a plain test of one in which waiting takes no time."""

    async def scenario() -> None:
        async with living() as world:
            await test(world)

    def run() -> None:
        on_virtual_time(scenario())

    run.__doc__ = test.__doc__
    return run


@in_virtual_time
async def test_a_charge_is_seen_message_by_message(world: World) -> None:
    await world.add_points("CP-001")
    async with looking_on(world) as onlooker:
        onlooker.want(topics=["driver.requests", "central.commands", "driver.updates"])
        await asyncio.sleep(0)
        await world.drive("CP-001")
        frame = await onlooker.next("messages")
    assert [message["kind"] for message in frame["messages"]] == ["DriverRequest", "DriverUpdate", "StartSupply"]
    asked, told, ordered = frame["messages"]
    assert (asked["topic"], asked["key"], asked["seal"], asked["refusal"]) == (
        "driver.requests",
        "CP-001",
        "none",
        None,
    )
    assert json.loads(told["text"])["status"] == "ACCEPTED"
    assert told["key"] == "driver-alice"
    assert ordered["size"] == len(ordered["text"])
    assert ordered["number"] == asked["number"] + 2
    assert frame["left_out"] == 0


@in_virtual_time
async def test_only_what_is_wanted_is_sent(world: World) -> None:
    async with looking_on(world) as onlooker:
        onlooker.want(text="cp-7")
        await asyncio.sleep(0)
        for number, key in enumerate(("CP-6", "CP-7", "CP-8")):
            world.bus.publish(order(number, key))
        assert [message["key"] for message in (await onlooker.next("messages"))["messages"]] == ["CP-7"]
        onlooker.want(topics=["nothing"])
        assert "there is no topic 'nothing'" in (await onlooker.next("refused"))["detail"]
        world.bus.publish(order(4, "CP-7"))
        assert len((await onlooker.next("messages"))["messages"]) == 1


@in_virtual_time
async def test_once_a_second_it_is_told_how_topics_stand(world: World) -> None:
    async with looking_on(world) as onlooker:
        onlooker.want(paused=True)
        world.bus.publish_all(order(number) for number in range(20))
        (topic,) = [each for each in (await onlooker.next("topics"))["bus"]["topics"] if each["key"] == "cp_id"][:1]
        assert (topic["name"], topic["per_second"]) == ("central.commands", 20.0)
        began = asyncio.get_running_loop().time()
        second = await onlooker.next("topics")
        assert asyncio.get_running_loop().time() - began == 1
        assert second["bus"]["topics"][0]["per_second"] == 10.0
        assert second["bus"]["watched"]


@in_virtual_time
async def test_a_flood_is_shown_in_part_and_the_rest_is_counted(world: World) -> None:
    async with looking_on(world) as onlooker:
        world.bus.publish_all(order(number) for number in range(10_000))
        frame = await onlooker.next("messages")
        assert (len(frame["messages"]), frame["left_out"]) == (A_SECOND, 10_000 - A_SECOND)


@in_virtual_time
async def test_the_bus_is_read_only_while_somebody_looks_on(world: World) -> None:
    watch = world.commands.bus_watch
    assert not watch.is_watched
    async with looking_on(world):
        async with looking_on(world):
            assert watch.is_watched
        assert watch.is_watched
        assert len(world.bus.traffic.tails) == 1
    assert not watch.is_watched
    assert world.bus.traffic.tails == []
    assert watch.topics().topics[0].per_second is None


@in_virtual_time
async def test_who_does_not_read_is_sent_away_and_the_others_stay(world: World) -> None:
    async with looking_on(world) as slow, looking_on(world) as other:
        slow.reads.clear()
        for _ in range(2 * WAITING):
            world.bus.publish(order(1))
            await other.next("messages")
        slow.reads.set()
        while slow.closed is None:
            await asyncio.sleep(1)
        assert slow.closed["code"] == 1013
        assert other.closed is None


@in_virtual_time
async def test_there_is_room_for_so_many(world: World) -> None:
    async with asyncio.TaskGroup() as group:
        onlookers = [Onlooker(world) for _ in range(bus_stream.AT_ONCE + 1)]
        for each in onlookers:
            group.create_task(each.stay())
        await asyncio.sleep(1)
        assert [each.closed is None for each in onlookers] == [True] * bus_stream.AT_ONCE + [False]
        closed = onlookers[-1].closed
        assert closed is not None
        assert (closed["code"], closed["reason"]) == (1013, bus_stream.FULL)
        for each in onlookers:
            each.go()


@in_virtual_time
async def test_who_may_not_read_what_was_done_may_not_look_on_nor_stay(world: World) -> None:
    people = KnownPeople()
    world.let_in(people)
    for word in ("viewer", "operator", "driver", "CP-001"):
        assert await upgraded(world.app, PATH, bearer(word)) == 403
    async with looking_on(world, **bearer("auditor")) as onlooker:
        people.revoked.add("auditor")
        await asyncio.sleep(2 * EVERY)
        assert onlooker.closed is not None
        assert onlooker.closed["code"] == POLICY


@in_virtual_time
async def test_each_frame_says_when_it_was_made_by_the_clock_of_central(world: World) -> None:
    async with looking_on(world) as onlooker:
        world.bus.publish(order(1))
        frame = await onlooker.next("messages")
    assert frame["ts"] == frame["messages"][0]["seen_at"] == START.isoformat().replace("+00:00", "Z")
