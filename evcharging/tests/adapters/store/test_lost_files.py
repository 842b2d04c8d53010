"""Programs whose ledger or journal is gone: they are failing, say why, and go on when the very same file is back."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx
import pytest

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import WallClock
from evcharging.adapters.store import Store
from evcharging.apps.ev_central.central import central
from evcharging.apps.shell.logs import configure
from evcharging.apps.shell.program import running
from evcharging.apps.shell.status import Status
from evcharging.common.config import CentralSettings
from evcharging.domain.charging_point import Point
from evcharging.runtime.host import Host
from evcharging.tests.stages.lost_files import journal_in, ledger_in, moved_away


@asynccontextmanager
async def central_on(folder: Path, status: Status) -> AsyncIterator[str]:
    settings = CentralSettings.model_construct(
        http_port=0, listen_port=0, db_url=f"sqlite:///{folder}/data/central.db", partitions=2
    )
    clock = WallClock()
    configure("ERROR", clock.now)
    async with central(settings, MemoryBus(2), clock, status) as up:
        yield up.url


def test_central_is_failing_while_its_ledger_is_gone_and_goes_on_when_it_is_back(tmp_path: Path) -> None:
    async def scene() -> None:
        status = Status()
        async with central_on(tmp_path, status) as url, httpx.AsyncClient(base_url=url, trust_env=False) as http:
            assert (await http.post("/cp/register", json={"cp_id": "CP-1"})).status_code == 200
            assert (await http.get("/health")).status_code == 200
            heal = moved_away(tmp_path / "data" / "central.db")
            health = await http.get("/health")
            assert (health.status_code, health.json()["status"]) == (503, "failing")
            assert "data/central.db cannot be found any more" in health.json()["reason"]
            assert (await http.get("/health/ready")).json()["reason"] == health.json()["reason"]
            for answer in (await http.get("/tickets"), await http.post("/cp/register", json={"cp_id": "CP-2"})):
                assert answer.status_code == 503
                assert "cannot be found any more" in answer.json()["detail"]
            heal()
            assert (await http.get("/health")).status_code == 200
            assert (await http.post("/cp/register", json={"cp_id": "CP-2"})).status_code == 200
        with closing(ledger_in(tmp_path)) as store:
            assert [point.cp_id for point in store.select(Point)] == ["CP-1", "CP-2"]

    asyncio.run(scene())


def test_a_program_says_that_its_store_is_gone_though_it_has_nothing_to_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evcharging.apps.shell.program.BEAT_EVERY", 0.01)
    said: list[str] = []

    async def scene(store: Store) -> None:
        status, bus = Status(), MemoryBus(1)
        status.waiting = None

        def log(level: str, text: str, *about: object) -> None:
            said.append(text)

        async with running(WallClock(), log, lambda wake: Host(store, bus, on_ready=wake), status) as life:
            assert life.host and status.obstacle() is None
            heal = moved_away(tmp_path / "data" / "engine.journal")
            assert "cannot be found any more" in (status.obstacle() or "")
            await asyncio.wait_for(until(lambda: bool(said)), 20)
            heal()
            await asyncio.wait_for(until(lambda: len(said) == 2 and status.obstacle() is None), 20)

    with closing(journal_in(tmp_path)) as store:
        asyncio.run(scene(store))
    assert said[0].startswith("The journal ") and said[1] == "The store is there again"


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.01)
