"""`evcharging run` in a process of its own, for tests that look at it from outside, send it signals and kill it."""

import asyncio
import re
import signal
import ssl
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

SOON = 60.0
"""Seconds that nothing here ever takes."""

LIMITED = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_NOFILE, (int(sys.argv[1]), int(sys.argv[1])))
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""


class Network:
    """A network in a process of its own."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.said: list[str] = []
        self.http: httpx.AsyncClient

    async def until(self, pattern: str) -> re.Match[str]:
        """The first line from here on in which the pattern is found."""
        assert self.process.stdout is not None
        while True:
            line = (await asyncio.wait_for(self.process.stdout.readline(), SOON)).decode()
            assert line, "".join(self.said)
            self.said.append(line)
            if found := re.search(pattern, line):
                return found

    async def end(self, number: signal.Signals, within: float = SOON) -> int:
        """Send a signal; the exit code, and all that was said."""
        self.process.send_signal(number)
        return await self.ended(within)

    async def ended(self, within: float = SOON) -> int:
        """The exit code, once it has ended."""
        output, _ = await asyncio.wait_for(self.process.communicate(), within)
        self.said.append(output.decode())
        assert self.process.returncode is not None
        return self.process.returncode

    async def get(self, path: str) -> Any:
        return (await self.http.get(path)).raise_for_status().json()


async def start(folder: Path, *options: str, files: int | None = None) -> Network:
    """A network that has begun to start."""
    always = ("--http-port", "0", "--listen-port", "0", "--points", "2", "--drivers", "1")
    command = ("-m", "evcharging.apps.shell.cli", "run", *always, *options)
    if files is not None:
        command = ("-c", LIMITED, str(files), *command)
    return Network(
        await asyncio.create_subprocess_exec(sys.executable, *command, cwd=folder, stdout=PIPE, stderr=STDOUT)
    )


@asynccontextmanager
async def network(
    folder: Path, *options: str, files: int | None = None, trusted: ssl.SSLContext | None = None
) -> AsyncIterator[Network]:
    """A network that is up, with its files in a folder, and that may open so many; killed if it runs in the end. It is
    asked over TLS where it is `trusted`."""
    started = await start(folder, *options, files=files)
    process = started.process
    try:
        url = (await started.until(r"Dashboard at (https?://\S+) with \d+ charging points?"))[1]
        verify = trusted or True
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=SOON, verify=verify) as started.http:
            yield started
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def evcharging(folder: Path, *arguments: str) -> tuple[int | None, str, str]:
    """A command in a process of its own: exit status, output, errors."""
    command = (sys.executable, "-m", "evcharging.apps.shell.cli", *arguments)
    process = await asyncio.create_subprocess_exec(*command, cwd=folder, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    said, errors = await asyncio.wait_for(process.communicate(), 3 * SOON)
    return process.returncode, said.decode(), errors.decode()
