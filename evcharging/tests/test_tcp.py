"""Framed links over real loopback sockets, on asyncio's own loop and on uvloop."""

import asyncio
import contextlib
import socket
import struct
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from random import Random
from typing import Any

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from evcharging.adapters.deadlines import TICK, Deadlines
from evcharging.adapters.link import MAX_UNREAD
from evcharging.adapters.tcp import (
    Backoff,
    CannotListen,
    Connector,
    Link,
    LinkServer,
    PortTaken,
    Timing,
    room_for_links,
    serve,
)
from evcharging.protocols.framing import MAX_DATA, encode_frame

HOST = "127.0.0.1"
ENQ, ACK, NAK, EOT = b"\x05", b"\x06", b"\x15", b"\x04"
QUICK = Backoff(first=0.01, last=0.05)


def frame(n: int, body: str) -> bytes:
    return encode_frame(b'{"n":%d,"body":%b}' % (n, body.encode()))


async def soon(awaitable: Awaitable[Any]) -> Any:
    """What never takes long, or fails."""
    return await asyncio.wait_for(awaitable, 10)


@pytest.fixture(params=[asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, None]], None]:
    runner: Callable[[Coroutine[Any, Any, None]], None] = request.param
    return runner


Run = Callable[[Coroutine[Any, Any, None]], None]


class Ear:
    """A handler that remembers what it was told, in order, and lets a test wait for the next of it."""

    def __init__(self, *, answers: bool = False) -> None:
        self.links: list[Link] = []
        self._told: asyncio.Queue[object] = asyncio.Queue()
        self._answers = answers

    def opened(self, link: Link) -> None:
        self.links.append(link)
        self._told.put_nowait("opened")

    def received(self, link: Link, payload: bytes) -> None:
        self._told.put_nowait(payload)
        if self._answers:
            link.send(payload)

    def closed(self, link: Link, reason: str) -> None:
        self._told.put_nowait(f"closed: {reason}")

    async def next(self) -> object:
        return await soon(self._told.get())

    @property
    def quiet(self) -> bool:
        return self._told.empty()


@contextlib.asynccontextmanager
async def serving(ear: Ear, port: int = 0, **options: Any) -> AsyncIterator[LinkServer]:
    server = await serve(HOST, port, lambda link: ear, **options)
    try:
        yield server
    finally:
        await soon(server.close())


@contextlib.asynccontextmanager
async def connecting(ear: Ear, port: int, **options: Any) -> AsyncIterator[Connector]:
    connector = Connector(HOST, port, ear, chance=Random(1), backoff=QUICK, **options)
    connector.start()
    try:
        yield connector
    finally:
        await soon(connector.close())


@contextlib.asynccontextmanager
async def calling(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A bare connection, for saying what no client of ours would say."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


@contextlib.asynccontextmanager
async def deaf_caller(server: LinkServer) -> AsyncIterator[None]:
    """A caller that opens a talk, reads nothing, and has hardly any buffers in between."""
    far, near = socket.socketpair()
    with far:
        near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        far.send(ENQ)
        await asyncio.get_running_loop().connect_accepted_socket(lambda: Link(server), near)
        yield


async def open_raw(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(ENQ)
    assert await soon(reader.readexactly(1)) == ACK


# --- talking ---


def test_payloads_arrive_once_and_in_order_both_ways(run: Run) -> None:
    async def scene() -> None:
        here, there = Ear(), Ear(answers=True)
        async with serving(there) as server, connecting(here, server.port):
            assert await here.next() == "opened"
            payloads = [b'{"seq":%d}' % n for n in range(200)]
            for payload in payloads:
                here.links[0].send(payload)
                assert await here.next() == payload
            assert [await there.next() for _ in range(201)] == ["opened", *payloads]
            assert here.quiet

    run(scene())


def test_a_burst_waits_for_its_turn(run: Run) -> None:
    async def scene() -> None:
        here, there = Ear(), Ear()
        async with serving(there) as server, connecting(here, server.port):
            await here.next()
            for n in range(64):
                here.links[0].send(b"%d" % n)
            assert [await there.next() for _ in range(65)] == ["opened", *(b"%d" % n for n in range(64))]

    run(scene())


def test_a_payload_of_60_kb_passes(run: Run) -> None:
    async def scene() -> None:
        here, there = Ear(), Ear()
        async with serving(there) as server, connecting(here, server.port):
            await here.next()
            big = b'"' + b"a" * 60_000 + b'"'
            here.links[0].send(big)
            assert [await there.next(), await there.next()] == ["opened", big]

    run(scene())


def test_both_sides_know_the_address_of_the_other(run: Run) -> None:
    async def scene() -> None:
        here, there = Ear(), Ear()
        async with serving(there) as server, connecting(here, server.port):
            await here.next(), await there.next()
            assert here.links[0].peer == f"{HOST}:{server.port}"
            assert there.links[0].peer.startswith(f"{HOST}:")

    run(scene())


def test_the_next_payload_comes_only_after_the_last_is_acknowledged(run: Run) -> None:
    async def scene() -> None:
        here, there = Ear(), Ear(answers=True)
        async with serving(there, auto_acknowledge=False) as server, connecting(here, server.port):
            await here.next()
            here.links[0].send(b"1")
            here.links[0].send(b"2")
            assert [await there.next(), await there.next()] == ["opened", b"1"]
            assert await here.next() == b"1", "the answer overtakes the acknowledgement"
            assert there.quiet
            there.links[0].acknowledge()
            assert await there.next() == b"2"
            there.links[0].acknowledge()

    run(scene())


def test_hundreds_of_links_share_one_server_and_one_timer(run: Run) -> None:
    async def scene() -> None:
        here, there = Ear(), Ear(answers=True)
        async with serving(there) as server, contextlib.AsyncExitStack() as stack:
            shared = Deadlines()
            for _ in range(300):
                await stack.enter_async_context(connecting(here, server.port, deadlines=shared))
            assert [await here.next() for _ in range(300)] == ["opened"] * 300
            for link in here.links:
                link.send(b"1")
            assert [await here.next() for _ in range(300)] == [b"1"] * 300
            assert len(server.links) == 300
        assert not server.links

    run(scene())


# --- ending ---


def test_closing_a_link_tells_both_sides_once_and_why(run: Run) -> None:
    async def scene() -> None:
        here, there = Ear(), Ear()
        async with serving(there) as server, connecting(here, server.port):
            await here.next(), await there.next()
            there.links[0].close()
            there.links[0].close()
            assert await there.next() == "closed: This side ended the talk."
            assert await here.next() == "closed: The peer ended the talk."

    run(scene())


def test_what_was_sent_before_closing_arrives(run: Run) -> None:
    async def scene() -> None:
        here, there = Ear(), Ear()
        async with serving(there) as server, connecting(here, server.port):
            await here.next(), await there.next()
            for n in range(5):
                there.links[0].send(b"%d" % n)
            there.links[0].close()
            there.links[0].send(b'"too late"')
            assert [await here.next() for _ in range(5)] == [b"%d" % n for n in range(5)]
            assert await here.next() == "closed: The peer ended the talk."

    run(scene())


def test_nothing_is_received_on_a_link_after_closing_it(run: Run) -> None:
    async def scene() -> None:
        there = Ear()
        async with serving(there) as server, calling(server.port) as (reader, writer):
            await open_raw(reader, writer)
            assert await there.next() == "opened"
            there.links[0].send(b"1")
            there.links[0].close()
            writer.write(frame(1, "1") + ACK)
            assert await soon(reader.read()) == frame(1, "1") + ACK + EOT
            assert await there.next() == "closed: This side ended the talk."

    run(scene())


def test_both_sides_may_close_at_once_with_payloads_on_their_way(run: Run) -> None:
    async def scene() -> None:
        here, there = Ear(), Ear()
        async with serving(there) as server, connecting(here, server.port):
            assert [await here.next(), await there.next()] == ["opened"] * 2
            for link in (*here.links, *there.links):
                link.send(b"1")
                link.close()
            assert "ended the talk." in str(await here.next())
            assert "ended the talk." in str(await there.next())

    run(scene())


def test_a_goodbye_that_nobody_reads_does_not_keep_the_connection(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evcharging.adapters.link.MAX_GOODBYE", 0.01)

    async def scene() -> None:
        there = Ear()
        async with serving(there, timing=Timing(drain=0.01)) as server, deaf_caller(server):
            assert await there.next() == "opened"
            there.links[0].send(b'"' + b"a" * (MAX_UNREAD // 4) + b'"')
            there.links[0].close()
            assert await there.next() == ("closed: This side ended the talk before the peer had answered everything.")

    run(scene())


def test_a_handler_may_close_send_and_acknowledge_from_within_its_own_calls(run: Run) -> None:
    class Rude(Ear):
        def received(self, link: Link, payload: bytes) -> None:
            super().received(link, payload)
            link.acknowledge()
            link.close()
            link.send(b"1")
            link.acknowledge()

    async def scene() -> None:
        here, there = Ear(), Rude()
        async with serving(there, auto_acknowledge=False) as server, connecting(here, server.port):
            await here.next()
            here.links[0].send(b"1")
            assert [await there.next() for _ in range(2)] == ["opened", b"1"]
            assert await there.next() == "closed: This side ended the talk."

    run(scene())


def test_a_reset_in_the_middle_of_a_frame_is_told_and_harms_nobody_else(run: Run) -> None:
    async def scene() -> None:
        here, there = Ear(), Ear(answers=True)
        async with serving(there) as server, connecting(here, server.port):
            await here.next(), await there.next()
            async with calling(server.port) as (reader, writer):
                await open_raw(reader, writer)
                assert await there.next() == "opened"
                writer.write(frame(1, "1")[:5])
                raw: socket.socket = writer.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            assert str(await there.next()).startswith("closed: ")
            here.links[0].send(b"1")
            assert await here.next() == b"1"

    run(scene())


def test_a_peer_that_hangs_up_without_goodbye_is_told(run: Run) -> None:
    async def scene() -> None:
        there = Ear()
        async with serving(there) as server:
            async with calling(server.port) as (reader, writer):
                await open_raw(reader, writer)
            assert [await there.next(), await there.next()] == [
                "opened",
                "closed: The peer hung up without saying goodbye.",
            ]

    run(scene())


def test_a_server_that_closes_ends_every_link_and_frees_its_port(run: Run) -> None:
    async def scene() -> None:
        here, there = Ear(), Ear()
        async with serving(there) as server:
            port = server.port
            async with connecting(here, port):
                await here.next()
                await soon(server.close())
                await soon(server.close())
                assert await here.next() == "closed: The peer ended the talk."
                async with serving(Ear(), port):
                    assert await here.next() == "opened"

    run(scene())


# --- strangers ---


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


def test_a_silent_caller_is_hung_up(run: Run) -> None:
    async def scene() -> None:
        timing = Timing(handshake=0.01)
        async with serving(Ear(), timing=timing) as server, calling(server.port) as (reader, _):
            assert await soon(reader.read()) == b""

    run(scene())


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


def test_a_peer_that_does_not_read_is_cut(run: Run) -> None:
    async def scene() -> None:
        there = Ear()
        async with serving(there, timing=Timing(answer=0.01)) as server, deaf_caller(server):
            assert await there.next() == "opened"
            there.links[0].send(b'"' + b"a" * (MAX_UNREAD // 2 - 100) + b'"')
            assert await there.next() == "closed: The peer does not read what it is sent."

    run(scene())


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


# --- listening ---


def test_a_port_that_is_taken_is_said_in_one_sentence(run: Run) -> None:
    async def scene() -> None:
        async with serving(Ear()) as server:
            with pytest.raises(PortTaken) as error:
                await serve(HOST, server.port, lambda link: Ear())
            assert str(error.value) == f"Port {server.port} is already in use: another program listens on it."

    run(scene())


@pytest.mark.parametrize("host", ["192.0.2.1", "a" * 70, "no such host"])
def test_a_host_that_cannot_be_listened_on_is_said_in_one_sentence(run: Run, host: str) -> None:
    async def scene() -> None:
        with pytest.raises(CannotListen) as error:
            await serve(host, 0, lambda link: Ear())
        assert str(error.value).startswith(f"Cannot listen on {host}:0: ")

    run(scene())


# --- connecting ---


@contextlib.contextmanager
def free_port() -> Iterator[int]:
    """A port that nobody listens on, and that nobody but a server of ours will."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((HOST, 0))
        yield holder.getsockname()[1]


def test_a_server_that_is_away_is_tried_until_it_is_there(run: Run) -> None:
    async def scene() -> None:
        here, sentences = Ear(), asyncio.Queue[str]()
        async with connecting(here, port, name="Central", on_retry=sentences.put_nowait):
            for _ in range(2):
                assert await soon(sentences.get()) == (
                    f"Cannot reach Central at {HOST}:{port}, retrying: Connection refused."
                )
            async with serving(Ear(), port):
                assert await here.next() == "opened"

    with free_port() as port:
        run(scene())


def test_a_link_that_is_lost_is_made_again(run: Run) -> None:
    async def scene() -> None:
        here, there = Ear(), Ear(answers=True)
        async with serving(there) as server, connecting(here, server.port) as connector:
            for _ in range(3):
                assert await here.next() == "opened"
                assert connector.link is here.links[-1]
                connector.link.send(b"1")
                assert await here.next() == b"1"
                there.links[-1].close()
                assert await here.next() == "closed: The peer ended the talk."

    run(scene())


def test_a_refusal_is_told_and_tried_again(run: Run) -> None:
    async def scene() -> None:
        here, sentences = Ear(), asyncio.Queue[str]()
        async with (
            serving(Ear(), max_links=1) as server,
            calling(server.port) as (reader, writer),
            connecting(here, server.port, on_retry=sentences.put_nowait),
        ):
            await open_raw(reader, writer)
            assert (await soon(sentences.get())).endswith("retrying: The peer refused the talk.")
            writer.write(EOT)
            assert await here.next() == "opened"

    run(scene())


@pytest.mark.parametrize("host", ["a" * 70, "no such host"])
def test_a_host_that_does_not_exist_is_told_in_one_sentence(run: Run, host: str) -> None:
    async def scene() -> None:
        sentences: asyncio.Queue[str] = asyncio.Queue()
        connector = Connector(host, 1, Ear(), chance=Random(1), backoff=QUICK, on_retry=sentences.put_nowait)
        connector.start()
        assert (await soon(sentences.get())).startswith(f"Cannot reach the server at {host}:1, retrying: ")
        await connector.close()

    run(scene())


def test_a_connector_that_is_closed_while_it_waits_stays_closed(run: Run) -> None:
    async def scene() -> None:
        sentences = asyncio.Queue[str]()
        async with connecting(Ear(), port, on_retry=sentences.put_nowait):
            await soon(sentences.get())
        async with serving(Ear(), port) as server:
            deadlines, woken = Deadlines(), asyncio.Event()
            deadlines.watch(Alarm(woken.set), deadlines.now() + 2 * TICK)
            await soon(woken.wait())
            assert not server.links

    with free_port() as port:
        run(scene())


@given(st.integers(1, 10_000), st.integers())
def test_a_pause_lies_between_the_first_and_the_last(failures: int, seed: int) -> None:
    assert 0.5 <= Backoff().pause(failures, Random(seed)) <= 5.0


def test_pauses_grow_and_a_fleet_does_not_come_back_in_step() -> None:
    chance = Random(1)
    first = [Backoff().pause(1, chance) for _ in range(1000)]
    tenth = [Backoff().pause(10, chance) for _ in range(1000)]
    assert max(first) <= 1.0 < max(tenth)
    assert len(set(first)) == 1000


# --- deadlines ---


class Alarm:
    """Something that waits for one moment."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self.slot = float("inf")
        self.rung_at = 0.0
        self._ring = ring

    def on_time(self, now: float) -> None:
        self.rung_at = now
        self._ring()


def test_a_deadline_is_kept_within_two_ticks_and_never_early(run: Run) -> None:
    async def scene() -> None:
        deadlines, woken = Deadlines(), asyncio.Event()
        due = deadlines.now() + 0.05
        alarm = Alarm(woken.set)
        deadlines.watch(alarm, due)
        await soon(woken.wait())
        assert due <= alarm.rung_at < due + 5

    run(scene())


def test_an_earlier_deadline_replaces_a_later_one_and_a_forgotten_one_is_not_kept(run: Run) -> None:
    async def scene() -> None:
        deadlines, woken = Deadlines(), asyncio.Event()
        early, forgotten = Alarm(woken.set), Alarm(lambda: pytest.fail("it was forgotten"))
        deadlines.watch(early, deadlines.now() + 3600)
        deadlines.watch(early, deadlines.now())
        deadlines.watch(early, None)
        deadlines.watch(forgotten, deadlines.now())
        deadlines.forget(forgotten)
        await soon(woken.wait())

    run(scene())
