"""The scripts in `examples/` do what they say, beside a network that runs."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

from evcharging.apps.ev_driver.requests_file import read_requests
from evcharging.tests.places import ROOT
from tests.programs.network_process import Network, network
from tests.programs.test_secure_network import set_up

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


def test_a_program_with_a_machine_key_reads_bills_where_people_sign_in(tmp_path: Path) -> None:
    async def asked(running: Network, key: str) -> tuple[int | None, str]:
        words = sys.executable, str(EXAMPLES / "machine_client.py"), url_of(running)
        environment = {**os.environ, "MACHINE_KEY": key}
        process = await asyncio.create_subprocess_exec(*words, stdout=PIPE, stderr=STDOUT, env=environment)
        said, _ = await process.communicate()
        return process.returncode, said.decode()

    async def scene() -> list[tuple[int | None, str]]:
        async with network(tmp_path, "--auth", "on") as running:
            await running.until("COMPLETED")
            await set_up(running)
            secrets = [await machine_key(running, scope) for scope in ("ledger:read", "network:read")]
            return [await asked(running, key) for key in ("", *secrets)]

    nobody, reader, other = asyncio.run(scene())
    assert (nobody[0], "401" in nobody[1], nobody[1].count("\n")) == (1, True, 1)
    assert reader[0] == 0
    assert reader[1].startswith("CP-00") and reader[1].endswith(" EUR\n")
    assert (other[0], "needs the permission ledger:read" in other[1]) == (1, True)


async def machine_key(running: Network, scope: str) -> str:
    """A key for programs that the administrator makes who is signed in."""
    url = running.http.base_url
    page = {"Origin": f"{url.scheme}://{url.netloc.decode()}"}
    made = await running.http.post("/api/v1/keys", json={"label": "billing", "scopes": [scope]}, headers=page)
    secret: str = made.raise_for_status().json()["secret"]
    return secret


def test_a_hundred_points_are_asked_for_in_turn(tmp_path: Path) -> None:
    asked = str(EXAMPLES / "requests-100.txt")
    assert len(read_requests(asked)) == 100

    async def scene() -> None:
        async with network(tmp_path, "--points", "100", "--speed", "20", "--requests-file", asked) as running:
            for cp_id in ("CP-001", "CP-002", "CP-003"):
                await running.until(f"Requested charging at {cp_id}")

    asyncio.run(scene())
