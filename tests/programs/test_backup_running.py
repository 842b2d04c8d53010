"""A network that is backed up while it runs, killed, and restored: it goes on from there, and the bills stand."""

import asyncio
import signal
from contextlib import closing
from pathlib import Path

from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.session import Bill
from evcharging.tests.stages.audit_world import ask
from tests.programs.network_process import SOON, Network, evcharging, network

QUICK = ("--telemetry-interval", "0.1", "--supply-ticks", "3", "--request-interval", "0.1")


async def completed(started: Network, times: int) -> None:
    for _ in range(times):
        await started.until(r"Driver:driver-alice \| ✔️ CP-00\d \| COMPLETED")


def bills(folder: Path) -> list[Bill]:
    with closing(SqlStore(f"sqlite:///{folder}/data/central.db")) as ledger:
        return ledger.select(Bill)


def billed(folder: Path) -> int:
    """How many bills there are, also while the network runs."""
    return int(ask(f"sqlite:///{folder}/data/central.db", "SELECT count(*) FROM facts WHERE kind = 'Bill'")[0][0])


def epochs(folder: Path) -> dict[str, int]:
    rows = ask(f"sqlite:///{folder}/data/central.db", "SELECT shard, epoch FROM shards")
    return {row[0]: row[1] for row in rows}


def test_a_network_is_backed_up_while_it_runs_and_goes_on_from_there_after_kill_9(tmp_path: Path) -> None:
    async def scene() -> None:
        (tmp_path / "requests.txt").write_text("CP-001\nCP-002\n")
        async with network(tmp_path, *QUICK) as first:
            await completed(first, 2)
            status, said, errors = await evcharging(tmp_path, "backup", "backup.zip")
            assert (status, errors.startswith("data/keys.json has secrets and is not in this backup")) == (0, True)
            assert said.startswith("Backed up the ledger with ")
            refused = await evcharging(tmp_path, "restore", "backup.zip", "--yes")
            assert refused[0] == 1 and "is in use: stop the program that uses it" in refused[2]
            await completed(first, 2)
            assert await first.end(signal.SIGKILL) == -signal.SIGKILL
        later, before = bills(tmp_path), epochs(tmp_path)
        status, said, errors = await evcharging(tmp_path, "restore", "backup.zip", "--yes")
        assert status == 0, errors
        kept = bills(tmp_path)
        assert len(kept) >= 2
        assert len(later) >= len(kept) + 1
        assert later[: len(kept)] == kept
        async with network(tmp_path, *QUICK) as again:
            await completed(again, 2)
            assert await again.end(signal.SIGINT) == 0
        assert bills(tmp_path)[: len(kept)] == kept
        assert all(epoch > before[shard] for shard, epoch in epochs(tmp_path).items())
        status, said, errors = await evcharging(tmp_path, "audit", "--journal", "data/engines.journal")
        assert said.splitlines()[-1].endswith(": no difference"), said + errors

    asyncio.run(scene())


def test_supplies_that_the_restored_ledger_does_not_know_are_told_as_messages(tmp_path: Path) -> None:
    async def scene() -> None:
        (tmp_path / "requests.txt").write_text("CP-001\n")
        async with network(tmp_path, *QUICK) as first:
            await completed(first, 1)
            assert (await evcharging(tmp_path, "backup", "backup.zip"))[0] == 0
            # What was said meanwhile may be of supplies that the backup has.
            had = billed(tmp_path)
            async with asyncio.timeout(SOON):
                while billed(tmp_path) < had + 2:
                    await asyncio.sleep(0.02)
            assert await first.end(signal.SIGINT) == 0
        newer = (tmp_path / "data" / "engines.journal").read_bytes()
        assert (await evcharging(tmp_path, "restore", "backup.zip", "--yes"))[0] == 0
        # The engines are elsewhere and were not restored.
        (tmp_path / "data" / "engines.journal").write_bytes(newer)
        async with network(tmp_path, *QUICK, "--drivers", "0") as again:
            await again.until(r"a final reading of session-\S+ was set aside")
            assert await again.end(signal.SIGINT) == 0

    asyncio.run(scene())
