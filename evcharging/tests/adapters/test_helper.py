"""A process of a program's own: it answers, is started again where it died, and never outlives the program."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from subprocess import PIPE, Popen

import psutil
import pytest

from evcharging.adapters.helper import Helper, HelperLost
from evcharging.tests.stages.tcp_stage import Run, both_loops

ECHO = "evcharging.tests.stages.echo_helper"
SOON_S = 60.0


@asynccontextmanager
async def helping(greeting: bytes = b"hello ", patience_s: float = SOON_S) -> AsyncIterator[Helper]:
    helper = Helper(ECHO, greeting, patience_s)
    try:
        yield helper
    finally:
        await helper.end()


async def who(helper: Helper) -> list[int]:
    return [int(each) for each in (await helper.ask(b"who")).split()]


@both_loops
def test_it_answers_several_questions_at_once_and_is_gone_when_it_was_ended(run: Run) -> None:
    async def scene() -> None:
        async with helping() as helper:
            waits = asyncio.create_task(helper.ask(b"hang"))
            long = b"x" * 1_000_000
            answers = await asyncio.gather(*(helper.ask(each) for each in (b"A", b"", long)))
            assert answers == [b"hello A", b"hello ", b"hello " + long]
            assert (helper.starts, helper.trouble, waits.done()) == (1, None, False)
            pid = helper.pid
            waits.cancel()
        assert pid is not None and not psutil.pid_exists(pid)
        assert (helper.is_up, helper.pid) == (False, None)

    run(scene())


def test_ctrl_c_does_not_reach_it_and_it_says_nothing_on_the_terminal() -> None:
    async def scene() -> None:
        async with helping() as helper:
            pid, session, output = await who(helper)
            assert pid == session == helper.pid
            assert output == os.stat(os.devnull).st_rdev  # noqa: PTH116

    asyncio.run(scene())


@both_loops
def test_what_was_on_its_way_when_it_was_killed_is_asked_once_more(run: Run) -> None:
    async def scene() -> None:
        async with helping() as helper:
            first, *_ = await who(helper)
            os.kill(first, signal.SIGSTOP)
            waits = [asyncio.create_task(helper.ask(each)) for each in (b"A", b"B")]
            await asyncio.sleep(0)
            os.kill(first, signal.SIGKILL)
            assert await asyncio.gather(*waits) == [b"hello A", b"hello B"]
            assert (helper.starts, helper.trouble) == (2, None)

    run(scene())


def test_a_question_that_kills_it_twice_has_no_answer_and_others_do() -> None:
    async def scene() -> None:
        async with helping() as helper:
            with pytest.raises(HelperLost, match="it died"):
                await helper.ask(b"die")
            assert helper.starts == 2
            assert await helper.ask(b"A") == b"hello A"

    asyncio.run(scene())


def test_one_that_hangs_is_ended_and_whoever_asks_next_asks_another_one() -> None:
    async def scene() -> None:
        async with helping() as helper:
            first, *_ = await who(helper)
            assert helper._run is not None
            helper._run._patience_s = 0.1
            with pytest.raises(HelperLost, match=r"it has not answered for 0\.1 s"):
                await helper.ask(b"hang")
            assert helper.trouble == "it has not answered for 0.1 s"
            second, *_ = await who(helper)
            assert first != second and not psutil.pid_exists(first)

    asyncio.run(scene())


def test_one_that_cannot_do_its_work_says_why_and_is_not_started_again_at_once() -> None:
    async def scene() -> None:
        async with helping(b"refuse") as helper:
            with pytest.raises(HelperLost, match="there is nothing to open"):
                await helper.ask(b"A")
            assert (helper.trouble, helper.is_up, helper.starts) == ("there is nothing to open", False, 1)
            helper.start()
            assert helper.starts == 1

    asyncio.run(scene())


def test_a_question_that_is_on_its_way_when_it_is_ended_does_not_start_it_again() -> None:
    async def scene() -> None:
        async with helping() as helper:
            await helper.ask(b"A")
            waits = asyncio.create_task(helper.ask(b"hang"))
            await asyncio.sleep(0)
            await helper.end()
            with pytest.raises(HelperLost, match="it was ended"):
                await waits
            with pytest.raises(HelperLost):
                await helper.ask(b"A")
            assert (helper.starts, helper.is_up) == (1, False)

    asyncio.run(scene())


def test_it_can_be_ended_while_it_starts() -> None:
    before = set(psutil.Process().children())

    async def scene() -> None:
        async with helping() as helper:
            helper.start()
            await asyncio.sleep(0)
        assert not helper.is_up
        assert set(psutil.Process().children()) <= before

    asyncio.run(scene())


PARENT = f"""
import asyncio
from evcharging.adapters.helper import Helper
async def main():
    helper = Helper("{ECHO}", b"")
    busy = asyncio.create_task(helper.ask(b"hang"))
    print((await helper.ask(b"who")).decode(), flush=True)
    await busy
asyncio.run(main())
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_it_ends_with_its_program_also_where_that_is_killed(number: signal.Signals) -> None:
    with Popen([sys.executable, "-c", PARENT], stdout=PIPE, text=True) as parent:  # noqa: S603
        assert parent.stdout is not None
        helper = psutil.Process(int(parent.stdout.readline().split()[0]))
        parent.send_signal(number)
        helper.wait(SOON_S)
