"""Framed links over real loopback sockets, on asyncio's own loop and on uvloop: where a server listens, and how both
sides talk."""

import asyncio
import contextlib

import pytest

from evcharging.adapters.deadlines import Deadlines
from evcharging.adapters.tcp import CannotListen, PortTaken, serve
from evcharging.tests.stages.talk_stage import ACK, NAK, frame
from evcharging.tests.stages.tcp_stage import HOST, Ear, Run, both_loops, calling, connecting, open_raw, serving, soon

# Talking


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


# Listening


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
