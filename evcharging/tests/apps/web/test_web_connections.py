"""What one client can do to the web server: it may be slow for a while, in saying what it wants and in taking what it
gets, and not for ever. On asyncio's own loop and on uvloop."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import connect

from evcharging.apps.web import connections as web_connections
from evcharging.apps.web.connections import PIECE
from evcharging.apps.web.server import web_server
from evcharging.tests.stages.tcp_stage import HOST, both_loops, soon

Run = Callable[[Awaitable[None]], None]
LARGE = b"x" * (64 * PIECE)
TEXT = "é" * (20 * PIECE + 7)
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
WS_HEAD = (
    b"GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
PING = b"\x89\x82\0\0\0\0hi"
PONG = b"\x8a\x02hi"
HELLO = b"\x81\x85\0\0\0\0hello"


class Stage:
    """An app whose answers are large, and what became of them."""

    def __init__(self) -> None:
        self.ended: asyncio.Queue[str] = asyncio.Queue()
        self.app = Starlette(
            routes=[
                Route("/", self.greet, methods=["GET", "POST"]),
                Route("/large", self.large),
                WebSocketRoute("/ws", self.echo),
                WebSocketRoute("/flood", self.flood),
            ]
        )

    async def greet(self, request: Request) -> Response:
        try:
            return PlainTextResponse(b"hello " + await request.body())
        except Exception as error:
            self.ended.put_nowait(type(error).__name__)
            raise

    async def large(self, _: Request) -> Response:
        return StreamingResponse(self._parts())

    async def _parts(self) -> AsyncIterator[bytes]:
        try:
            while True:
                yield LARGE
                await asyncio.sleep(0)
        finally:
            self.ended.put_nowait("large")

    async def echo(self, viewer: WebSocket) -> None:
        await viewer.accept()
        while True:
            await viewer.send_text(await viewer.receive_text())

    async def flood(self, viewer: WebSocket) -> None:
        await viewer.accept()
        try:
            while True:
                await viewer.send_text(TEXT)
        except WebSocketDisconnect:
            self.ended.put_nowait("flood")


@asynccontextmanager
async def staged() -> AsyncIterator[tuple[Stage, int]]:
    stage = Stage()
    async with web_server(stage.app, HOST, 0) as (_, port):
        yield stage, port


@asynccontextmanager
async def client(port: int, said: bytes = b"") -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(said)
    try:
        yield reader, writer
    finally:
        writer.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_connections, "REQUEST_WITHIN", 0.3)
    monkeypatch.setattr(web_connections, "TAKE_WITHIN", 0.3)
    monkeypatch.setattr(web_connections, "GOODBYE_WITHIN", 0.1)


BEGUN = {
    "half a line": b"GET / HT",
    "half a head": b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
    "half a body": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf",
    "no body": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n",
    "half a chunk": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
    "a whole request and half of the next": GET + b"GET / HTTP/1.1\r\nHo",
}


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
@both_loops
def test_a_request_that_does_not_come_to_its_end_is_answered_408_and_hung_up_on(
    run: Run, begun: bytes, impatient: None
) -> None:
    async def scene() -> None:
        async with staged() as (_, port), client(port, begun) as (reader, _):
            answer = await soon(reader.read())
            last = answer[answer.rindex(b"HTTP/1.1 ") :]
            assert last.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
            problem = json.loads(last.partition(b"\r\n\r\n")[2])
            assert problem["detail"] == "The request did not come within 0.3 s"

    run(scene())


@both_loops
def test_a_request_that_comes_byte_by_byte_has_no_more_time_than_another(run: Run, impatient: None) -> None:
    async def scene() -> None:
        async with staged() as (_, port), client(port, b"GET / HTTP/1.1\r\nHost: x\r\nX: ") as (reader, writer):

            async def drip() -> None:
                while True:
                    writer.write(b"a")
                    await asyncio.sleep(0.01)

            dripping = asyncio.create_task(drip())
            assert (await soon(reader.read(100))).startswith(b"HTTP/1.1 408 ")
            dripping.cancel()

    run(scene())


@both_loops
def test_a_client_that_says_nothing_is_hung_up_on_without_a_word(run: Run, impatient: None) -> None:
    async def scene() -> None:
        async with staged() as (_, port), client(port) as (reader, _):
            assert await soon(reader.read()) == b""

    run(scene())


def test_nobody_waits_for_the_rest_of_a_body_whose_client_was_hung_up_on(impatient: None) -> None:
    async def scene() -> None:
        async with staged() as (stage, port), client(port, BEGUN["half a body"]) as (reader, _):
            await soon(reader.read())
            assert await soon(stage.ended.get()) == "ClientDisconnect"

    asyncio.run(scene())


@both_loops
def test_a_request_in_two_parts_and_several_after_one_another_are_answered(run: Run) -> None:
    async def scene() -> None:
        async with staged() as (_, port), client(port, GET[:20]) as (reader, writer):
            await asyncio.sleep(0)
            writer.write(GET[20:] + GET)
            for _ in range(2):
                assert (await soon(reader.readuntil(b"hello "))).startswith(b"HTTP/1.1 200 OK")

    run(scene())


# Taking what one gets


def slow_reader(port: int) -> socket.socket:
    """A connection that takes next to nothing in by itself."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((HOST, port))
    return connection


@pytest.mark.parametrize(
    ("asks", "what"),
    [(GET.replace(b"/ ", b"/large ", 1), "large"), (WS_HEAD.replace(b"/ws", b"/flood"), "flood")],
    ids=["an answer", "a WebSocket"],
)
@both_loops
def test_who_does_not_take_what_it_asked_for_is_hung_up_on(run: Run, asks: bytes, what: str, impatient: None) -> None:
    async def scene() -> None:
        async with staged() as (stage, port):
            with slow_reader(port) as connection:
                connection.sendall(asks)
                assert await soon(stage.ended.get()) == what

    run(scene())


@pytest.mark.parametrize("path", [b"/large", b"/flood"])
def test_what_waits_for_a_slow_client_is_bounded_whatever_it_asked_for(path: bytes) -> None:
    async def scene() -> None:
        waiting: list[int] = []
        write = web_connections.HttpConnection.pause_writing
        view = web_connections.WebSocketConnection.pause_writing

        def note(connection: web_connections.HttpConnection | web_connections.WebSocketConnection) -> None:
            waiting.append(connection.transport.get_write_buffer_size())
            if isinstance(connection, web_connections.HttpConnection):
                write(connection)
            else:
                view(connection)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(web_connections.HttpConnection, "pause_writing", note)
            patch.setattr(web_connections.WebSocketConnection, "pause_writing", note)
            async with staged() as (_, port):
                with slow_reader(port) as connection:
                    asks = GET.replace(b"/", path, 1) if path == b"/large" else WS_HEAD.replace(b"/ws", path)
                    connection.sendall(asks)
                    while not waiting:
                        await asyncio.sleep(0)
        assert max(waiting) <= 4 * PIECE

    asyncio.run(asyncio.wait_for(scene(), 30))


@both_loops
def test_a_large_answer_arrives_whole(run: Run) -> None:
    async def scene() -> None:
        async def answer(_: Request) -> Response:
            return Response(LARGE + b"end")

        app = Starlette(routes=[Route("/", answer)])
        async with web_server(app, HOST, 0) as (_, port), client(port, GET) as (reader, _):
            head = await soon(reader.readuntil(b"\r\n\r\n"))
            assert f"content-length: {len(LARGE) + 3}".encode() in head
            assert await soon(reader.readexactly(len(LARGE) + 3)) == LARGE + b"end"

    run(scene())


@both_loops
def test_a_large_text_over_a_websocket_arrives_as_one(run: Run) -> None:
    async def scene() -> None:
        async with (
            staged() as (_, port),
            connect(f"ws://{HOST}:{port}/flood", proxy=None, max_size=None, close_timeout=0.1) as viewer,
        ):
            assert await soon(viewer.recv()) == TEXT
            assert await soon(viewer.recv()) == TEXT

    run(scene())


# A WebSocket's first bytes


@pytest.mark.parametrize("parts", [1, 2, 3], ids=["one segment", "two", "every byte of it"])
@both_loops
def test_what_a_viewer_says_together_with_its_handshake_is_heard(run: Run, parts: int) -> None:
    async def scene() -> None:
        async with staged() as (_, port), client(port) as (reader, writer):
            said = WS_HEAD + PING + HELLO
            cut = len(said) if parts == 1 else len(WS_HEAD) + 3
            pieces = [said[:cut], said[cut:]] if parts < 3 else [said[at : at + 1] for at in range(len(said))]
            for piece in pieces:
                writer.write(piece)
                await asyncio.sleep(0)
            assert (await soon(reader.readuntil(b"\r\n\r\n"))).startswith(b"HTTP/1.1 101 ")
            assert await soon(reader.readexactly(len(PONG))) == PONG
            assert await soon(reader.readexactly(7)) == b"\x81\x05hello"

    run(scene())


@both_loops
def test_a_viewer_that_says_goodbye_together_with_its_handshake_is_answered(run: Run) -> None:
    async def scene() -> None:
        async with staged() as (_, port), client(port, WS_HEAD + b"\x88\x82\0\0\0\0\x03\xe8") as (reader, _):
            await soon(reader.readuntil(b"\r\n\r\n"))
            assert await soon(reader.read()) == b"\x88\x02\x03\xe8"

    run(scene())


@both_loops
def test_a_viewer_that_says_nothing_stays_when_the_time_for_a_request_is_over(run: Run, impatient: None) -> None:
    async def scene() -> None:
        async with staged() as (_, port), connect(f"ws://{HOST}:{port}/ws", proxy=None) as viewer:
            for _ in range(3):
                async with client(port) as (reader, _):
                    assert await soon(reader.read()) == b""
            await viewer.send("still here")
            assert await soon(viewer.recv()) == "still here"

    run(scene())
