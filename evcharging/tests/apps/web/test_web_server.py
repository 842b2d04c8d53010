"""The web server inside a program: where it listens, how it says that it cannot, how it stops."""

import asyncio
import socket

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from evcharging.adapters.tcp import CannotListen, PortTaken
from evcharging.apps.web.server import web_server
from evcharging.tests.stages.tcp_stage import HOST, soon


async def greet(_: Request) -> Response:
    return PlainTextResponse("hello")


APP = Starlette(routes=[Route("/", greet)])


@pytest.mark.parametrize(("host", "url"), [("127.0.0.1", "http://localhost:{}"), ("::1", "http://[::1]:{}")])
def test_the_address_that_it_gives_is_one_that_answers(host: str, url: str) -> None:
    async def scene() -> None:
        async with web_server(APP, host, 0) as (given, port), httpx.AsyncClient(trust_env=False) as http:
            assert given == url.format(port)
            assert (await http.get(given)).text == "hello"

    asyncio.run(scene())


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    async def scene() -> None:
        with socket.create_server((HOST, 0)) as listener:
            port = listener.getsockname()[1]
            with pytest.raises(PortTaken) as refused:
                async with web_server(APP, HOST, port):
                    pytest.fail("it listened")
        assert str(refused.value) == f"Port {port} is already in use: stop what uses it, or choose another port"

    asyncio.run(scene())


@pytest.mark.parametrize("host", ["no such host", "300.1.1.1", "é", "x" * 70, "192.0.2.1", "2001:db8::1", "a\0b"])
def test_an_address_that_cannot_be_listened_on_is_one_sentence(host: str) -> None:
    async def scene() -> None:
        with pytest.raises(CannotListen) as refused:
            async with web_server(APP, host, 0):
                pytest.fail("it listened")
        said = str(refused.value)
        assert said.startswith("Cannot listen on ")
        assert "attempting" not in said
        assert "rror" not in said

    asyncio.run(scene())


def test_connections_that_are_left_open_do_not_hold_up_the_end() -> None:
    async def scene() -> None:
        async with web_server(APP, HOST, 0) as (_, port):
            idle = await asyncio.open_connection(HOST, port)
            half = await asyncio.open_connection(HOST, port)
            half[1].write(b"GET / HTTP/1.1\r\nHo")
            kept = await asyncio.open_connection(HOST, port)
            kept[1].write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert (await soon(kept[0].readuntil(b"hello"))).startswith(b"HTTP/1.1 200 OK")
        for reader, writer in (idle, half, kept):
            assert await soon(reader.read()) == b""
            writer.close()

    asyncio.run(asyncio.wait_for(scene(), 5))
