"""A ledger that is removed, moved, replaced or written over while it is in use: nothing more is accepted, a sentence
says why, and all goes on when the very same file is back."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest

from evcharging.adapters.store import Commit, StoreUnavailable
from evcharging.adapters.store.files import FileLock
from evcharging.adapters.store.sql.sqlite_file import LedgerFile
from evcharging.domain.session import Session
from evcharging.tests.stages.lost_files import SPOILS, Spoil, ledger_in
from evcharging.tests.stages.store_world import put, session


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
