"""Each program in a process of its own, with the streams and limits that a test gives it."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.programs.network_process import SOON

PROGRAMS = ("run", "central", "engine", "monitor", "driver", "psp")
NOBODY = "127.0.0.1:1"
OPTIONS = {
    "run": ("--http-port", "0", "--listen-port", "0", "--points", "2", "--drivers", "1"),
    "central": ("--kafka-bootstrap", NOBODY, "--http-port", "0", "--listen-port", "0"),
    "engine": ("--kafka-bootstrap", NOBODY, "--health-port", "0"),
    "monitor": ("--cp-e-port", "1", "--central-port", "1"),
    "driver": ("--kafka-bootstrap", NOBODY, "--requests-file", "mine.txt"),
    "psp": ("--http-port", "0"),
}
UP = {
    "run": b"Dashboard at ",
    "central": b"Cannot reach Kafka",
    "engine": b"Health and metrics at ",
    "monitor": b"Health and metrics at ",
    "driver": b"Health and metrics at ",
    "psp": b"Simulated payments at ",
}


def command(program: str) -> list[str]:
    return [sys.executable, "-m", "evcharging.apps.shell.cli", program, *OPTIONS[program]]


async def ended(process: Process) -> int:
    await asyncio.wait_for(process.wait(), SOON)
    assert process.returncode is not None
    return process.returncode


@asynccontextmanager
async def started(
    arguments: list[str],
    folder: Path,
    *,
    stdin: int | None = None,
    stdout: int | None = None,
    stderr: int | None = None,
    preexec_fn: Callable[[], None] | None = None,
) -> AsyncIterator[Process]:
    """A process, which is killed if it runs in the end."""
    process = await asyncio.create_subprocess_exec(
        *arguments, cwd=folder, stdin=stdin, stdout=stdout, stderr=stderr, preexec_fn=preexec_fn
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def without(*closed: int) -> Callable[[], None]:
    """Closes streams before a program begins, as `<&-` and `>&-` do."""

    def close() -> None:
        for number in closed:
            os.close(number)

    return close


async def until_said(stream: asyncio.StreamReader | None, words: bytes) -> bytes:
    assert stream is not None
    said = b""
    while words not in said:
        part = await asyncio.wait_for(stream.read(4096), SOON)
        assert part, said
        said += part
    return said
