"""`evcharging run` faster than it can be, on a machine that others keep busy; and on a ledger that is ahead of the
wall."""

import asyncio
import sys
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from evcharging.adapters.clock import WallClock
from evcharging.adapters.store import Commit
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.memory import MemoryStore
from evcharging.adapters.store.newest import newest_in_journal, newest_in_ledger
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.shell.clocks import go_on_from, set_sentence, warn_if_ahead
from evcharging.domain.notice import Notice
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.domain.supply import Reading
from evcharging.tests.stages.machine import NOON, Machine
from tests.programs.network_process import Network, start

HOUR = timedelta(hours=1)
LONG = ("--telemetry-interval", "1", "--supply-ticks", "86400")
PATIENCE = 60.0
"""Seconds that an answer may take on a machine that has much else to do."""


@asynccontextmanager
async def burners(count: int) -> AsyncIterator[None]:
    """So many processes that take all that they get of the machine's processors."""
    processes: list[Process] = []
    try:
        while len(processes) < count:
            processes.append(await asyncio.create_subprocess_exec(sys.executable, "-c", "while True: pass"))
        yield
    finally:
        for process in processes:
            process.kill()
            await process.wait()


@asynccontextmanager
async def at_speed(speed: int, folder: Path, *options: str) -> AsyncIterator[Network]:
    """A network whose drivers ask for the first ten of its points; killed in the end."""
    wanted = folder / "wanted.txt"
    wanted.write_text("\n".join(f"CP-{number:03}" for number in range(1, 11)))
    started = await start(folder, "--speed", str(speed), "--points", "10", "--requests-file", str(wanted), *options)
    try:
        url = (await started.until(r"Dashboard at (http://\S+) with"))[1]
        listener = asyncio.create_task(listen(started))
        async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=PATIENCE) as started.http:
            yield started
        listener.cancel()
    finally:
        started.process.kill()
        await started.process.wait()


async def listen(net: Network) -> None:
    """Keep what it says, so that it can go on saying."""
    assert net.process.stdout is not None
    async for line in net.process.stdout:
        net.said.append(line.decode())


async def states(net: Network) -> Counter[str]:
    return Counter(point["state"] for point in await net.get("/cp"))


def test_a_network_that_cannot_keep_its_speed_loses_no_point_and_obeys(tmp_path: Path) -> None:
    async def act() -> None:
        async with burners(2), at_speed(100, tmp_path, "--points", "100", "--drivers", "20") as net:
            while (seen := await states(net)).total() - seen["DISCONNECTED"] < 100:
                await asyncio.sleep(0.2)
            for _ in range(10):
                seen = await states(net)
                assert not seen["DISCONNECTED"] and not seen["FAULT"], seen
            point: dict[str, Any] = (await net.http.post("/cp/CP-007/stop")).raise_for_status().json()
            assert point["stopped"] is True
            health = await net.get("/health")
            assert health["status"] == "ok"
            said = health["reason"]
            assert said is None or said.startswith("The network cannot keep up with speed 100 and runs at ")

    asyncio.run(asyncio.wait_for(act(), 4 * PATIENCE))


def ledger_ahead(url: str, by: timedelta) -> datetime:
    """What a run at a high speed leaves behind: a ledger that knows of a later moment."""
    newest = datetime.now(UTC) + by
    store = SqlStore(url)
    notice = Notice(notice_id="N-1", ts=newest, level="info", text="Central status OK")
    store.commit(Commit(records=[("0", notice)], epochs=store.claim(["0"])))
    store.close()
    return newest


def test_a_network_goes_on_from_a_ledger_that_is_ahead_and_holds_no_bill(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    url = f"sqlite:///{tmp_path}/data/central.db"
    newest = ledger_ahead(url, 26 * HOUR)

    def said(net: Network) -> list[str]:
        return [line for line in net.said if "ahead of the clock of this machine" in line]

    async def act() -> None:
        # The first is killed in the middle of supplies; the second has to settle them, a day before they began.
        async with at_speed(1, tmp_path, *LONG) as net:
            assert len(said(net)) == 1
            assert "the time of this network goes on from there" in said(net)[0]
            while not any((point["session"] or {"kwh": 0})["kwh"] for point in await net.get("/cp")):
                await asyncio.sleep(0.1)
        async with at_speed(1, tmp_path, "--drivers", "0") as net:
            assert len(said(net)) == 1
            while {session["status"] for session in await net.get("/sessions")} & {"AUTHORISED", "SUPPLYING"}:
                await asyncio.sleep(0.1)

    asyncio.run(asyncio.wait_for(act(), 2 * PATIENCE))
    store = SqlStore(url)
    sessions, bills = store.select(Session), store.select(Bill)
    store.close()
    # One that was only just authorised when the first was killed has not begun.
    assert {session.status for session in sessions} <= {SessionStatus.COMPLETED, SessionStatus.FAILED}
    assert all(session.requested_at > newest for session in sessions)
    assert any(bill.energy_mwh for bill in bills)


def clock_at_noon() -> WallClock:
    machine = Machine()
    return WallClock(wall=machine.wall, monotonic=machine.monotonic)


def test_what_a_store_knows_decides_from_where_time_goes_on_and_that_is_said() -> None:
    said: list[str] = []
    clock = clock_at_noon()
    for newest in (None, NOON - HOUR, NOON + timedelta(seconds=59)):
        go_on_from(clock, newest, "ledger", lambda level, text: said.append(text))
        assert (clock.now(), said) == (NOON, [])
    go_on_from(clock, NOON + 25 * HOUR, "ledger", lambda level, text: said.append(text))
    assert clock.now() == NOON + 25 * HOUR
    assert said == [
        "The ledger goes on until 2026-01-02T13:00:00Z, 90,000 s ahead of the clock of this machine: "
        "the time of this network goes on from there"
    ]


def test_a_program_among_others_only_warns_and_goes_by_the_wall() -> None:
    said: list[str] = []
    clock = clock_at_noon()
    warn_if_ahead(clock, NOON + timedelta(seconds=59), "ledger", lambda level, text: said.append(text))
    assert said == []
    warn_if_ahead(clock, NOON + HOUR, "ledger", lambda level, text: said.append(text))
    assert clock.now() == NOON
    assert said == [
        "The ledger goes on until 2026-01-01T13:00:00Z, 3,600 s ahead of the clock of this machine: "
        "see that the clocks of all machines are right, for bills that disagree with them are held"
    ]


def test_that_the_clock_was_set_is_one_sentence() -> None:
    rest = "; what is under way goes on as if no time had passed, and moments are by the new time from now on"
    assert set_sentence(HOUR) == f"The clock of this machine was set 3,600 s forward, or the machine was asleep{rest}"
    assert set_sentence(-HOUR) == f"The clock of this machine was set 3,600 s back{rest}"


def test_the_newest_moment_is_that_of_the_programs_own_clock(tmp_path: Path) -> None:
    ledger = MemoryStore()
    assert newest_in_ledger(ledger) is None
    session = Session(
        session_id="S-1",
        request_id="R-1",
        driver_id="driver-alice",
        cp_id="CP-001",
        status=SessionStatus.SUSPECT,
        micro_euros_per_kwh=1,
        requested_at=NOON,
        started_at=NOON,
        ended_at=NOON + 48 * HOUR,
    )
    notice = Notice(notice_id="N-1", ts=NOON + HOUR, level="info", text="Central status OK")
    ledger.commit(Commit(records=[("0", session), ("0", notice)], epochs=ledger.claim(["0"])))
    assert newest_in_ledger(ledger) == NOON + HOUR
    journal = JournalStore(tmp_path / "engines.journal")
    assert newest_in_journal(journal) is None
    reading = Reading(cp_id="CP-001", register_mwh=1, ts=NOON + 2 * HOUR)
    journal.commit(Commit(records=[("CP-001", reading)], epochs=journal.claim(["CP-001"])))
    assert newest_in_journal(journal) == NOON + 2 * HOUR
    journal.close()
