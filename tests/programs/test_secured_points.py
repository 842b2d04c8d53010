"""A Central that wants to know who everybody is, and a monitor of another process: enrolled, started again, its key
renewed and revoked."""

import asyncio
import os
import re
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.programs.network_process import SOON, network

CP = "CP-900"


async def begun(folder: Path, *arguments: str, **variables: str) -> Process:
    """A program of ours, in a folder of its own."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "evcharging.apps.shell.cli", *arguments),
        cwd=folder,
        env={**os.environ, **variables},
        stdout=PIPE,
        stderr=STDOUT,
    )


async def output_of(folder: Path, *arguments: str) -> str:
    """What a command says that does what it is asked."""
    process = await begun(folder, *arguments)
    said, _ = await asyncio.wait_for(process.communicate(), SOON)
    assert process.returncode == 0, said.decode()
    return said.decode()


class Monitor:
    """The monitor of the point, whose engine is away."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def until(self, part: str) -> str:
        """The first line from here on that has this in it."""
        assert self._process.stdout is not None
        heard = ""
        while True:
            line = (await asyncio.wait_for(self._process.stdout.readline(), SOON)).decode()
            assert line, heard
            heard += line
            if part in line:
                return line


@asynccontextmanager
async def monitor(folder: Path, url: str, **variables: str) -> AsyncIterator[Monitor]:
    port = url.rpartition(":")[2]
    process = await begun(folder, "monitor", "--cp-id", CP, "--cp-e-port", "1", "--central-port", port, **variables)
    try:
        yield Monitor(process)
    finally:
        process.terminate()
        await asyncio.wait_for(process.communicate(), SOON)


def test_a_point_is_enrolled_started_again_given_its_next_key_and_revoked(tmp_path: Path) -> None:
    central, place = tmp_path / "central", tmp_path / "point"
    central.mkdir()
    place.mkdir()
    ledger = ("--db-url", f"sqlite:///{central}/data/central.db")

    async def scene() -> None:
        async with network(central, "--auth", "on") as there:
            url = str(there.http.base_url)
            assert (await there.http.get("/cp")).status_code == 401

            async with monitor(place, url) as stranger:
                said = await stranger.until("does not register")
                assert f"`evcharging points enrol {CP}` gives" in said

            invited = await output_of(tmp_path, "points", "enrol", CP, *ledger)
            found = re.search(r"CP_MONITOR_ENROL=(\S+)", invited)
            assert found is not None
            async with monitor(place, url, CP_MONITOR_ENROL=found[1]) as enrolled:
                await enrolled.until(f"{CP} is enrolled")
                await enrolled.until("Connected to Central")
            key = place / "data" / f"{CP}.key"
            assert key.stat().st_mode & 0o777 == 0o600

            async with monitor(place, url, CP_MONITOR_ENROL=found[1]) as again:
                await again.until("goes on with that")
                await again.until("Connected to Central")
                before = key.read_text()
                port = url.rpartition(":")[2]
                said = await output_of(place, "renew-key", "--cp-id", CP, "--central-port", port)
                assert f"{CP} has version 2 of its key" in said
                assert key.read_text() != before

            async with monitor(place, url) as renewed:
                await renewed.until("Connected to Central")
                await output_of(tmp_path, "points", "revoke", CP, *ledger)
                await renewed.until(f"The key of {CP} was revoked")

    asyncio.run(scene())
