"""Framed links over real loopback sockets, on asyncio's own loop and on uvloop."""

import asyncio
import contextlib
import gc
import socket
import struct

import pytest

from evcharging.adapters.deadlines import Deadlines
from evcharging.adapters.link import MAX_UNREAD
from evcharging.adapters.tcp import CannotListen, Link, PortTaken, Timing, serve
from evcharging.tests.adapters.test_deadlines import Alarm
from evcharging.tests.stages.tcp_stage import (
    ACK,
    ENQ,
    EOT,
    HOST,
    NAK,
    Ear,
    Run,
    both_loops,
    calling,
    connecting,
    deaf_caller,
    frame,
    open_raw,
    serving,
    soon,
)

# --- talking ---


@both_loops
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


@both_loops
def test_a_server_counts_what_it_answers_with_nak_also_of_callers_that_are_gone(run: Run) -> None:
    async def scene() -> None:
        there = Ear()
        async with serving(there, max_links=2) as server:
            async with calling(server.port) as (reader, writer):
                await open_raw(reader, writer)
                good = frame(1, "1")
                writer.write(good[:-1] + bytes([good[-1] ^ 1]))
                assert await soon(reader.readexactly(1)) == NAK
                assert server.refused == 1
                async with calling(server.port) as (stranger, speaker):
                    speaker.write(b"GET / HTTP/1.1\r\n\r\n")
                    assert (await soon(stranger.read()))[:1] == NAK
                assert server.refused == 2
                writer.write(good)
                assert await soon(reader.readexactly(1)) == ACK
            while server.links:
                await asyncio.sleep(0)
            assert server.refused == 2

    run(scene())


@both_loops
def test_a_burst_waits_for_its_turn(run: Run) -> None:
    async def scene() -> None:
        here, there = Ear(), Ear()
        async with serving(there) as server, connecting(here, server.port):
            await here.next()
            for n in range(64):
                here.links[0].send(b"%d" % n)
            assert [await there.next() for _ in range(65)] == ["opened", *(b"%d" % n for n in range(64))]

    run(scene())


@both_loops
def test_a_payload_of_60_kb_passes(run: Run) -> None:
    async def scene() -> None:
        here, there = Ear(), Ear()
        async with serving(there) as server, connecting(here, server.port):
            await here.next()
            big = b'"' + b"a" * 60_000 + b'"'
            here.links[0].send(big)
            assert [await there.next(), await there.next()] == ["opened", big]

    run(scene())


@both_loops
def test_both_sides_know_the_address_of_the_other(run: Run) -> None:
    async def scene() -> None:
        here, there = Ear(), Ear()
        async with serving(there) as server, connecting(here, server.port):
            await here.next(), await there.next()
            assert here.links[0].peer == f"{HOST}:{server.port}"
            assert there.links[0].peer.startswith(f"{HOST}:")

    run(scene())


@both_loops
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


@both_loops
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


@both_loops
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


@both_loops
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


@both_loops
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


@both_loops
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


@both_loops
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


@both_loops
def test_a_goodbye_waits_for_a_slow_reader_even_if_the_talk_had_little_time_left(run: Run) -> None:
    async def scene() -> None:
        there, loop, payload = Ear(), asyncio.get_running_loop(), '"' + "a" * 60_000 + '"'
        async with serving(there, timing=Timing(handshake=0.2)) as server, deaf_caller(server) as far:
            assert await there.next() == "opened"
            there.links[0].send(payload.encode())
            far.send(b"x" * 1024)
            deadlines, late = Deadlines(), asyncio.Event()
            deadlines.watch(Alarm(late.set), deadlines.now() + 0.4)
            await soon(late.wait())
            heard = b""
            while chunk := await soon(loop.sock_recv(far, 100_000)):
                heard += chunk
            assert heard == ACK + frame(1, payload) + NAK + EOT

    run(scene())


@both_loops
@pytest.mark.parametrize("moment", ["opened", "received", "closed"])
def test_a_handler_that_fails_loses_that_link_and_no_other(run: Run, moment: str) -> None:
    class Faulty(Ear):
        """Fails on its first link."""

        def fail(self, link: Link, here: str) -> None:
            if here == moment and link is self.links[0]:
                raise ValueError("a fault in a program")

        def opened(self, link: Link) -> None:
            super().opened(link)
            self.fail(link, "opened")

        def received(self, link: Link, payload: bytes) -> None:
            super().received(link, payload)
            self.fail(link, "received")

        def closed(self, link: Link, reason: str) -> None:
            super().closed(link, reason)
            self.fail(link, "closed")

    async def scene() -> None:
        failures: list[str] = []
        asyncio.get_running_loop().set_exception_handler(
            lambda loop, context: failures.append(str(context.get("exception")))
        )
        here, there = Ear(), Faulty(answers=True)
        async with serving(there) as server:
            async with calling(server.port) as (_, writer):
                writer.write(ENQ + frame(1, "1"))
                assert await there.next() == "opened"
                if moment != "opened":
                    assert await there.next() == b"1"
            assert str(await there.next()).startswith("closed")
            async with connecting(here, server.port):
                assert await here.next() == "opened"
                here.links[0].send(b"2")
                assert await here.next() == b"2"
        assert failures == ["a fault in a program"]

    run(scene())


@both_loops
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


@both_loops
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


@both_loops
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


@both_loops
def test_what_is_done_to_a_link_that_is_gone_is_nothing(run: Run) -> None:
    async def scene() -> None:
        there = Ear()
        async with serving(there, auto_acknowledge=False) as server:
            async with calling(server.port) as (reader, writer):
                await open_raw(reader, writer)
                writer.write(frame(1, "1"))
                assert [await there.next(), await there.next()] == ["opened", b"1"]
            assert "hung up" in str(await there.next())
            for _ in range(10):
                there.links[0].acknowledge()
                there.links[0].send(b"1")
                there.links[0].close()
            assert there.quiet

    run(scene())


@both_loops
def test_links_that_are_gone_leave_nothing_behind(run: Run) -> None:
    async def scene() -> None:
        there = Ear()
        async with serving(there) as server:
            for _ in range(20):
                async with calling(server.port) as (reader, writer):
                    await open_raw(reader, writer)
                assert [await there.next(), str(await there.next())[:6]] == ["opened", "closed"]
            there.links.clear()
            gc.collect()
            assert not [thing for thing in gc.get_objects() if isinstance(thing, Link)]

    run(scene())


@both_loops
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


# --- listening ---


@both_loops
def test_a_port_that_is_taken_is_said_in_one_sentence(run: Run) -> None:
    async def scene() -> None:
        async with serving(Ear()) as server:
            with pytest.raises(PortTaken) as error:
                await serve(HOST, server.port, lambda link: Ear())
            taken = f"Port {server.port} is already in use: stop what uses it, or choose another port"
            assert str(error.value) == taken

    run(scene())


@both_loops
@pytest.mark.parametrize("host", ["192.0.2.1", "a" * 70, "no such host"])
def test_a_host_that_cannot_be_listened_on_is_said_in_one_sentence(run: Run, host: str) -> None:
    async def scene() -> None:
        with pytest.raises(CannotListen) as error:
            await serve(host, 0, lambda link: Ear())
        assert str(error.value).startswith(f"Cannot listen on {host}:0: ")

    run(scene())
