"""The client that connects again: over real loopback sockets, on asyncio's own loop and on uvloop."""

import asyncio
import contextlib
import gc
from random import Random

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from evcharging.adapters.tcp import Backoff, Connector, Link
from evcharging.tests.stages.hand_clock import HandDeadlines
from evcharging.tests.stages.talk_stage import EOT
from evcharging.tests.stages.tcp_stage import (
    HOST,
    QUICK,
    Ear,
    Run,
    both_loops,
    calling,
    connecting,
    free_port,
    open_raw,
    serving,
    silent_port,
    soon,
)


@both_loops
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


@both_loops
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


@both_loops
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


@both_loops
@pytest.mark.parametrize("host", ["a" * 70, "no such host"])
def test_a_host_that_does_not_exist_is_told_in_one_sentence(run: Run, host: str) -> None:
    async def scene() -> None:
        sentences: asyncio.Queue[str] = asyncio.Queue()
        connector = Connector(host, 1, Ear(), chance=Random(1), backoff=QUICK, on_retry=sentences.put_nowait)
        connector.start()
        assert (await soon(sentences.get())).startswith(f"Cannot reach the server at {host}:1, retrying: ")
        await connector.close()

    run(scene())


@both_loops
def test_a_connector_that_is_closed_while_it_waits_stays_closed(run: Run) -> None:
    async def scene() -> None:
        sentences, deadlines = asyncio.Queue[str](), HandDeadlines()
        async with connecting(Ear(), port, on_retry=sentences.put_nowait, deadlines=deadlines):
            await soon(sentences.get())
        async with serving(Ear(), port) as server:
            deadlines.pass_time(1000)
            assert not server.links
            assert len(asyncio.all_tasks()) == 1

    with free_port() as port:
        run(scene())


@both_loops
def test_a_server_that_does_not_answer_is_tried_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evcharging.adapters.tcp.CONNECT_TIMEOUT", 0.01)

    async def scene() -> None:
        sentences = asyncio.Queue[str]()
        async with connecting(Ear(), port, on_retry=sentences.put_nowait):
            for _ in range(2):
                assert (await soon(sentences.get())).endswith("retrying: No answer within 0.01 s.")

    with silent_port() as port:
        run(scene())


@both_loops
def test_closing_does_not_wait_for_a_server_that_does_not_answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evcharging.adapters.tcp.CONNECT_TIMEOUT", 1000.0)

    async def scene() -> None:
        async with connecting(Ear(), port) as connector:
            assert connector.link is None
        assert len(asyncio.all_tasks()) == 1

    with silent_port() as port:
        run(scene())


class Dice(Random):
    """Chance that always takes the least, and remembers between what it chose."""

    def __init__(self) -> None:
        super().__init__()
        self.longest: list[float] = []

    def uniform(self, a: float, b: float) -> float:
        self.longest.append(b)
        return a


@both_loops
def test_each_pause_may_be_longer_than_the_one_before(run: Run) -> None:
    async def scene() -> None:
        dice, sentences = Dice(), asyncio.Queue[str]()
        connector = Connector(HOST, port, Ear(), chance=dice, backoff=QUICK, on_retry=sentences.put_nowait)
        connector.start()
        for _ in range(4):
            await soon(sentences.get())
        await connector.close()
        assert dice.longest[:4] == [0.02, 0.04, 0.05, 0.05]

    with free_port() as port:
        run(scene())


@both_loops
@pytest.mark.parametrize(("steady", "longest"), [(0.0, [0.02, 0.02]), (1000.0, [0.02, 0.04])])
def test_the_pauses_start_short_again_after_a_link_that_lasted(
    run: Run, monkeypatch: pytest.MonkeyPatch, steady: float, longest: list[float]
) -> None:
    monkeypatch.setattr("evcharging.adapters.tcp.STEADY", steady)

    async def scene() -> None:
        here, there, dice = Ear(), Ear(), Dice()
        async with serving(there) as server:
            connector = Connector(HOST, server.port, here, chance=dice, backoff=QUICK)
            connector.start()
            for _ in range(2):
                assert [await here.next(), await there.next()] == ["opened"] * 2
                there.links[-1].close()
                assert "closed" in str(await here.next()) + str(await there.next())
            assert await here.next() == "opened"
            await connector.close()
        assert dice.longest == longest

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


# The last moment at which a link is sure to come about is another one on each loop.
@pytest.mark.parametrize(
    ("run", "moment"), [(asyncio.run, "__init__"), (uvloop.run, "connection_made")], ids=["asyncio", "uvloop"]
)
def test_a_link_that_comes_about_at_the_last_moment_counts(
    run: Run, moment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evcharging.adapters.tcp.CONNECT_TIMEOUT", 1.0)
    on_time = getattr(Link, moment)

    async def scene() -> None:
        here, sentences, deadlines = Ear(), asyncio.Queue[str](), HandDeadlines()
        options = {"on_retry": sentences.put_nowait, "deadlines": deadlines}
        async with serving(Ear()) as server, connecting(here, server.port, **options) as connector:

            def late(link: Link, *told: object) -> None:
                on_time(link, *told)
                if link._host is connector:
                    deadlines.pass_time(1.0)

            monkeypatch.setattr(Link, moment, late)
            assert await here.next() == "opened"
            assert sentences.empty()

    run(scene())


@both_loops
def test_a_connector_that_is_closed_at_any_moment_while_its_link_comes_about_hangs_up(run: Run) -> None:
    async def scene() -> None:
        async with serving(Ear()) as server:
            for moments in range(30):
                connector = Connector(HOST, server.port, Ear(), chance=Random(1), backoff=QUICK)
                connector.start()
                for _ in range(moments):
                    await asyncio.sleep(0)
                await soon(connector.close())
                assert connector.link is None
                while server.links:
                    await asyncio.sleep(0.01)

    run(scene())


@both_loops
def test_connectors_that_share_a_room_open_only_so_many_links_at_a_time(run: Run) -> None:
    async def scene() -> None:
        room, ears = asyncio.Semaphore(2), [Ear() for _ in range(5)]
        with silent_port() as silent:
            async with contextlib.AsyncExitStack() as stack:
                waiting = [await stack.enter_async_context(connecting(Ear(), silent, room=room)) for _ in range(2)]
                server = await stack.enter_async_context(serving(Ear()))
                for ear in ears:
                    await stack.enter_async_context(connecting(ear, server.port, room=room))
                for _ in range(50):
                    await asyncio.sleep(0)
                assert not server.links
                for connector in waiting:
                    await connector.close()
                for ear in ears:
                    assert await ear.next() == "opened"

    run(scene())


@both_loops
def test_an_attempt_that_fails_while_it_is_given_up_leaves_no_complaint(run: Run) -> None:
    complaints: list[dict[str, object]] = []

    async def scene() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
        for turns in range(60):
            connector = Connector(HOST, port, Ear(), chance=Random(1), name="Central", backoff=QUICK)
            connector.start()
            for _ in range(turns % 12):
                await asyncio.sleep(0)
            await connector.close()
        gc.collect()
        await asyncio.sleep(0)

    with free_port() as port:
        run(scene())
    assert complaints == []
