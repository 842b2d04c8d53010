"""Links whose peers bring more than their budget allows: they wait, and the links beside them do not."""

import asyncio
import socket
from contextlib import suppress

from evcharging.adapters.tcp import Budget, Link, Timing
from evcharging.protocols.budget import PER_EVENT, PER_READ
from evcharging.protocols.control import MAX_AT_ONCE
from evcharging.tests.stages.talk_stage import ACK, EOT, NAK, frame
from evcharging.tests.stages.tcp_stage import Ear, Run, both_loops, calling, connecting, deaf_caller, serving, soon
from evcharging.tests.stages.tcp_stage import open_raw as greet

NEVER = 1e-6
"""Of a budget, per second: what is used up stays so."""

ROUND = PER_EVENT + PER_READ


def worth(frames: int) -> Budget:
    """As much as a greeting and so many small frames cost, each sent once the one before is answered."""
    enough = (1 + frames) * ROUND
    return Budget(per_second=NEVER, at_once=enough, at_first=enough)


@both_loops
def test_a_link_that_has_used_up_its_budget_is_not_read_and_the_others_are(run: Run) -> None:
    async def scene() -> None:
        there, ear = Ear(), Ear()
        async with serving(there, budget=worth(20)) as server, calling(server.port) as (reader, writer):
            await greet(reader, writer)
            assert await there.next() == "opened"
            n = 0
            while not there.links[0].is_paused:
                n += 1
                writer.write(frame(n, "1"))
                assert await soon(reader.readexactly(1)) == ACK
                assert await there.next() == b"1"
            assert 15 <= n <= 21
            writer.write(frame(n + 1, '"too much"'))
            async with connecting(ear, server.port):
                assert await ear.next() == await there.next() == "opened"
                for _ in range(10):
                    ear.links[0].send(b"2")
                    assert await there.next() == b"2"
            assert await there.next() == "closed: The peer ended the talk."
            assert there.links[0].is_paused
            assert there.quiet

    run(scene())


def filled(far: socket.socket) -> int:
    """How many bytes there was room for between the two sides, which are full then."""
    went = 0
    with suppress(BlockingIOError):
        while True:
            went += far.send(b"a" * 1024)
    return went


@both_loops
def test_a_link_that_is_not_read_takes_no_more_than_what_fits_between_the_two_sides(run: Run) -> None:
    async def scene() -> None:
        there = Ear()
        async with serving(there, budget=worth(1)) as server, deaf_caller(server) as far:
            assert await there.next() == "opened"
            far.send(frame(1, "1") + frame(2, '"' + "a" * 10_000 + '"'))
            assert await there.next() == b"1"
            await there.next()
            assert there.links[0].is_paused
            taken = filled(far)
            # A link that is read would take all of it in the first of these turns of the loop.
            for _ in range(100):
                await asyncio.sleep(0)
            assert taken > 0 == filled(far)
            assert there.quiet

    run(scene())


@both_loops
def test_what_waited_is_taken_in_order_once_the_budget_allows_for_it(run: Run) -> None:
    async def scene() -> None:
        there, ear = Ear(answers=True), Ear()
        budget = Budget(per_second=20 * ROUND, at_once=2 * ROUND, at_first=2 * ROUND)
        async with serving(there, budget=budget) as server, connecting(ear, server.port):
            assert await ear.next() == "opened"
            for n in range(30):
                ear.links[0].send(b"%d" % n)
            assert [await ear.next() for _ in range(30)] == [b"%d" % n for n in range(30)]

    run(scene())


@both_loops
def test_a_link_that_waits_is_closed_politely_and_at_once(run: Run) -> None:
    async def scene() -> None:
        there = Ear()
        async with serving(there, budget=worth(0)) as server, calling(server.port) as (reader, writer):
            await greet(reader, writer)
            assert await there.next() == "opened"
            assert there.links[0].is_paused
            there.links[0].close()
            assert await soon(reader.read()) == EOT
            assert await there.next() == "closed: This side ended the talk."

    run(scene())


@both_loops
def test_a_link_that_waits_for_too_long_is_over_as_if_its_peer_were_silent(run: Run) -> None:
    async def scene() -> None:
        there = Ear()
        timing = Timing(idle=0.01)
        async with serving(there, budget=worth(0), timing=timing) as server, calling(server.port) as (reader, writer):
            await greet(reader, writer)
            assert [await there.next(), await there.next()] == ["opened", "closed: The peer was silent for 0.01 s."]

    run(scene())


class Weighing(Ear):
    """Says of each payload that it was as much as ten messages."""

    def received(self, link: Link, payload: bytes) -> None:
        link.charge(1_000_000)
        super().received(link, payload)


def test_what_is_inside_a_payload_counts_too() -> None:
    async def scene() -> None:
        there = Weighing()
        async with serving(there, budget=worth(1000)) as server, calling(server.port) as (reader, writer):
            await greet(reader, writer)
            writer.write(frame(1, "1"))
            assert [await there.next(), await there.next()] == ["opened", b"1"]
            assert there.links[0].is_paused

    asyncio.run(scene())


@both_loops
def test_a_caller_that_floods_is_cut_with_a_sentence_and_counted(run: Run) -> None:
    async def scene() -> None:
        there = Ear()
        async with serving(there) as server:
            for flood in (ACK * 100_000, NAK * 100_000, frame(1, "1") * 10_000):
                async with calling(server.port) as (reader, writer):
                    await greet(reader, writer)
                    writer.write(flood)
                    with suppress(ConnectionError):
                        assert NAK in await soon(reader.read())
                assert await there.next() == "opened"
                told = [await there.next()]
                while not str(told[-1]).startswith("closed: The peer sent "):
                    told.append(await there.next())
                assert len(told) <= 2
            await soon(server.close())
            assert server.flooded == 3

    run(scene())


@both_loops
def test_frames_that_wait_for_no_answer_are_cut_before_they_become_many(run: Run) -> None:
    async def scene() -> None:
        there = Ear()
        async with serving(there, budget=worth(100)) as server, calling(server.port) as (reader, writer):
            await greet(reader, writer)
            writer.write(b"".join(frame(n, "1") for n in range(1, 5000)))
            with suppress(ConnectionError):
                await soon(reader.read())
            assert await there.next() == "opened"
            payloads = 0
            while await there.next() == b"1":
                payloads += 1
            assert payloads <= 100 + MAX_AT_ONCE

    run(scene())
