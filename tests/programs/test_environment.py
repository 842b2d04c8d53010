"""What a machine may do to the whole network as a process: too few descriptors, a full disk, two signals."""

import asyncio
import resource
import signal
from contextlib import closing, suppress
from pathlib import Path

from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.session import Bill
from evcharging.domain.supply import Reading
from evcharging.tests.stages.talk_stage import ENQ
from evcharging.tests.stages.tcp_stage import HOST
from tests.programs.network_process import SOON, Network, network, start

LONG = ("--requests-file", "requests.txt", "--telemetry-interval", "0.05", "--supply-ticks", "86400")
HALF = b"GET /cp HTTP/1.1\r\nHost: x\r\n"


def billed_and_metered(folder: Path) -> tuple[int, int]:
    """All bills, and all registers, in mWh."""
    with closing(SqlStore(f"sqlite:///{folder}/data/central.db")) as ledger:
        billed = sum(bill.energy_mwh for bill in ledger.facts(Bill))
    with closing(JournalStore(folder / "data" / "engines.journal")) as journal:
        return billed, sum(reading.register_mwh for reading in journal.select(Reading))


def assert_plain(said: list[str]) -> None:
    """Nothing that a user should not see."""
    text = "".join(said)
    assert "Traceback" not in text
    assert "Error" not in text.replace("Error: ", "")


async def supplying(there: Network, beyond: float = 0.0) -> float:
    """Wait until CP-001 has supplied so much; how much that is, in kWh."""
    async with asyncio.timeout(SOON):
        while True:
            points = {point["cp_id"]: point for point in await there.get("/cp")}
            session = points["CP-001"]["session"] if "CP-001" in points else None
            if session and session["kwh"] > beyond:
                return float(session["kwh"])
            await asyncio.sleep(0.05)


def test_with_64_descriptors_a_flood_of_connections_harms_neither_links_nor_supplies(tmp_path: Path) -> None:
    (tmp_path / "requests.txt").write_text("CP-001\n")

    async def scene() -> None:
        async with network(tmp_path, *LONG, files=64) as there:
            before = await supplying(there)
            tcp_port = (await there.http.post("/cp/register", json={"cp_id": "CP-001"})).json()["tcp_port"]
            callers = [
                await asyncio.open_connection(HOST, port)
                for port in (there.http.base_url.port or 0, tcp_port)
                for _ in range(100)
            ]
            for number, (_, writer) in enumerate(callers):
                with suppress(OSError):
                    writer.write(HALF if number < 100 else ENQ)
            for _ in range(30):
                await there.until("IN_PROGRESS")
            for _, writer in callers:
                writer.close()
            await supplying(there, beyond=before)
            assert {point["state"] for point in await there.get("/cp")} == {"SUPPLYING", "ACTIVATED"}
            assert await there.end(signal.SIGTERM) == 0
            assert "offline" not in "".join(there.said)
            assert_plain(there.said)

    asyncio.run(scene())
    billed, metered = billed_and_metered(tmp_path)
    assert billed == metered > 0


def test_with_too_few_descriptors_it_does_not_start_and_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "requests.txt").write_text("CP-001\n")

    async def scene() -> None:
        refused = await start(tmp_path, files=32)
        assert await refused.ended() == 1
        assert refused.said == [
            "Error: This process may open 32 files and connections, and needs 46: raise that with `ulimit -n`\n"
        ]

    asyncio.run(scene())


def test_a_disk_that_is_full_for_a_while_stops_no_supply_and_costs_no_energy(tmp_path: Path) -> None:
    (tmp_path / "requests.txt").write_text("CP-001\n")

    async def scene() -> None:
        async with network(tmp_path, *LONG) as there:
            await supplying(there)
            largest = max(file.stat().st_size for file in (tmp_path / "data").iterdir())
            allow_files_of(there, largest + 500)
            await until_health(there, 503)
            assert (await there.http.post("/cp/CP-002/stop")).status_code == 503
            allow_files_of(there, resource.RLIM_INFINITY)
            await until_health(there, 200)
            before = await supplying(there)
            await supplying(there, beyond=before)
            assert await there.end(signal.SIGTERM) == 0
            text = "".join(there.said)
            assert "check the disk and the space left on it; retrying" in text
            assert "The store answers again" in text
            assert_plain(there.said)

    asyncio.run(scene())
    billed, metered = billed_and_metered(tmp_path)
    assert billed == metered > 0


def allow_files_of(there: Network, size: int) -> None:
    """No file of the process may grow beyond this size."""
    resource.prlimit(there.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


async def until_health(there: Network, status: int) -> None:
    async with asyncio.timeout(SOON):
        while (await there.http.get("/health")).status_code != status:
            await asyncio.sleep(0.05)


def test_two_signals_at_once_end_it_and_the_next_run_bills_the_rest(tmp_path: Path) -> None:
    (tmp_path / "requests.txt").write_text("CP-001\n")

    async def scene() -> None:
        async with network(tmp_path, *LONG) as first:
            await supplying(first)
            first.process.send_signal(signal.SIGTERM)
            assert await first.end(signal.SIGTERM) == 0
            assert_plain(first.said)
        async with network(tmp_path, *LONG) as second:
            await second.until(r"Charging session started for")
            assert await second.end(signal.SIGTERM) == 0
            assert_plain(second.said)

    asyncio.run(scene())
    billed, metered = billed_and_metered(tmp_path)
    assert billed == metered > 0
