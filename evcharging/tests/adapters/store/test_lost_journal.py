"""A journal that is removed, moved, replaced or written over while it is in use: nothing more is accepted, a sentence
says why, and all goes on when the very same file is back."""

import os
from contextlib import closing
from pathlib import Path

import pytest

from evcharging.adapters.store import StoreUnavailable
from evcharging.domain.supply import EngineMemory
from evcharging.tests.stages.lost_files import SPOILS, Spoil, journal_in, memory, moved_away
from evcharging.tests.stages.store_world import put


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
