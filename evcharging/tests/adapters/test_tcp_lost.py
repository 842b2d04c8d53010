"""Links that are lost, by a peer that is gone or a fault in a program: it is told, harms no other, and leaves nothing
behind. Over real loopback sockets, on asyncio's own loop and on uvloop."""

import asyncio
import gc
import socket
import struct

import pytest

from evcharging.adapters.tcp import Link
from evcharging.tests.stages.talk_stage import ENQ, frame
from evcharging.tests.stages.tcp_stage import Ear, Run, both_loops, calling, connecting, open_raw, serving


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
