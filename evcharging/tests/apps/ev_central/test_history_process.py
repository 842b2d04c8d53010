"""History that is read in a process of its own: pages say the same as those that Central reads itself."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx
import psutil
import pytest

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import WallClock
from evcharging.adapters.helper import HelperLost
from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.ev_central.central import Up, central
from evcharging.apps.ev_central.history_process import HistoryProcess, history_process
from evcharging.apps.ev_central.history_program import OF_THE_PAST, ask, history_app
from evcharging.apps.ev_central.history_wire import MistakeElsewhere, pack_answer, pack_mistake, read_answer
from evcharging.apps.ev_central.queries import PageAnswer, PageQuestion
from evcharging.apps.ev_central.web import PastRoute
from evcharging.apps.shell.logs import configure
from evcharging.apps.shell.status import Status
from evcharging.common.config import CentralSettings
from evcharging.tests.stages.central_world import START, World, living
from evcharging.tests.stages.empty_ledger import empty_ledger
from evcharging.tests.stages.lost_files import moved_away
from evcharging.tests.stages.store_world import WHOLE, put, session

PATHS = (
    *(f"/{kind}" for kind in ("sessions", "tickets", "requests", "messages", "drivers")),
    "/sessions?limit=2",
    "/sessions?cp_id=CP-1&status=SUPPLYING",
    "/sessions?colour=red",
    "/sessions?limit=0",
    "/drivers?limit=1",
    *(f"/api/v1/{kind}" for kind in ("sessions", "tickets", "requests", "notices", "drivers")),
    "/api/v1/sessions?q=S-&limit=3&sort=oldest&to=2030-01-01T00:00:00Z",
    "/api/v1/sessions/S-1",
    "/api/v1/sessions/S-1/meter-values",
    "/api/v1/sessions/n%C3%A9ver%20was",
    "/api/v1/tickets/S-1",
    "/api/v1/requests/none",
    "/api/v1/notices/none",
    "/api/v1/drivers/driver-1",
    "/api/v1/series?of=energy",
    "/api/v1/audit",
    "/api/v1/alerts?state=unclosed&rule=offline",
    "/api/v1/alerts/none",
    "/api/v1/alert-rules",
    "/api/v1/audit?subject=CP-1&refused=false",
    "/api/v1/series?of=energy&step=minute&point=CP-1",
    "/api/v1/series?of=colour",
    *(f"/api/v1/revenue?by={by}&from=2026-02-20T00:00:00Z" for by in ("day", "site", "point", "tariff", "driver")),
    "/api/v1/revenue?by=colour",
    "/api/v1/payments?state=captured&driver_id=driver-1",
    "/api/v1/payments?state=lent",
    "/api/v1/payments/none",
    "/api/v1/points/CP-1/states?from=2026-02-20T00:00:00Z&to=2026-03-02T00:00:00Z",
    "/api/v1/replay?at=2025-12-31T00:00:00Z",
    "/api/v1/replay?at=2025-12-31T00:00:00",
    "/api/v1/replay/changes?from=2025-12-31T00:00:00Z&to=2025-12-31T05:00:00Z&limit=1",
    "/api/v1/replay/incidents?limit=2&sort=oldest",
    "/api/v1/points/CP-1/states?from=2025-02-20T00:00:00Z",
    "/api/v1/points/CP-9/states",
    "/api/v1/utilisation?from=2026-02-20T00:00:00Z",
    "/api/v1/utilisation?from=2026-02-20T00:00:00Z&point=CP-1",
    *(f"/api/v1/exports/{kind}.{form}" for kind in ("sessions", "tickets") for form in ("csv", "json")),
    "/api/v1/exports/entries.csv",
    "/api/v1/books",
    "/api/v1/payments?state=captured",
    "/api/v1/payments/none",
    "/api/v1/exports/sessions.json?q=S-&sort=oldest&cp_id=CP-1&to=2030-01-01T00:00:00Z",
)


def test_every_route_of_the_past_is_compared() -> None:
    found = [route for each in OF_THE_PAST for route in each.api.routes if isinstance(route, PastRoute)]
    routes = [route for route in found if "GET" in (route.methods or ())]
    assert len(routes) > 10
    for route in routes:
        assert any(route.path_regex.match(path.partition("?")[0]) for path in PATHS), route.path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "central.db"


@pytest.fixture
def store(file: Path) -> Iterator[SqlStore]:
    with closing(SqlStore(empty_ledger(file))) as store:
        put(store, *WHOLE, *(session(f"S-{number:03}") for number in range(2, 60)))
        yield store


@asynccontextmanager
async def reading(store: SqlStore, file: Path) -> AsyncIterator[tuple[World, HistoryProcess]]:
    """A world whose history is read in a process that is up."""
    async with living(store) as world, history_process(f"sqlite:///{file}") as process:
        world.queries.elsewhere = process
        await process.helper.ask(b"{}")
        yield world, process


def test_every_page_of_the_past_is_the_same_in_the_process_and_in_central(store: SqlStore, file: Path) -> None:
    async def scene() -> None:
        async with reading(store, file) as (world, process):
            there = [await world.http.get(path) for path in PATHS]
            compressed = await world.http.get("/sessions", headers={"Accept-Encoding": "gzip"})
            plain = await world.http.get("/sessions", headers={"Accept-Encoding": "identity"})
            head = await world.http.head("/sessions")
            assert (process.helper.starts, process.remark()) == (1, None)
            world.queries.elsewhere = None
            for path, answer in zip(PATHS, there, strict=True):
                here = await world.http.get(path)
                assert (answer.status_code, answer.headers, answer.content) == (
                    here.status_code,
                    here.headers,
                    here.content,
                ), path
            assert compressed.content == plain.content
            assert (compressed.headers.get("content-encoding"), plain.headers.get("content-encoding")) == ("gzip", None)
            assert head.status_code == 200

    asyncio.run(scene())


def test_what_was_committed_is_read_at_once(store: SqlStore, file: Path) -> None:
    async def scene() -> None:
        async with reading(store, file) as (world, _):
            for number in range(20):
                put(store, session(f"new-{number}"))
                assert (await world.get("/sessions?limit=1"))[0]["session_id"] == f"new-{number}"

    asyncio.run(scene())


def test_the_stores_troubles_are_told_in_its_own_sentence(store: SqlStore, file: Path) -> None:
    async def scene() -> None:
        async with reading(store, file) as (world, process):
            heal = moved_away(file)
            answer = await world.get("/tickets", 503)
            assert "cannot be found any more" in answer["detail"]
            heal()
            await world.get("/tickets")
            assert process.helper.starts == 1

    asyncio.run(scene())


def test_a_page_is_answered_although_the_process_is_killed_meanwhile(store: SqlStore, file: Path) -> None:
    async def scene() -> None:
        async with reading(store, file) as (world, process):
            assert process.helper.pid is not None
            os.kill(process.helper.pid, signal.SIGSTOP)
            waits = asyncio.create_task(world.get("/sessions"))
            await until(lambda: bool(process.helper._run and process.helper._run._waiting))
            os.kill(process.helper.pid, signal.SIGKILL)
            assert len(await waits) == 50
            assert (process.helper.starts, process.remark()) == (2, None)

    asyncio.run(scene())


def test_central_reads_by_itself_until_the_process_is_up_and_where_it_cannot_be(store: SqlStore) -> None:
    async def scene() -> None:
        async with living(store) as world, history_process("sqlite:////nowhere/central.db") as process:
            world.queries.elsewhere = process
            assert len(await world.get("/sessions")) == 50
            await until(lambda: process.helper.trouble is not None)
            assert len(await world.get("/sessions")) == 50
            assert "History is not read in a process of its own (Cannot use the database" in (process.remark() or "")
            assert next(iter(process.samples()))[2] == 0

    asyncio.run(scene())


def test_a_question_without_an_answer_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lost:
        is_up = True

        async def ask(self, question: bytes) -> bytes:
            raise HelperLost("it died")

    async def scene() -> None:
        process = HistoryProcess("sqlite:///none.db")
        monkeypatch.setattr(process, "helper", Lost())
        with pytest.raises(StoreUnavailable, match=r"gave no answer \(it died\): ask again"):
            await process.answer(PageQuestion("/sessions", b"", "", START))

    asyncio.run(scene())


def test_a_mistake_there_is_told_here() -> None:
    answer = PageAnswer(200, (("a", "b"),), b"\0\xff")
    assert read_answer(pack_answer(answer)) == answer
    with pytest.raises(MistakeElsewhere, match="ZeroDivisionError"):
        read_answer(pack_mistake(ZeroDivisionError("of nothing")))


def test_the_process_knows_the_moment_at_which_it_is_asked(store: SqlStore) -> None:
    async def scene() -> None:
        app = history_app(store)
        found = await ask(app, PageQuestion("/api/v1/series", b"of=energy&step=hour", "", START))
        assert b'"at":"2026-01-01T11:00:00Z"' in found.body and b"2026-01-01T12:00:00Z" not in found.body

    asyncio.run(scene())


@asynccontextmanager
async def central_on(folder: Path) -> AsyncIterator[Up]:
    settings = CentralSettings.model_construct(
        http_port=0, listen_port=0, db_url=f"sqlite:///{folder}/central.db", partitions=2
    )
    clock = WallClock()
    configure("ERROR", clock.now)
    async with central(settings, MemoryBus(2), clock, Status()) as up:
        yield up


def test_the_process_begins_with_the_first_question_and_is_gone_before_the_ledger_closes(tmp_path: Path) -> None:
    async def scene() -> None:
        async with central_on(tmp_path) as up, httpx.AsyncClient(base_url=up.url, trust_env=False) as http:
            process = up.queries.elsewhere
            assert isinstance(process, HistoryProcess)
            await http.get("/cp")
            assert process.helper.starts == 0
            assert (await http.get("/sessions")).json() == []
            await until(lambda: process.helper.is_up)
            assert (await http.get("/sessions")).json() == []
            metrics = (await http.get("/metrics")).text
            assert "evcharging_history_process_up 1.0" in metrics
            assert (await http.get("/health")).json()["reason"] is None
            pid = process.helper.pid
        assert pid is not None and not psutil.pid_exists(pid)

    asyncio.run(scene())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["central.db", "central.db.lock", "keys.json"]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.01)
