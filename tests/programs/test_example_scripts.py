"""The scripts in `examples/` do what they say, beside a network that runs."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

from evcharging.apps.ev_driver.requests_file import read_requests
from evcharging.tests.places import ROOT
from tests.programs.network_process import Network, network

EXAMPLES = ROOT / "examples"


async def output_of(*words: str) -> str:
    process = await asyncio.create_subprocess_exec(*words, stdout=PIPE, stderr=PIPE)
    said, wrong = await process.communicate()
    assert process.returncode == 0, wrong.decode()
    return said.decode()


def url_of(running: Network) -> str:
    return str(running.http.base_url)


def test_curl_alone_sees_and_stops_a_point(tmp_path: Path) -> None:
    async def scene() -> str:
        async with network(tmp_path) as running:
            await running.until("COMPLETED")
            return await output_of("bash", str(EXAMPLES / "curl.sh"), url_of(running))

    health, points, stopped, resumed, free, tickets = asyncio.run(scene()).splitlines()
    assert '"status":"ok"' in health
    assert points.count('"cp_id"') == 2
    assert '"stopped":true' in stopped
    assert '"stopped":false' in resumed
    assert free.startswith("[")
    assert '"ended_by":"supply complete"' in tickets


def test_the_python_client_lists_points_and_tickets(tmp_path: Path) -> None:
    async def scene() -> str:
        async with network(tmp_path, "--points", "3") as running:
            await running.until("COMPLETED")
            return await output_of(sys.executable, str(EXAMPLES / "client.py"), url_of(running))

    said = asyncio.run(scene()).splitlines()
    assert [line.split()[0] for line in said[:3]] == ["CP-001", "CP-002", "CP-003"]
    assert "supply complete" in said[3]


def test_a_hundred_points_are_asked_for_in_turn(tmp_path: Path) -> None:
    asked = str(EXAMPLES / "requests-100.txt")
    assert len(read_requests(asked)) == 100

    async def scene() -> None:
        async with network(tmp_path, "--points", "100", "--speed", "20", "--requests-file", asked) as running:
            for cp_id in ("CP-001", "CP-002", "CP-003"):
                await running.until(f"Requested charging at {cp_id}")

    asyncio.run(scene())
