"""The process in which history is read, seen from outside: it begins with the first question, and ends with its
program, however that ends. Nothing of it is heard."""

import asyncio
import os
import signal
from pathlib import Path

import psutil
import pytest

from tests.programs.network_process import SOON, Network, network


async def reader_of(there: Network) -> psutil.Process:
    """The process, once it answers."""
    while "evcharging_history_process_up 1.0" not in (await there.http.get("/metrics")).text:
        await there.get("/sessions")
        await asyncio.sleep(0.05)
    [reader] = psutil.Process(there.process.pid).children(recursive=True)
    await there.get("/api/v1/sessions")
    return reader


def test_ctrl_c_in_a_terminal_ends_both_without_a_word(folder: Path) -> None:
    async def scene() -> None:
        async with network(folder) as there:
            assert not psutil.Process(there.process.pid).children()
            reader = await reader_of(there)
            assert os.getpgid(reader.pid) == reader.pid != os.getpgid(there.process.pid)
            assert reader.nice() >= 10
            assert not reader.net_connections("inet")
            assert await there.end(signal.SIGINT) == 0
            assert not reader.is_running()
        assert "Traceback" not in "".join(there.said)

    asyncio.run(scene())
    assert not [path.name for path in (folder / "data").iterdir() if path.name.endswith(("-wal", "-shm"))]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_it_is_gone_when_its_program_was_killed(number: signal.Signals, folder: Path) -> None:
    async def scene() -> None:
        async with network(folder) as there:
            reader = await reader_of(there)
            there.process.send_signal(number)
            there.process.kill()
            await asyncio.to_thread(reader.wait, SOON)

    asyncio.run(scene())


def test_pages_go_on_when_it_is_killed(folder: Path) -> None:
    async def scene() -> None:
        async with network(folder) as there:
            first = await reader_of(there)
            first.kill()
            await there.get("/sessions")
            assert await reader_of(there) != first
            assert (await there.get("/health"))["reason"] is None
            assert await there.end(signal.SIGTERM) == 0
        assert "Traceback" not in "".join(there.said)

    asyncio.run(scene())
