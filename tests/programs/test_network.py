"""The whole network as `evcharging run` starts it: it serves, ends, starts again, and survives being killed."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from evcharging.adapters.bus import Bus
from evcharging.adapters.clock import WallClock
from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.network.drivers import driver_ids
from evcharging.apps.network.ids import point_ids
from evcharging.apps.network.network import NetworkSetup, infrastructure, until_connected
from evcharging.apps.shell.logs import configure
from evcharging.apps.shell.program import run_program
from evcharging.common.config import (
    CentralSettings,
    DriverSettings,
    EngineSettings,
    NetworkSettings,
)
from evcharging.common.messages import DriverRequest
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.domain.supply import Reading, Supply
from tests.programs.network_process import SOON, network


@pytest.fixture(autouse=True)
def quiet() -> None:
    configure("ERROR", WallClock().now)


FILE = ("--requests-file", "requests.txt")
QUICK = (*FILE, "--telemetry-interval", "0.1", "--supply-ticks", "3", "--request-interval", "0.1")
LONG = (*FILE, "--telemetry-interval", "0.05", "--supply-ticks", "86400")


@asynccontextmanager
async def again(folder: Path) -> AsyncIterator[tuple[Bus, httpx.AsyncClient]]:
    """The same network once more, in this process and without drivers: its bus, and its HTTP API."""
    setup = NetworkSetup(
        NetworkSettings.model_construct(points=2),
        CentralSettings.model_construct(http_port=0, listen_port=0, db_url=f"sqlite:///{folder}/data/central.db"),
        EngineSettings.model_construct(journal=str(folder / "data" / "engines.journal")),
        DriverSettings.model_construct(),
    )
    ids = point_ids(2)
    async with (
        infrastructure(setup, ids, WallClock()) as (bus, up),
        httpx.AsyncClient(base_url=up.url, trust_env=False) as http,
    ):
        await until_connected(up.panel, ids, asyncio.Event())
        yield bus, http


async def ask_until(http: httpx.AsyncClient, path: str, holds: Callable[[Any], Any]) -> Any:
    """Ask until the answer is as it should be."""
    async with asyncio.timeout(SOON):
        while not holds(answer := (await http.get(path)).json()):
            await asyncio.sleep(0.02)
        return answer


def test_once_means_that_all_ends_when_every_driver_has_gone_through_its_file(tmp_path: Path) -> None:
    async def scene() -> None:
        (tmp_path / "requests.txt").write_text("CP-001\nCP-404\nCP-002\n")
        async with network(tmp_path, *QUICK, "--once", "--drivers", "2") as first:
            await first.until(r"Driver:driver-\w+ \| All requests are served: ")
            await first.until(r"Driver:driver-\w+ \| All requests are served: ")
            assert await first.ended() == 0
        async with again(tmp_path) as (_, http):
            assert {ticket["kwh"] for ticket in (await http.get("/tickets")).json()} == {0.001833}
            assert len((await http.get("/requests")).json()) == 6

    asyncio.run(scene())


def test_ctrl_c_ends_it_and_another_start_remembers(tmp_path: Path) -> None:
    async def scene() -> None:
        (tmp_path / "requests.txt").write_text("CP-001\nCP-404\n")
        async with network(tmp_path, *QUICK, "--request-interval", "60") as first:
            await first.until(r"Driver:driver-alice \| ✔️ CP-001 \| COMPLETED")
            tickets = await first.get("/tickets")
            sessions = await first.get("/sessions")
            assert [(ticket["cp_id"], ticket["kwh"]) for ticket in tickets] == [("CP-001", 0.001833)]
            viewer = await connect(str(first.http.base_url.join("/ws")).replace("http", "ws"), proxy=None)
            assert await first.end(signal.SIGINT) == 0
            await viewer.wait_closed()
            assert "Traceback" not in "".join(first.said)
        async with again(tmp_path) as (_, http):
            assert (await http.get("/tickets")).json() == tickets
            assert (await http.get("/sessions")).json() == sessions
            points = (await http.get("/cp")).json()
            assert [(point["cp_id"], point["state"]) for point in points] == [
                ("CP-001", "ACTIVATED"),
                ("CP-002", "ACTIVATED"),
            ]

    asyncio.run(scene())


def test_in_json_every_line_is_an_object_with_the_ids_that_it_is_about(tmp_path: Path) -> None:
    async def scene() -> None:
        (tmp_path / "requests.txt").write_text("CP-001\nCP-404\n")
        async with network(tmp_path, *QUICK, "--once", "--log-format", "json") as started:
            await started.until(r"All requests are served: 1 COMPLETED, 1 DENIED")
            assert await started.ended() == 0
            lines = [json.loads(line) for line in "".join(started.said).splitlines()]
        assert all(line.keys() >= {"ts", "level", "component", "message"} for line in lines)
        [end] = [line for line in lines if line["message"].startswith("Session completed. ")]
        assert (end["component"], end["cp_id"], end["driver_id"]) == ("CP_E:CP-001", "CP-001", "driver-alice")
        assert end["session_id"].startswith("session-")

    asyncio.run(scene())


def test_a_supply_that_kill_9_interrupts_is_billed_once_for_just_what_the_journal_says(tmp_path: Path) -> None:
    async def scene() -> None:
        (tmp_path / "requests.txt").write_text("CP-001\n")
        async with network(tmp_path, *LONG) as killed:
            for _ in range(4):
                await killed.until(r"🔋 CP-001 \| IN_PROGRESS")
            assert await killed.end(signal.SIGKILL) == -signal.SIGKILL
        supply, register = journalled(tmp_path)
        energy = register - supply.register_start_mwh
        assert supply.is_open
        assert energy > 0
        async with again(tmp_path) as (bus, http):
            [ticket] = await ask_until(http, f"/tickets?session_id={supply.session_id}", bool)
            assert ticket["kwh"] == energy / 1_000_000
            assert ticket["ended_by"] == "charging point restarted"
            now = WallClock().now()
            bus.publish(DriverRequest(ts=now, request_id="next", driver_id="driver-bob", cp_id="CP-001"))
            await ask_until(http, "/cp/CP-001", lambda point: point["state"] == "SUPPLYING")
        later, _ = journalled(tmp_path)
        assert later.session_id != supply.session_id
        assert later.register_start_mwh == register
        with closing(SqlStore(f"sqlite:///{tmp_path}/data/central.db")) as ledger:
            bills = [bill.energy_mwh for bill in ledger.facts(Bill) if bill.session_id == supply.session_id]
            assert bills == [energy]
            assert ledger.select(Session, {"status": [SessionStatus.AUTHORISED, SessionStatus.SUPPLYING]}) == []

    asyncio.run(scene())


def journalled(folder: Path) -> tuple[Supply, int]:
    """The newest supply of CP-001 and its register, as the journal has them."""
    with closing(JournalStore(folder / "data" / "engines.journal", volatile=frozenset({Reading}))) as journal:
        [supply] = [each for each in journal.select(Supply) if each.cp_id == "CP-001"]
        [reading] = [each for each in journal.select(Reading) if each.cp_id == "CP-001"]
        return supply, reading.register_mwh


async def refused(setup: NetworkSetup) -> str:
    """Why a network cannot start."""
    try:
        async with infrastructure(setup, point_ids(1), WallClock()):
            pytest.fail("it started")
    except (ExceptionGroup, OSError, StoreUnavailable) as error:
        reason: BaseException = error
        while isinstance(reason, BaseExceptionGroup):
            [reason] = reason.exceptions
        return str(reason)


def second(folder: Path, http_port: int, listen_port: int, journal: str) -> NetworkSetup:
    """A network that would use the same database as the first."""
    return NetworkSetup(
        NetworkSettings.model_construct(points=1),
        CentralSettings.model_construct(
            http_port=http_port, listen_port=listen_port, db_url=f"sqlite:///{folder}/data/central.db"
        ),
        EngineSettings.model_construct(journal=str(folder / "data" / journal)),
        DriverSettings.model_construct(),
    )


def test_a_second_start_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    async def scene() -> None:
        async with again(tmp_path) as (_, http):
            port = http.base_url.port or 0
            registered = await http.post("/cp/register", json={"cp_id": "CP-001"})
            tcp_port = registered.json()["tcp_port"]
            held = await refused(second(tmp_path, 0, 0, "engines.journal"))
            assert held.endswith(" is in use by another process: stop that one or give this one its own")
            assert f"Port {port} is already in use: " in await refused(second(tmp_path, port, 0, "other.journal"))
            assert f"Port {tcp_port} is already in use: " in await refused(second(tmp_path, 0, tcp_port, "a.journal"))
            assert (await http.post("/cp/CP-001/stop")).json()["state"] == "STOPPED"
            assert (await http.get("/health")).json()["status"] == "ok"

    asyncio.run(scene())


@pytest.fixture
def signals() -> Iterator[None]:
    """What a program makes of signals in its last moments is not for this process."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def raise_soon(number: signal.Signals) -> None:
    asyncio.get_running_loop().call_soon(os.kill, os.getpid(), number)


@pytest.mark.usefixtures("signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_program_in_good_order(number: signal.Signals) -> None:
    async def main(stop: asyncio.Event) -> None:
        raise_soon(number)
        await stop.wait()
        ended.append("in good order")

    ended: list[str] = []
    run_program(main)
    assert ended == ["in good order"]


@pytest.mark.usefixtures("signals")
def test_a_signal_ends_a_program_that_still_waits_for_something_else() -> None:
    async def main(stop: asyncio.Event) -> None:
        raise_soon(signal.SIGINT)
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("tidied up")

    ended: list[str] = []
    run_program(main)
    assert ended == ["tidied up"]


@pytest.mark.usefixtures("signals")
def test_a_second_signal_cuts_a_good_end_short() -> None:
    async def main(stop: asyncio.Event) -> None:
        raise_soon(signal.SIGTERM)
        await stop.wait()
        raise_soon(signal.SIGTERM)
        await asyncio.Event().wait()

    run_program(main)


def test_points_and_drivers_have_names_of_their_own() -> None:
    assert point_ids(3) == ["CP-001", "CP-002", "CP-003"]
    assert point_ids(1000)[-2:] == ["CP-999", "CP-1000"]
    assert point_ids(20_000)[:10] == point_ids(10)
    assert driver_ids(2) == ["driver-alice", "driver-bob"]
    assert len(set(driver_ids(100))) == 100
