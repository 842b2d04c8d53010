"""Programs that get signals, once or again and again, end in good order: not by the signal, with no stack trace."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE
from contextlib import suppress
from pathlib import Path

import pytest

from tests.programs.network_process import SOON, network
from tests.programs.program_process import PROGRAMS, UP, command, started, until_said


@pytest.mark.parametrize("program", PROGRAMS)
def test_sighup_ends_every_program_in_good_order(program: str, folder: Path) -> None:
    async def scene() -> None:
        async with started(command(program), folder, stdin=DEVNULL, stdout=PIPE, stderr=PIPE) as process:
            await until_said(process.stdout, UP[program])
            process.send_signal(signal.SIGHUP)
            _, errors = await asyncio.wait_for(process.communicate(), SOON)
            assert (process.returncode, errors) == (0, b"")

    asyncio.run(scene())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("pause", [0.0, 0.05, 0.2, 0.4])
def test_a_program_that_is_asked_again_and_again_still_ends_in_good_order(
    number: signal.Signals, pause: float, folder: Path
) -> None:
    async def scene() -> None:
        async with started(command("run"), folder, stdin=DEVNULL, stdout=PIPE, stderr=PIPE) as process:
            await until_said(process.stdout, b"connected")
            for _ in range(4):
                # Not by `send_signal`, which may take the exit status of a process that has just ended.
                with suppress(ProcessLookupError):
                    os.kill(process.pid, number)
                await asyncio.sleep(pause)
            _, errors = await asyncio.wait_for(process.communicate(), SOON)
            assert (process.returncode, errors) == (0, b"")

    asyncio.run(scene())


def test_a_program_that_is_stopped_and_goes_on_serves_again(folder: Path) -> None:
    async def scene() -> None:
        async with network(folder, "--telemetry-interval", "0.05", "--supply-ticks", "86400") as there:
            await there.until("IN_PROGRESS")
            there.process.send_signal(signal.SIGSTOP)
            await asyncio.to_thread(os.waitid, os.P_PID, there.process.pid, os.WSTOPPED | os.WNOWAIT)
            there.process.send_signal(signal.SIGCONT)
            for _ in range(3):
                await there.until("IN_PROGRESS")
            assert await there.end(signal.SIGTERM) == 0

    asyncio.run(scene())
