"""The web server and the status port over TLS: the same answers, and clients that do not come to terms hold up
nobody."""

import asyncio
import json
import ssl
from contextlib import AsyncExitStack, closing

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect

from evcharging.apps.shell.status import Status
from evcharging.apps.web import listener
from evcharging.apps.web.answers import url_of
from evcharging.apps.web.listener import NO_ROOM
from evcharging.apps.web.server import web_server
from evcharging.apps.web.status_server import StatusServer, pages
from evcharging.tests.stages.tcp_stage import HOST, Run, both_loops, soon
from evcharging.tests.stages.tls_stage import trust

ROOM = 6
LONG = "x" * 1_000_000


async def greet(request: Request) -> Response:
    return PlainTextResponse(f"hello by {request.url.scheme}")


async def long(_: Request) -> Response:
    return PlainTextResponse(LONG)


async def view(viewer: WebSocket) -> None:
    await viewer.accept()
    await viewer.send_text(f"hello by {viewer.url.scheme}")
    await viewer.receive()


APP = Starlette(routes=[Route("/", greet), Route("/long", long), WebSocketRoute("/ws", view)])


def client() -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False, verify=trust().asking())


@both_loops
def test_pages_are_served_over_https(run: Run) -> None:
    async def scene() -> None:
        async with web_server(APP, HOST, 0, tls=trust().serving()) as (url, port), client() as http:
            assert url == f"https://localhost:{port}"
            assert (await http.get(url)).text == "hello by https"
            assert (await http.get(f"{url}/long")).text == LONG

    run(scene())


@both_loops
def test_web_sockets_are_served_over_wss(run: Run) -> None:
    async def scene() -> None:
        async with web_server(APP, HOST, 0, tls=trust().serving()) as (url, _):
            at = url.replace("https", "wss") + "/ws"
            async with connect(at, proxy=None, ssl=trust().asking()) as socket:
                assert await soon(socket.recv()) == "hello by wss"

    run(scene())


@both_loops
def test_who_does_not_speak_tls_is_hung_up_on(run: Run) -> None:
    async def scene() -> None:
        async with web_server(APP, HOST, 0, tls=trust().serving()) as (_, port), client() as http:
            reader, writer = await asyncio.open_connection(HOST, port)
            writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"HTTP" not in await soon(reader.read())
            writer.close()
            assert (await http.get(f"https://localhost:{port}")).status_code == 200

    run(scene())


@both_loops
def test_clients_that_never_come_to_terms_make_way_for_those_that_do(run: Run) -> None:
    async def scene() -> None:
        async with AsyncExitStack() as stack:
            _, port = await stack.enter_async_context(web_server(APP, HOST, 0, room=ROOM, tls=trust().serving()))
            silent = [await asyncio.open_connection(HOST, port) for _ in range(5 * ROOM)]
            async with client() as http:
                assert (await http.get(f"https://localhost:{port}")).status_code == 200
            for reader, _ in silent[: 4 * ROOM]:
                assert await soon(reader.read()) == b""
            for _, writer in silent:
                writer.close()

    run(scene())


@both_loops
def test_who_does_not_come_to_terms_in_time_is_hung_up_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "SHAKE_HANDS_WITHIN", 0.05)

    async def scene() -> None:
        async with web_server(APP, HOST, 0, tls=trust().serving()) as (_, port):
            reader, writer = await asyncio.open_connection(HOST, port)
            assert await soon(reader.read()) == b""
            writer.close()

    run(scene())


@both_loops
def test_where_there_is_no_room_that_is_said_over_tls_as_well(run: Run) -> None:
    async def scene() -> None:
        async with AsyncExitStack() as stack:
            url, port = await stack.enter_async_context(web_server(APP, HOST, 0, room=1, tls=trust().serving()))
            at = url.replace("https", "wss") + "/ws"
            viewer = await stack.enter_async_context(connect(at, proxy=None, ssl=trust().asking()))
            await soon(viewer.recv())
            reader, writer = await asyncio.open_connection(HOST, port, ssl=trust().asking(), server_hostname=HOST)
            answer = await soon(reader.read())
            assert json.loads(answer.partition(b"\r\n\r\n")[2])["detail"] == NO_ROOM
            writer.close()

    run(scene())


def test_a_status_port_is_served_over_https() -> None:
    with (
        closing(StatusServer(pages(Status()), HOST, 0, tls=trust().serving())) as server,
        httpx.Client(trust_env=False, verify=trust().asking()) as http,
    ):
        for _ in range(3):
            assert http.get(f"https://localhost:{server.port}/health/live").json()["status"] == "ok"
        with pytest.raises(httpx.TransportError):
            http.get(f"http://localhost:{server.port}/health/live")
        assert http.get(f"https://localhost:{server.port}/health/live").status_code == 200


def test_a_client_that_trusts_nobody_is_not_answered_by_a_status_port() -> None:
    with (
        closing(StatusServer(pages(Status()), HOST, 0, tls=trust().serving())) as server,
        httpx.Client(trust_env=False, verify=ssl.create_default_context()) as http,
        pytest.raises(httpx.ConnectError, match="certificate verify failed"),
    ):
        http.get(f"https://localhost:{server.port}/health/live")


@pytest.mark.parametrize(
    ("host", "has_tls", "url"),
    [
        ("127.0.0.1", False, "http://localhost:8000"),
        ("127.0.0.1", True, "https://localhost:8000"),
        ("::1", True, "https://[::1]:8000"),
        ("ev.example", True, "https://ev.example:8000"),
    ],
)
def test_where_something_is_found_says_by_what_it_is_spoken_with(host: str, has_tls: bool, url: str) -> None:
    assert url_of(host, 8000, has_tls=has_tls) == url
