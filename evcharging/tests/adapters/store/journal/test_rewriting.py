"""A journal that has grown is rewritten, and nothing is lost by it, whatever goes wrong."""

from itertools import pairwise
from pathlib import Path

import pytest

from evcharging.adapters.store import Commit, StoreUnavailable
from evcharging.adapters.store.journal.file import JournalFile
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.domain.supply import Reading, Supply
from evcharging.tests.contracts.durable_contract import full_disk
from evcharging.tests.stages.journal_stage import opened, opened_after, reading, supply
from evcharging.tests.stages.store_world import LOG, order, put, session


def rewritings(sizes: list[int]) -> int:
    return sum(after < before for before, after in pairwise(sizes))


def test_a_journal_that_has_grown_is_rewritten_and_keeps_everything(store: JournalStore, file: Path) -> None:
    store.commit(Commit(log_id="log-2", positions={("cp.status", 1): 5}))
    put(store, session("old"), supply("CP-2"), session("young"), outbox=("a", "b", "c"))
    store.commit(Commit(sent=[2, 3]))
    sizes = []
    for n in range(1000):
        store.commit(Commit(records=[("0", reading(n))], log_id=LOG, positions={("cp.status", 0): n}))
        sizes.append(file.stat().st_size)
    assert max(sizes) < 21_000
    assert rewritings(sizes) >= 3
    again = opened_after(store, file)
    for kind in (Reading, Supply, type(session())):
        assert again.page(kind, limit=9) == store.page(kind, limit=9) != []
    assert again.select(Reading) == [reading(999)]
    assert again.unsent(["0"]) == [(1, order("a"))]
    assert again.positions(LOG) == {("cp.status", 0): 999}
    assert again.positions("log-2") == {("cp.status", 1): 5}


def test_numbers_and_runs_go_on_after_a_rewriting(store: JournalStore, file: Path) -> None:
    store.commit(Commit(sent=put(store, outbox=("a", "b"))))
    size = 0
    while size < file.stat().st_size:
        size = file.stat().st_size
        store.commit(Commit(records=[("0", reading(size))]))
    store.close()
    again = JournalStore(file)
    assert again.claim(["0"]) == {"0": 2}
    assert again.commit(Commit(outbox=[("0", order("c"))])) == [3]
    again.close()


def test_a_large_state_is_not_rewritten_until_it_has_grown_fourfold(store: JournalStore, file: Path) -> None:
    fleet = [("0", reading(1, f"CP-{n}")) for n in range(1000)]
    sizes = []
    for _ in range(21):
        store.commit(Commit(records=[*fleet]))
        sizes.append(file.stat().st_size)
    assert rewritings(sizes) == 5


def test_a_rewriting_that_a_crash_cut_short_is_begun_anew(store: JournalStore, file: Path) -> None:
    put(store, reading(1))
    store.close()
    file.with_name("engine.journal.new").write_bytes(b"evcharging jou")
    assert opened(file).select(Reading) == [reading(1)]


def test_a_rewriting_that_fails_harms_no_commit(store: JournalStore, file: Path) -> None:
    file.with_name("engine.journal.new").mkdir()
    for n in range(500):
        store.commit(Commit(records=[("0", reading(n))]))
    assert file.stat().st_size > 40_000
    assert opened_after(store, file).select(Reading) == [reading(499)]


def test_a_rewriting_that_breaks_off_leaves_the_old_file_and_no_other(store: JournalStore, file: Path) -> None:
    put(store, reading(1))
    store.close()
    before = file.read_bytes()
    journal = JournalFile(file)
    with full_disk(file.parent, free=1000), pytest.raises(StoreUnavailable, match=r"^Cannot rewrite the journal"):
        journal.rewrite([b"1" * 10_000])
    journal.close()
    assert file.read_bytes() == before
    assert sorted(path.name for path in file.parent.iterdir()) == ["engine.journal", "engine.journal.lock"]
