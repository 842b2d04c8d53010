"""How many clients the web server takes: as many as there is room for, and silent ones while nobody needs their
place."""

import asyncio
import json
import resource
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from evcharging.adapters.tcp import room_for_links
from evcharging.apps.shell.program import FILES
from evcharging.apps.web.listener import FEWEST, LINGERING, MOST, NO_ROOM, room_for_clients
from evcharging.apps.web.server import web_server
from evcharging.tests.apps.web.test_web_connections import GET, WS_HEAD, client
from evcharging.tests.stages.tcp_stage import HOST, Run, both_loops, soon

ROOM = 6
HALF = b"GET / HTTP/1.1\r\nHo"
HALF_BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Stage:
    """An app in which some requests are answered only when they may be."""

    def __init__(self) -> None:
        self.begun: asyncio.Queue[None] = asyncio.Queue()
        self.may_end = asyncio.Event()
        self.app = Starlette(
            routes=[
                Route("/", self.greet, methods=["GET", "POST"]),
                Route("/long", self.long),
                WebSocketRoute("/ws", self.view),
            ]
        )

    async def greet(self, request: Request) -> Response:
        return PlainTextResponse(b"hello " + await request.body())

    async def long(self, _: Request) -> Response:
        self.begun.put_nowait(None)
        await self.may_end.wait()
        return PlainTextResponse("done")

    async def view(self, viewer: WebSocket) -> None:
        await viewer.accept()
        self.begun.put_nowait(None)
        await viewer.receive()


@asynccontextmanager
async def crowd(port: int, count: int, said: bytes = b"") -> AsyncIterator[list[Streams]]:
    """So many clients that say the same."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(client(port, said)) for _ in range(count)]


async def greeted(port: int) -> bytes:
    """What one more client is answered."""
    async with client(port, GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")) as (reader, _):
        return bytes(await soon(reader.read()))


def assert_is_no_room(answer: bytes) -> None:
    assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["detail"] == NO_ROOM


@pytest.mark.parametrize("said", [b"", HALF, HALF_BODY, GET], ids=["nothing", "half a head", "half a body", "enough"])
@both_loops
def test_clients_that_say_nothing_more_make_way_for_those_that_do(run: Run, said: bytes) -> None:
    async def scene() -> None:
        stage = Stage()
        async with web_server(stage.app, HOST, 0, room=ROOM) as (_, port), crowd(port, 10 * ROOM, said) as silent:
            for _ in range(3):
                assert b"hello" in await greeted(port)
            for reader, _ in silent[: 9 * ROOM]:
                answer = await soon(reader.read())
                if said != GET:
                    assert_is_no_room(answer)

    run(scene())


@pytest.mark.parametrize("busy", [GET.replace(b"/ ", b"/long "), WS_HEAD], ids=["requests", "viewers"])
@both_loops
def test_where_all_are_served_just_now_one_more_is_told_so_at_once(run: Run, busy: bytes) -> None:
    async def scene() -> None:
        stage = Stage()
        async with web_server(stage.app, HOST, 0, room=ROOM) as (_, port):
            async with crowd(port, ROOM, busy):
                for _ in range(ROOM):
                    await soon(stage.begun.get())
                for _ in range(3 * LINGERING):
                    assert_is_no_room(await greeted(port))
                async with client(port) as (reader, _):
                    assert_is_no_room(await soon(reader.read()))
            stage.may_end.set()
            while (answer := await greeted(port)).startswith(b"HTTP/1.1 503 "):
                pass
            assert b"hello" in answer

    run(scene())


@both_loops
def test_who_is_served_is_not_sent_away_for_a_crowd(run: Run) -> None:
    async def scene() -> None:
        stage = Stage()
        long = GET.replace(b"/ ", b"/long ")
        async with (
            web_server(stage.app, HOST, 0, room=ROOM) as (_, port),
            client(port, long) as (reader, _),
        ):
            await soon(stage.begun.get())
            async with crowd(port, 10 * ROOM):
                assert b"hello" in await greeted(port)
                stage.may_end.set()
                assert b"200 OK" in await soon(reader.readuntil(b"done"))

    run(scene())


@pytest.mark.parametrize(
    ("allowed", "room"), [(64, FEWEST), (256, 24), (1024, 216), (20_000, MOST), (resource.RLIM_INFINITY, MOST)]
)
def test_the_room_is_what_links_and_files_leave_of_the_descriptors(
    allowed: int, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (allowed, allowed))
    assert room_for_clients() == room
    if room > FEWEST and allowed > 0:
        assert room + room_for_links() + FILES <= allowed


FEW_DESCRIPTORS = """
import asyncio, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
import uvloop
from evcharging.apps.web.server import web_server
from evcharging.tests.apps.web.test_web_listener import Stage

async def main():
    async with web_server(Stage().app, "127.0.0.1", 0) as (_, port):
        print(port, flush=True)
        await asyncio.to_thread(sys.stdin.read)

(uvloop.run if sys.argv[1] == "uvloop" else asyncio.run)(main())
"""


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
@pytest.mark.parametrize("said", [b"", HALF_BODY], ids=["silent", "half a body"])
def test_with_few_descriptors_five_hundred_clients_shut_nobody_out(loop: str, said: bytes, tmp_path: Path) -> None:
    async def scene() -> None:
        with (tmp_path / "log").open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", FEW_DESCRIPTORS, loop),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            port = int(await asyncio.wait_for(process.stdout.readline(), 60))
            async with crowd(port, 500, said):
                for _ in range(5):
                    assert b"hello" in await greeted(port)
        finally:
            process.stdin.close()
            await asyncio.wait_for(process.wait(), 30)
        assert (tmp_path / "log").read_text() == ""

    asyncio.run(scene())


def test_a_listener_goes_on_after_a_moment_without_descriptors(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        loop = asyncio.get_running_loop()
        accept, failures = loop.sock_accept, [OSError(24, "Too many open files")]

        async def accepting(listening: socket.socket) -> tuple[socket.socket, object]:
            if failures:
                raise failures.pop()
            return await accept(listening)

        monkeypatch.setattr(loop, "sock_accept", accepting)
        async with web_server(Stage().app, HOST, 0) as (_, port):
            assert b"hello" in await greeted(port)
        assert not failures

    asyncio.run(scene())
