"""Programs at a terminal: they end with it in good order, or outlive it where that is wished."""

import asyncio
import os
import pty
import signal
from asyncio.subprocess import PIPE
from pathlib import Path

from tests.programs.network_process import SOON
from tests.programs.program_process import command, ended, started, until_said


def test_a_program_whose_terminal_is_closed_ends_in_good_order(folder: Path) -> None:
    """As a terminal's window does: all that was in it gets SIGHUP, and nothing can be read or written there."""

    async def scene() -> None:
        near, far = pty.openpty()
        async with started(
            command("run"), folder, stdin=far, stdout=far, stderr=far, preexec_fn=as_its_terminal
        ) as process:
            os.close(far)
            said = b""
            while b"IN_PROGRESS" not in said:
                said += await asyncio.wait_for(asyncio.to_thread(os.read, near, 4096), SOON)
            os.close(near)
            assert await ended(process) == 0

    asyncio.run(scene())


def as_its_terminal() -> None:
    """Makes the standard input the terminal that the process belongs to."""
    os.setsid()
    os.close(os.open(os.ttyname(0), os.O_RDWR))


def test_what_is_started_with_nohup_outlives_its_terminal(folder: Path) -> None:
    def ignore() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    async def scene() -> None:
        async with started(command("run"), folder, stdout=PIPE, stderr=PIPE, preexec_fn=ignore) as process:
            await until_said(process.stdout, b"connected")
            process.send_signal(signal.SIGHUP)
            await until_said(process.stdout, b"IN_PROGRESS")
            process.send_signal(signal.SIGTERM)
            await process.communicate()
            assert process.returncode == 0

    asyncio.run(scene())


def test_ctrl_c_ends_a_network_whose_keys_are_read_from_a_terminal(folder: Path) -> None:
    async def scene() -> None:
        near, far = pty.openpty()
        async with started(
            [*command("run"), "--manual"], folder, stdin=far, stdout=far, stderr=far, preexec_fn=as_its_terminal
        ) as process:
            os.close(far)
            said = b""
            while b"waits to be plugged in" not in said:
                said += await asyncio.wait_for(asyncio.to_thread(os.read, near, 4096), SOON)
            os.write(near, b"f CP-002\n")
            while b"FAULT" not in said:
                said += await asyncio.wait_for(asyncio.to_thread(os.read, near, 4096), SOON)
            os.write(near, b"\x03")
            rest = asyncio.create_task(asyncio.to_thread(drained, near))
            assert await ended(process) == 0
            said += await rest
            os.close(near)
            assert b"Fatal" not in said
            assert b"Traceback" not in said

    asyncio.run(scene())


def drained(terminal: int) -> bytes:
    """What is said until the terminal's other side is closed."""
    said = b""
    while True:
        try:
            said += os.read(terminal, 4096)
        except OSError:
            return said
