"""Links that are closed in good order, over real loopback sockets, on asyncio's own loop and on uvloop."""

import asyncio

import pytest

from evcharging.adapters.link import MAX_UNREAD
from evcharging.adapters.tcp import Link, Timing
from evcharging.tests.stages.hand_clock import HandDeadlines
from evcharging.tests.stages.talk_stage import ACK, EOT, NAK, frame
from evcharging.tests.stages.tcp_stage import (
    Ear,
    Run,
    both_loops,
    calling,
    connecting,
    deaf_caller,
    open_raw,
    serving,
    soon,
)


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
        deadlines, timing = HandDeadlines(), Timing(handshake=0.2)
        async with serving(there, timing=timing, deadlines=deadlines) as server, deaf_caller(server) as far:
            assert await there.next() == "opened"
            there.links[0].send(payload.encode())
            far.send(b"x" * 1024)
            while not there.links[0].refused:
                await asyncio.sleep(0)
            deadlines.pass_time(0.4)
            heard = b""
            while chunk := await soon(loop.sock_recv(far, 100_000)):
                heard += chunk
            assert heard == ACK + frame(1, payload) + NAK + EOT

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
