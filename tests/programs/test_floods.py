"""The whole network while strangers take all they can get: no point is lost, drivers are served, Central answers."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from tests.programs.flood import FLOODER, POINTS
from tests.programs.network_process import SOON, Network, network

ROOT = Path(__file__).parents[2]

LINKS = 20
QUICK = ("--telemetry-interval", "0.1", "--supply-ticks", "3", "--request-interval", "0.1")
LOST = ("offline", "faulty")
WELL = {"ACTIVATED", "SUPPLYING"}

AT_CENTRAL = [
    "ack",
    "copies",
    "reports",
    "reports, acknowledged",
    "half a frame",
    "drops of a frame",
    "nothing",
]
AT_THE_ENGINES = [
    "ack",
    "copies",
    "questions",
    "questions, acknowledged",
    "bundles, acknowledged",
    "bundles about points elsewhere",
    "nothing",
]


@asynccontextmanager
async def flooding(kind: str, port: int) -> AsyncIterator[None]:
    """Strangers in a process of their own, until the block is left."""
    command = (sys.executable, "-m", "tests.programs.flood", kind, str(port), str(LINKS), str(3 * SOON))
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, cwd=ROOT)
    assert process.stdout is not None
    try:
        assert await asyncio.wait_for(process.stdout.readline(), SOON) == b"begun\n"
        yield
        assert process.returncode is None
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@asynccontextmanager
async def heard(there: Network) -> AsyncIterator[None]:
    """Take what the network says, so that it need not wait for that."""

    async def listen() -> None:
        assert there.process.stdout is not None
        async for line in there.process.stdout:
            there.said.append(line.decode())

    listener = asyncio.create_task(listen())
    try:
        yield
    finally:
        listener.cancel()
        await asyncio.gather(listener, return_exceptions=True)


def served(there: Network) -> int:
    """How often the driver has heard of the end of a charge."""
    return sum("Driver:" in line and "| COMPLETED" in line for line in there.said)


async def all_goes_on(there: Network) -> None:
    """Drivers are served, and whenever somebody looks, Central answers and each point is well."""
    before = served(there)
    async with asyncio.timeout(3 * SOON):
        while served(there) < before + 5:
            assert (await there.get("/health"))["status"] == "ok"
            points = {point["cp_id"]: point["state"] for point in await there.get("/cp")}
            assert {points[cp_id] for cp_id in POINTS} <= WELL, "".join(there.said[-50:])
            await asyncio.sleep(0.05)


def engines_port(there: Network, tcp_port: int) -> int:
    """The third port on which the network listens."""
    others = {tcp_port, there.http.base_url.port}
    connections = psutil.Process(there.process.pid).net_connections("tcp")
    [port] = {each.laddr.port for each in connections if each.status == psutil.CONN_LISTEN} - others
    return port


@pytest.mark.parametrize("side", ["central", "engines"])
def test_strangers_that_flood_a_port_of_links_cost_themselves_alone(side: str, tmp_path: Path) -> None:
    async def scene() -> None:
        (tmp_path / "requests.txt").write_text("CP-001\nCP-002\n" * 500)
        async with network(tmp_path, *QUICK) as there, heard(there):
            for number in range(LINKS):
                await there.http.post("/cp/register", json={"cp_id": FLOODER.format(number)})
            port = (await there.get("/health"))["tcp_port"]
            await all_goes_on(there)
            calm = len(there.said)
            for kind in AT_CENTRAL if side == "central" else AT_THE_ENGINES:
                async with flooding(kind, port if side == "central" else engines_port(there, port)):
                    await all_goes_on(there)
            lines = there.said[calm:]
            assert not [line for line in lines for cp_id in POINTS for loss in LOST if f"{cp_id} {loss}" in line]
            assert sum("Refused a link" in line for line in lines) < 100

    asyncio.run(scene())
