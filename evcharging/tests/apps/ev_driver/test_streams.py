"""Drivers with keys hear over Central's streams, which they open again as often as they are lost; over real sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from random import Random

import pytest

from evcharging.apps.ev_central import own_stream
from evcharging.apps.ev_driver import streams as module
from evcharging.apps.ev_driver.streams import Streams
from evcharging.apps.web.server import web_server
from evcharging.common.messages import DriverUpdate, UpdateStatus
from evcharging.common.setting_values import Address
from evcharging.roles.role import Input, LinkDown, LinkUp
from evcharging.tests.stages.central_world import World, in_world
from evcharging.tests.stages.phones import ALICE, BOB, Drivers
from evcharging.tests.stages.tcp_stage import free_port

Said = tuple[str, Input]


class Ears:
    """What drivers were told, and what the log says."""

    def __init__(self, *centrals: int, tokens: dict[str, str] | None = None) -> None:
        self.told: list[Said] = []
        self.log: list[tuple[str, str]] = []
        words = tokens or {ALICE: ALICE}
        self.streams = Streams(
            [Address("127.0.0.1", port) for port in centrals],
            None,
            {driver_id: partial(str, word) for driver_id, word in words.items()},
            lambda level, text: self.log.append((level, text)),
            Random(1),
        )

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Listen until the block is left."""
        async with self.streams.heard(lambda driver_id, said: self.told.append((driver_id, said))):
            yield

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something."""
        async with asyncio.timeout(10):
            while not holds():
                await asyncio.sleep(0.01)

    @property
    def updates(self) -> list[DriverUpdate]:
        """Every word of a request."""
        return [said for _, said in self.told if isinstance(said, DriverUpdate)]

    def of(self, kind: type[Input]) -> list[Input]:
        """What was told of one kind."""
        return [said for _, said in self.told if isinstance(said, kind)]


@asynccontextmanager
async def serving(world: World, port: int = 0) -> AsyncIterator[int]:
    """Central with its streams; its port."""
    world.let_in(Drivers())
    async with web_server(world.app, "127.0.0.1", port) as (url, _):
        yield int(url.rpartition(":")[2])


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(module, "LONGEST_WAIT", 0.02)


@in_world("CP-001", "CP-002")
async def test_each_driver_hears_their_own_words_and_no_other_drivers(world: World) -> None:
    async with serving(world) as port:
        ears = Ears(port, tokens={ALICE: ALICE, BOB: BOB})
        async with ears.open():
            await ears.until(lambda: len(ears.of(LinkUp)) == 2)
            await world.drive("CP-001", ALICE, kwh=0.05)
            await world.drive("CP-002", BOB)
            await world.pass_time(15)
            await ears.until(lambda: len([each for each in ears.updates if each.status is UpdateStatus.COMPLETED]) == 2)
    assert all(driver_id == said.driver_id for driver_id, said in ears.told if isinstance(said, DriverUpdate))
    alices = [update for update in ears.updates if update.driver_id == ALICE]
    assert (alices[0].status, alices[0].quote is not None) == (UpdateStatus.ACCEPTED, True)
    assert alices[-1].ticket is not None
    assert alices[-1].ticket.kwh == 0.05


@in_world("CP-001")
async def test_a_stream_that_is_lost_is_opened_again_and_both_are_told(world: World) -> None:
    async with serving(world) as port:
        ears = Ears(port)
        listening = AsyncExitStack()
        await listening.enter_async_context(ears.open())
        await ears.until(lambda: bool(ears.of(LinkUp)))
    async with listening:
        await ears.until(lambda: bool(ears.of(LinkDown)))
        await ears.until(lambda: any("Cannot reach Central" in text for _, text in ears.log))
        assert ears.streams.trouble() == f"Cannot reach Central at 127.0.0.1:{port}"
        async with serving(world, port):
            await ears.until(lambda: len(ears.of(LinkUp)) == 2)
            assert ears.streams.trouble() is None
    assert [text for _, text in ears.log if "again" in text] == [
        "Central tells its drivers again what becomes of their requests"
    ]


@in_world("CP-001")
async def test_a_central_that_is_away_is_passed_over_for_the_next_one(world: World) -> None:
    with free_port() as away:
        async with serving(world) as port:
            ears = Ears(away, port)
            async with ears.open():
                await ears.until(lambda: bool(ears.of(LinkUp)))


@in_world("CP-001")
async def test_a_driver_who_has_nothing_left_to_hear_makes_room_for_another_one(world: World) -> None:
    async with serving(world) as port:
        ears = Ears(port, tokens={ALICE: ALICE, BOB: BOB})
        async with ears.open():
            await ears.until(lambda: len(ears.of(LinkUp)) == 2)
            ears.streams.leave(ALICE)
            await ears.until(lambda: len(ears.of(LinkDown)) == 1)
            await world.drive("CP-001", BOB)
            await ears.until(lambda: bool(ears.updates))
    assert {driver_id for driver_id, said in ears.told if isinstance(said, LinkDown)} == {ALICE, BOB}


@asynccontextmanager
async def another_server(answer: bytes) -> AsyncIterator[int]:
    """Something else than Central, which gives this answer to each request; gives its port."""
    tasks: set[asyncio.Task[None]] = set()

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(reply(reader, writer))
        tasks.add(task)
        # One that is cancelled before it begins has nobody else to close its connection.
        task.add_done_callback(lambda _: writer.transport.abort())

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 301 Moved\r\nLocation: https://central.example/\r\nContent-Length: 0\r\n\r\n", "is not Central"),
        (b"HTTP/1.1 302 Found\r\nLocation: wss://central.example/\r\nContent-Length: 0\r\n\r\n", "is not Central"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "tells driver-alice nothing: it answers 200"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "Cannot reach Central"),
        (b"", "Cannot reach Central"),
    ],
)
def test_what_is_not_central_is_told_so_and_tried_again(answer: bytes, said: str) -> None:
    async def scene() -> Ears:
        async with another_server(answer) as port:
            ears = Ears(port)
            async with ears.open():
                await ears.until(lambda: bool(ears.log))
                await asyncio.sleep(0.1)
                assert not any(task.done() for task in ears.streams._tasks.values()), "it goes on trying"
            return ears

    ears = asyncio.run(scene())
    assert len(ears.log) == 1
    assert said in ears.log[0][1]
    assert ears.of(LinkUp) == []


@in_world("CP-001")
async def test_a_stream_that_ends_before_its_first_word_was_never_open(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_stream, "OF_ONE_AT_ONCE", 0)
    async with serving(world) as port:
        ears = Ears(port)
        async with ears.open():
            await ears.until(lambda: bool(ears.log))
            await asyncio.sleep(0.1)
    assert ears.of(LinkUp) == ears.of(LinkDown) == []
    assert ears.log == [
        (
            "warning",
            f"Central at 127.0.0.1:{port} ends the stream: {own_stream.FULL}, retrying",
        )
    ]


@in_world("CP-001")
async def test_why_central_tells_a_driver_nothing_is_said_once(world: World) -> None:
    async with serving(world) as port:
        ears = Ears(port, tokens={ALICE: "nobody", "driver-cleo": "nobody", BOB: BOB})
        async with ears.open():
            await ears.until(lambda: bool(ears.of(LinkUp)))
            await ears.until(lambda: len(ears.streams._troubles) == 2)
            await asyncio.sleep(0.1)
            assert ears.streams.trouble() is None, "another driver hears"
    [(level, said)] = ears.log
    assert level == "warning"
    assert said.endswith("nothing: Nobody has this credential: sign in again, retrying")
