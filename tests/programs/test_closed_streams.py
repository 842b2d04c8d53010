"""Programs whose input or output is closed, or read by nobody any more, run and end in good order."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path

import pytest

from tests.programs.network_process import SOON
from tests.programs.program_process import PROGRAMS, UP, command, ended, started, until_said, without


@pytest.mark.parametrize("program", PROGRAMS)
def test_with_its_input_closed_a_program_runs_and_ends_in_good_order(program: str, folder: Path) -> None:
    async def scene() -> None:
        async with started(command(program), folder, stdout=PIPE, stderr=PIPE, preexec_fn=without(0)) as process:
            await until_said(process.stdout, UP[program])
            process.send_signal(signal.SIGTERM)
            _, errors = await asyncio.wait_for(process.communicate(), SOON)
            assert (process.returncode, errors) == (0, b"")

    asyncio.run(scene())


async def until_held(folder: Path) -> None:
    """Wait until a program has gone so far that it holds a journal or a database."""
    async with asyncio.timeout(SOON):
        while not [*(folder / "data").glob("*")]:
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("closed", [(1,), (0, 1), (0, 1, 2)], ids=str)
@pytest.mark.parametrize("program", ["run", "engine", "driver"])
def test_with_its_output_closed_a_program_runs_and_ends_in_good_order(
    program: str, closed: tuple[int, ...], folder: Path
) -> None:
    async def scene() -> None:
        errors = folder / "errors"
        with errors.open("wb") as out:
            async with started(
                command(program),
                folder,
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=out.fileno(),
                preexec_fn=without(*closed),
            ) as process:
                await until_held(folder)
                process.send_signal(signal.SIGTERM)
                assert await ended(process) == 0
        assert errors.read_bytes() == b""

    asyncio.run(scene())


def test_a_program_whose_reader_has_gone_goes_on_and_ends_in_good_order(folder: Path) -> None:
    async def scene() -> None:
        reader, writer = os.pipe()
        async with started(command("run"), folder, stdout=writer, stderr=PIPE) as process:
            os.close(writer)
            assert await asyncio.to_thread(os.read, reader, 20)
            os.close(reader)
            await until_held(folder)
            process.send_signal(signal.SIGTERM)
            _, errors = await asyncio.wait_for(process.communicate(), SOON)
            assert (process.returncode, errors) == (0, b"")

    asyncio.run(scene())
