"""A ledger or a journal that is removed, moved, replaced or written over while it is in use: nothing more is accepted,
a sentence says why, and all goes on when the very same file is back."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx
import pytest

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import WallClock
from evcharging.adapters.store import Commit, Store, StoreUnavailable
from evcharging.adapters.store.files import FileLock
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.sql.sqlite_file import LedgerFile
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.ev_central.central import central
from evcharging.apps.shell.logs import configure
from evcharging.apps.shell.program import running
from evcharging.apps.shell.status import Status
from evcharging.common.config import CentralSettings
from evcharging.domain.charging_point import Point
from evcharging.domain.session import Session
from evcharging.domain.supply import EngineMemory
from evcharging.runtime.host import Host
from evcharging.tests.stages.store_world import put, session

Spoil = Callable[[Path], Callable[[], object] | None]
"""Does something to a file; gives what makes it good again, if anything does."""


def moved_away(file: Path) -> Callable[[], object]:
    elsewhere = file.with_name("elsewhere")
    file.rename(elsewhere)
    return lambda: elsewhere.replace(file)


def another_in_its_place(file: Path) -> Callable[[], object]:
    kept = file.with_name("kept")
    os.link(file, kept)
    shutil.copy(file, file.with_name("copy"))
    file.with_name("copy").replace(file)
    return lambda: kept.replace(file)


def removed(file: Path) -> None:
    file.unlink()


def the_folder_renamed(file: Path) -> Callable[[], object]:
    elsewhere = file.parent.with_name("renamed")
    file.parent.rename(elsewhere)
    return lambda: elsewhere.replace(file.parent)


def emptied_in_place(file: Path) -> None:
    file.write_bytes(b"")


def written_over_by_another_kind_of_file(file: Path) -> None:
    file.write_bytes(b"These are notes.\n" * 20_000)


SPOILS: list[Spoil] = [
    moved_away,
    another_in_its_place,
    removed,
    the_folder_renamed,
    emptied_in_place,
    written_over_by_another_kind_of_file,
]


def ledger_in(folder: Path) -> SqlStore:
    return SqlStore(f"sqlite:///{folder}/data/central.db")


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_ledger_that_is_not_the_same_any_more_takes_nothing_and_shows_nothing(tmp_path: Path, spoil: Spoil) -> None:
    file = tmp_path / "data" / "central.db"
    with closing(ledger_in(tmp_path)) as store:
        put(store, session("S-1"))
        epochs = store.claim(["0"])
        assert store.check() is None
        heal = spoil(file)
        said = store.check()
        assert said is not None and str(file) in said and "\n" not in said
        late = Commit(epochs=epochs, records=[("0", session("S-2"))], serial=1)
        for use in (lambda: store.commit(late), lambda: store.select(Session), lambda: store.claim(["0"])):
            with pytest.raises(StoreUnavailable, match=r"^The ledger[^\n]+: [^\n]+$"):
                use()
        if heal is not None:
            heal()
            assert store.check() is None
            store.commit(late)
            assert store.select(Session) == [session("S-1"), session("S-2")]


@pytest.mark.parametrize("end", ["-wal", "-shm"])
def test_a_log_or_index_that_is_removed_is_noticed_and_an_end_in_good_order_keeps_what_was_committed(
    tmp_path: Path, end: str
) -> None:
    with closing(ledger_in(tmp_path)) as store:
        put(store, session("S-1"))
        (tmp_path / "data" / f"central.db{end}").unlink()
        assert f"central.db{end} cannot be found any more" in (store.check() or "")
    with closing(ledger_in(tmp_path)) as store:
        assert store.select(Session) == [session("S-1")]


def test_a_removed_log_is_noticed_before_the_next_commit(tmp_path: Path) -> None:
    with closing(ledger_in(tmp_path)) as store:
        put(store, session("S-1"))
        (tmp_path / "data" / "central.db-wal").unlink()
        with pytest.raises(StoreUnavailable, match=r"central\.db-wal cannot be found any more"):
            put(store, session("S-2"))


def test_another_ledger_or_an_older_copy_that_is_written_over_a_ledger_is_noticed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    with closing(ledger_in(other)) as store:
        put(store, *(session(f"O-{n}", cp_id="x" * 500) for n in range(500)))
    with closing(ledger_in(tmp_path)) as store:
        put(store, session("S-1"))
    file = tmp_path / "data" / "central.db"
    shutil.copy(file, tmp_path / "older.db")
    with closing(ledger_in(tmp_path)) as store:
        put(store, *(session(f"S-{n}", cp_id="x" * 500) for n in range(500)))
    for foreign in (other / "data" / "central.db", tmp_path / "older.db"):
        shutil.copy(file, tmp_path / "good.db")
        store = ledger_in(tmp_path)
        assert store.check() is None
        shutil.copyfile(foreign, file)
        assert "was written over" in (store.check() or "")
        with pytest.raises(StoreUnavailable, match="was written over"):
            put(store, session("late"))
        shutil.copyfile(tmp_path / "good.db", file)
        store.close()


def test_what_others_do_to_a_ledger_in_good_order_is_not_taken_for_damage(tmp_path: Path) -> None:
    with closing(ledger_in(tmp_path)) as store, closing(ledger_in(tmp_path)) as other:
        for n in range(40):
            put(other if n % 2 else store, *(session(f"S-{n}-{m}", cp_id="x" * 500) for m in range(50)))
            assert (store.check(), other.check()) == (None, None)
        connection = other._database._writers.raw_connection()
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.cursor().execute("VACUUM")
        connection.close()
        assert store.check() is None
        put(store, session("S-after"))


def test_the_lock_of_a_ledger_that_is_removed_is_taken_again(tmp_path: Path) -> None:
    with closing(ledger_in(tmp_path)) as store:
        (tmp_path / "data" / "central.db.lock").unlink()
        assert store.check() is None
        with pytest.raises(BlockingIOError):
            FileLock(tmp_path / "data" / "central.db")
    FileLock(tmp_path / "data" / "central.db").close()


def journal_in(folder: Path) -> JournalStore:
    return JournalStore(folder / "data" / "engine.journal", compact_from=10_000)


def memory(number: int) -> EngineMemory:
    return EngineMemory(cp_id="CP-1", central_seq=number)


@pytest.mark.parametrize("spoil", SPOILS)
def test_a_journal_that_is_not_the_same_any_more_takes_nothing(tmp_path: Path, spoil: Spoil) -> None:
    with closing(journal_in(tmp_path)) as store:
        put(store, memory(1))
        heal = spoil(tmp_path / "data" / "engine.journal")
        with pytest.raises(StoreUnavailable, match=r"^The journal [^\n]+: put that one back[^\n]+$"):
            put(store, memory(2))
        assert store.select(EngineMemory) == [memory(1)]
        if heal is None:
            return
        heal()
        assert store.check() is None
        put(store, memory(3))
    with closing(journal_in(tmp_path)) as store:
        assert store.select(EngineMemory) == [memory(3)]


def test_a_journal_that_goes_while_it_is_written_is_noticed_before_anybody_hears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "data" / "engine.journal"
    sync = os.fsync
    with closing(journal_in(tmp_path)) as store:
        before = file.read_bytes()

        def gone_meanwhile(descriptor: int) -> None:
            sync(descriptor)
            if file.exists():
                file.rename(tmp_path / "elsewhere")

        monkeypatch.setattr(os, "fsync", gone_meanwhile)
        with pytest.raises(StoreUnavailable, match="cannot be found any more"):
            put(store, memory(1))
        assert (tmp_path / "elsewhere").read_bytes() == before


def test_a_ledger_that_goes_during_a_commit_is_noticed_before_anybody_hears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "data" / "central.db"
    with closing(ledger_in(tmp_path)) as store:
        late = Commit(epochs=store.claim(["0"]), records=[("0", session())], serial=1)
        looked, look = [0], LedgerFile.must_be_there

        def gone_after_the_first_look(self: LedgerFile) -> None:
            look(self)
            looked[0] += 1
            if looked[0] == 1:
                file.rename(tmp_path / "elsewhere")

        monkeypatch.setattr(LedgerFile, "must_be_there", gone_after_the_first_look)
        with pytest.raises(StoreUnavailable, match="cannot be found any more"):
            store.commit(late)
        (tmp_path / "elsewhere").replace(file)
        assert store.commit(late) == []
        assert store.facts(Session) == [session()]


def test_what_somebody_else_adds_to_a_journal_is_noticed(tmp_path: Path) -> None:
    with closing(journal_in(tmp_path)) as store:
        put(store, memory(1))
        with (tmp_path / "data" / "engine.journal").open("ab") as file:
            file.write(b"another line\n")
        with pytest.raises(StoreUnavailable, match="was written to by somebody else"):
            put(store, memory(2))


def test_a_journal_whose_lock_was_removed_and_taken_by_another_process_takes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "data" / "engine.journal"
    with closing(journal_in(tmp_path)) as store:
        file.with_name("engine.journal.lock").unlink()
        put(store, memory(1))
        with pytest.raises(StoreUnavailable, match="in use by another process"):
            journal_in(tmp_path)
        file.with_name("engine.journal.lock").unlink()
        with closing(journal_in(tmp_path)), pytest.raises(StoreUnavailable, match="in use by another process as well"):
            put(store, memory(2))
        put(store, memory(3))


def test_a_journal_is_never_rewritten_over_another_file(tmp_path: Path) -> None:
    file = tmp_path / "data" / "engine.journal"
    with closing(journal_in(tmp_path)) as store:
        put(store, memory(1))
        moved_away(file)
        file.write_bytes(b"evcharging journal 1\n")
        for _ in range(300):
            with pytest.raises(StoreUnavailable):
                put(store, memory(2))
        assert file.read_bytes() == b"evcharging journal 1\n"


def test_a_journal_stays_the_same_through_its_own_rewritings(tmp_path: Path) -> None:
    file = tmp_path / "data" / "engine.journal"
    inodes = set()
    with closing(journal_in(tmp_path)) as store:
        for number in range(400):
            put(store, memory(number))
            assert store.check() is None
            inodes.add(file.stat().st_ino)
    assert len(inodes) > 1


# Programs


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
