"""What the HTTP API does with bytes on a real socket that are no request, or not the whole of one."""

import asyncio
import re

from evcharging.apps.web.server import web_server
from evcharging.tests.stages.central_world import World, in_world
from evcharging.tests.stages.tcp_stage import soon


async def over_wire(port: int, data: bytes) -> bytes:
    """What the server answers to these bytes, once it has said all."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(data)
    answer = b""
    try:
        answer = await soon(reader.read(65_536))
    except ConnectionError:
        pass
    finally:
        writer.close()
    return answer


HEAD = b"POST /cp/register HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"

RAW = {
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100),
    "noise": bytes(range(256)),
    "a length that is no number": HEAD + b"Content-Length: \xb2\r\n\r\n",
    "a length of 5,000 digits": HEAD + b"Content-Length: " + b"1" * 5000 + b"\r\n\r\n",
    "a negative length": HEAD + b"Content-Length: -1\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "no host": b"GET /cp HTTP/1.1\r\n\r\n",
    "a header of a megabyte": b"GET /cp HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 1_000_000,
    "50,000 headers": b"GET /cp HTTP/1.1\r\nHost: localhost\r\n" + b"X: a\r\n" * 50_000,
    "an address of a megabyte": b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a frame of monitors": b"\x05\x02{}\x03\x00\x04",
    "chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
}


@in_world("CP-001")
async def test_bytes_that_are_no_request_are_refused_in_bounded_memory_and_harm_nobody(world: World) -> None:
    async with web_server(world.app, "127.0.0.1", 0) as (_, port):
        for name, data in RAW.items():
            answer = await over_wire(port, data)
            assert re.match(rb"HTTP/1.1 4(00|13|21|31) ", answer) or not answer, name
        answer = await over_wire(port, b"GET /cp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200 OK")


@in_world("CP-001")
async def test_a_request_that_stops_half_way_holds_up_nobody(world: World) -> None:
    async with web_server(world.app, "127.0.0.1", 0) as (_, port):
        _, half = await asyncio.open_connection("127.0.0.1", port)
        half.write(HEAD + b"Content-Length: 10\r\nContent-Type: application/json\r\n\r\n{")
        answer = await over_wire(port, b"GET /cp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200 OK")
        half.close()


@in_world("CP-001")
async def test_head_has_the_length_of_get_and_no_body(world: World) -> None:
    async with web_server(world.app, "127.0.0.1", 0) as (_, port):
        answer = await over_wire(port, b"HEAD /cp/CP-001 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK")
    assert body == b""
