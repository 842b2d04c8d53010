"""Callers that a server of links must survive, over real loopback sockets, on asyncio's own loop and on uvloop."""

import asyncio
import contextlib
import sys

import pytest

from evcharging.adapters.link import MAX_UNREAD
from evcharging.adapters.tcp import Timing, room_for_links
from evcharging.protocols.framing import MAX_DATA
from evcharging.tests.stages.talk_stage import ACK, ENQ, EOT, NAK, frame
from evcharging.tests.stages.tcp_stage import Ear, Run, both_loops, calling, deaf_caller, open_raw, serving, soon


@both_loops
@pytest.mark.parametrize(
    "first",
    [
        pytest.param(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", id="an HTTP request"),
        pytest.param(bytes.fromhex("16030100c8010000c40303"), id="a TLS hello"),
        pytest.param(b"\x02" * 100_000, id="a flood of STX"),
        pytest.param(EOT, id="a goodbye"),
    ],
)
def test_a_stranger_is_answered_nak_and_hung_up(run: Run, first: bytes) -> None:
    async def scene() -> None:
        there = Ear()
        async with serving(there) as server, calling(server.port) as (reader, writer):
            writer.write(first)
            with contextlib.suppress(ConnectionResetError):
                assert await soon(reader.read()) in (NAK, b"")
            assert there.quiet

    run(scene())


@both_loops
def test_a_silent_caller_is_hung_up(run: Run) -> None:
    async def scene() -> None:
        timing = Timing(handshake=0.01)
        async with serving(Ear(), timing=timing) as server, calling(server.port) as (reader, _):
            assert await soon(reader.read()) == b""

    run(scene())


@both_loops
def test_a_frame_that_never_ends_is_cut(run: Run) -> None:
    async def scene() -> None:
        there = Ear()
        async with serving(there, timing=Timing(frame=0.01)) as server, calling(server.port) as (reader, writer):
            await open_raw(reader, writer)
            writer.write(b'\x02{"n"')
            assert await soon(reader.read()) == NAK + EOT
            assert await there.next() == "opened"
            assert await there.next() == "closed: The peer took more than 0.01 s over one frame."

    run(scene())


@both_loops
def test_an_over_long_frame_is_cut(run: Run) -> None:
    async def scene() -> None:
        there = Ear()
        async with serving(there) as server, calling(server.port) as (reader, writer):
            await open_raw(reader, writer)
            writer.write(b"\x02" + b"a" * (MAX_DATA + 1))
            assert await soon(reader.read()) == NAK + EOT
            assert await there.next() == "opened"
            assert await there.next() == "closed: The peer sent a frame of more than 64 KiB."

    run(scene())


@both_loops
def test_a_peer_that_does_not_answer_is_sent_three_copies_and_cut(run: Run) -> None:
    async def scene() -> None:
        there = Ear()
        async with serving(there, timing=Timing(answer=0.01)) as server, calling(server.port) as (reader, writer):
            await open_raw(reader, writer)
            assert await there.next() == "opened"
            there.links[0].send(b"1")
            assert await soon(reader.read()) == frame(1, "1") * 3 + EOT
            assert await there.next() == "closed: The peer did not accept a frame that was sent 3 times."

    run(scene())


@both_loops
def test_a_peer_that_leaves_too_much_unanswered_is_cut(run: Run) -> None:
    async def scene() -> None:
        there = Ear()
        async with serving(there) as server, calling(server.port) as (reader, writer):
            await open_raw(reader, writer)
            assert await there.next() == "opened"
            for _ in range(100):
                there.links[0].send(b"1")
            assert await there.next() == "closed: 64 payloads already wait for the peer."

    run(scene())


@both_loops
def test_a_peer_that_does_not_read_is_cut(run: Run) -> None:
    async def scene() -> None:
        there = Ear()
        async with serving(there, timing=Timing(answer=0.01)) as server, deaf_caller(server):
            assert await there.next() == "opened"
            there.links[0].send(b'"' + b"a" * (MAX_UNREAD // 2 - 100) + b'"')
            assert await there.next() == "closed: The peer does not read what it is sent."

    run(scene())


@both_loops
def test_a_server_without_room_says_nak_and_has_room_again_later(run: Run) -> None:
    async def scene() -> None:
        there = Ear()
        async with serving(there, max_links=1) as server:
            async with calling(server.port) as (reader, writer):
                await open_raw(reader, writer)
                async with calling(server.port) as (surplus, _):
                    assert await soon(surplus.read()) == NAK
            assert [await there.next(), str(await there.next())[:6]] == ["opened", "closed"]
            async with calling(server.port) as (reader, writer):
                await open_raw(reader, writer)

    run(scene())


CROWDED = """
import asyncio, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
import uvloop
from evcharging.adapters.tcp import serve
class Handler:
    def opened(self, link): pass
    def received(self, link, payload): link.send(payload)
    def closed(self, link, reason): pass
async def main():
    handler = Handler()
    server = await serve("127.0.0.1", 0, lambda link: handler)
    print(server.port, flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    await server.close()
uvloop.run(main())
"""


def test_with_64_descriptors_a_server_refuses_the_surplus_and_serves_the_rest() -> None:
    async def crowd(port: int) -> None:
        async with contextlib.AsyncExitStack() as stack:
            callers = [await stack.enter_async_context(calling(port)) for _ in range(100)]
            answers = []
            for reader, writer in callers:
                with contextlib.suppress(ConnectionError):
                    writer.write(ENQ)
                    answers.append(await soon(reader.read(1)))
            assert answers.count(ACK) == 48
        await soon(until_there_is_room(port))

    async def until_there_is_room(port: int) -> None:
        answer = NAK
        while answer == NAK:
            async with calling(port) as (reader, writer):
                writer.write(ENQ)
                answer = await reader.read(1)

    async def scene() -> None:
        pipe = asyncio.subprocess.PIPE
        command = (sys.executable, "-c", CROWDED)
        server = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, stderr=pipe)
        assert server.stdout
        await crowd(int(await soon(server.stdout.readline())))
        assert await soon(server.communicate(b"\n")) == (b"", b"")
        assert server.returncode == 0

    asyncio.run(scene())


def test_the_room_for_links_leaves_descriptors_for_the_rest() -> None:
    assert 0 < room_for_links() < 1_000_000_000
