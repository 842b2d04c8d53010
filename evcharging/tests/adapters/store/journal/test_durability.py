"""What is on the disk once a commit is done: all but what a power cut may take."""

import os
from pathlib import Path

import pytest

from evcharging.adapters.store import Commit, StoreUnavailable
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.domain.supply import Reading
from evcharging.tests.contracts.durable_contract import full_disk
from evcharging.tests.stages.journal_stage import opened, reading, supply
from evcharging.tests.stages.store_world import LOG, order, put


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with every sync to the disk."""
    synced: list[int] = []
    fsync = os.fsync

    def watched(descriptor: int) -> None:
        synced.append(descriptor)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    return synced


def test_only_what_a_power_cut_may_take_is_not_synced(store: JournalStore, synced: list[int]) -> None:
    def syncs(commit: Commit) -> int:
        before = len(synced)
        store.commit(commit)
        return len(synced) - before

    assert syncs(Commit(records=[("0", reading(1))], log_id=LOG, positions={("cp.status", 0): 1})) == 0
    assert syncs(Commit(sent=[7])) == 0
    assert syncs(Commit(records=[("0", reading(2)), ("0", supply())])) == 1
    assert syncs(Commit(outbox=[("0", order("a"))])) == 1
    before = len(synced)
    store.claim(["0"])
    assert len(synced) == before + 1


def test_a_new_file_and_its_folder_are_synced(tmp_path: Path, synced: list[int]) -> None:
    opened(tmp_path / "new")
    assert len(synced) == 2


def test_a_write_that_fails_half_way_leaves_the_file_as_it_was(store: JournalStore, file: Path) -> None:
    put(store, reading(1))
    before = file.read_bytes()
    with full_disk(file.parent, free=100), pytest.raises(StoreUnavailable, match=r"File too large\): raise the limit"):
        store.commit(Commit(records=[("0", reading(n)) for n in range(10)]))
    assert file.read_bytes() == before
    assert store.select(Reading) == [reading(1)]


def test_what_was_not_synced_is_in_the_file_all_the_same(store: JournalStore, file: Path) -> None:
    put(store, reading(1))
    copy = file.with_name("copy")
    copy.write_bytes(file.read_bytes())
    assert opened(copy).select(Reading) == [reading(1)]
