"""The store's contract in sentences, for stores that outlast their process: `DurableStoreContract`, and more for those
that several processes share, or whose files are their own."""

import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from evcharging.adapters.store import Commit, Fenced, Store, StoreUnavailable, Taken
from evcharging.domain.record import Record
from evcharging.domain.session import Request, Session
from evcharging.tests.contracts.store_contract import StoreContract
from evcharging.tests.stages.store_world import BARE, LOG, WHOLE, names, order, put, request, session

SPAWNED = get_context("spawn")
UNSPEAKABLE = "\ud800"
"""Half of a character: it has no UTF-8."""


def keep_committing(contract: type[StoreContract], folder: Path, said: Connection) -> None:
    """What another process does until it is killed: commit, and say so."""
    store = contract().open(folder)
    for n in range(100_000):
        put(store, session(f"S-{n}"), outbox=(f"S-{n}",))
        said.send(n)


class DurableStoreContract(StoreContract):
    """What a store does besides that outlasts its process."""

    def test_a_store_opened_again_answers_the_same(self, store: Store, tmp_path: Path) -> None:
        put(store, *WHOLE, *BARE, session("S-2", stop=5), outbox=("a", "b", "c"))
        store.commit(Commit(sent=[store.unsent(["0"])[1][0]], log_id=LOG, positions={("cp.status", 3): 4}))
        kinds = {type(record) for record in WHOLE}

        def answers(store: Store) -> list[object]:
            of_kinds = [(store.select(kind), store.facts(kind), store.page(kind, limit=9)) for kind in kinds]
            return [of_kinds, store.unsent(["0"]), store.positions(LOG)]

        before = answers(store)
        store.close()
        again = self.open(tmp_path)
        assert answers(again) == before
        again.close()

    def test_runs_and_numbers_grow_on_when_a_store_is_opened_again(self, store: Store, tmp_path: Path) -> None:
        numbers = put(store, outbox=("a", "b"))
        store.commit(Commit(sent=numbers))
        store.close()
        again = self.open(tmp_path)
        with pytest.raises(Fenced):
            again.commit(Commit(epochs={"0": 2}, records=[("0", session())]))
        assert again.claim(["0"]) == {"0": 2}
        assert again.commit(Commit(outbox=[("0", order("c"))]))[0] > max(numbers)
        again.close()

    def test_a_commit_whose_answer_was_lost_is_not_done_twice_when_a_store_is_opened_again(
        self, store: Store, tmp_path: Path
    ) -> None:
        commit = Commit(epochs=store.claim(["0"]), outbox=[("0", order("a")), ("0", order("b"))], serial=3)
        numbers = store.commit(commit)
        store.close()
        again = self.open(tmp_path)
        assert again.commit(commit) == numbers
        assert names(again.unsent(["0"])) == ["a", "b"]
        again.close()

    def test_no_run_falls_behind_the_first_epoch(self, store: Store, tmp_path: Path) -> None:
        store.claim(["0"])
        store.close()
        for first_epoch, runs in ((100, {"0": 100, "lost": 100}), (50, {"0": 101, "lost": 101})):
            again = self.open(tmp_path, first_epoch=first_epoch)
            assert again.claim(["0", "lost"]) == runs
            again.close()

    def test_what_was_fenced_is_not_there_when_a_store_is_opened_again(self, store: Store, tmp_path: Path) -> None:
        old = store.claim(["0"])
        store.claim(["0"])
        with pytest.raises(Fenced):
            store.commit(Commit(epochs=old, records=[("0", session())], outbox=[("0", order("late"))]))
        store.close()
        again = self.open(tmp_path)
        self.assert_nothing_is_there(again)
        again.close()

    def test_a_commit_with_a_message_that_cannot_be_written_writes_nothing(self, store: Store, tmp_path: Path) -> None:
        with pytest.raises(UnicodeEncodeError):
            put(store, session(), outbox=("a", UNSPEAKABLE))
        with pytest.raises(UnicodeEncodeError):
            put(store, session(), session(UNSPEAKABLE), outbox=("a",))
        self.assert_nothing_is_there(store)
        store.close()
        again = self.open(tmp_path)
        self.assert_nothing_is_there(again)
        again.close()

    def test_what_was_committed_survives_kill_9(self, tmp_path: Path) -> None:
        heard, said = SPAWNED.Pipe(duplex=False)
        child = SPAWNED.Process(target=keep_committing, args=(type(self), tmp_path, said))
        child.start()
        said.close()
        count = max(heard.recv() for _ in range(20)) + 1
        child.kill()
        child.join()
        with suppress(EOFError):
            while True:
                count = heard.recv() + 1
        heard.close()
        store = self.open(tmp_path)
        kept = [record.key for record in store.select(Session)]
        assert kept == names(store.unsent(["0"])) == [f"S-{n}" for n in range(len(kept))]
        assert len(kept) in (count, count + 1)
        store.close()

    def assert_nothing_is_there(self, store: Store) -> None:
        assert (store.select(Session), store.facts(Session), store.unsent(["0"])) == ([], [], [])


class SharedStoreContract(DurableStoreContract):
    """What a store does besides that several processes use at the same time."""

    def test_of_two_processes_that_say_a_request_at_once_one_is_refused(self, store: Store, tmp_path: Path) -> None:
        other = self.open(tmp_path)
        epochs = {"0": store.claim(["0"]), "1": other.claim(["1"])}

        def log(shard: str, asked: Store, n: int) -> bool:
            said = [(shard, request(f"R-{n}", driver_id=shard)), (shard, session(f"S-{n}-{shard}"))]
            try:
                asked.commit(Commit(epochs=epochs[shard], records=[*said], serial=n))
            except Taken:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            winners = []
            for n in range(1, 31):
                both = pool.submit(log, "0", store, n), pool.submit(log, "1", other, n)
                winners.append([shard for shard, said in zip("01", both, strict=True) if said.result()])
        other.close()
        assert {len(winner) for winner in winners} == {1}
        assert [record.driver_id for record in store.facts(Request)] == [winner for (winner,) in winners]
        assert sorted(record.key for record in store.select(Session)) == sorted(
            f"S-{n}-{winner}" for n, (winner,) in enumerate(winners, 1)
        )

    def test_the_newer_of_two_processes_has_the_shard(self, store: Store, tmp_path: Path) -> None:
        old = store.claim(["0"])
        other = self.open(tmp_path)
        new = other.claim(["0"])
        with pytest.raises(Fenced):
            store.commit(Commit(epochs=old, records=[("0", session("old"))], serial=1))
        other.commit(Commit(epochs=new, records=[("0", session("new"))], serial=1))
        assert store.select(Session) == other.select(Session) == [session("new")]
        other.close()


class FileStoreContract(DurableStoreContract):
    """What a store does besides whose files belong to its own process."""

    def test_a_disk_that_is_full_half_way_takes_nothing_and_later_commits_go_on(
        self, store: Store, tmp_path: Path
    ) -> None:
        epochs = store.claim(["0"])
        huge: list[tuple[str, Record]] = [("0", session(f"S-{n}", cp_id="x" * 1000)) for n in range(500)]
        with full_disk(tmp_path, free=50_000), pytest.raises(StoreUnavailable, match=r"^Cannot [^\n]+: [a-z][^\n]+$"):
            store.commit(Commit(epochs=epochs, records=huge, outbox=[("0", order("a"))]))
        self.assert_nothing_is_there(store)
        store.commit(Commit(epochs=epochs, records=[("0", session("after"))]))
        store.close()
        again = self.open(tmp_path)
        assert again.select(Session) == [session("after")]
        again.close()


@contextmanager
def full_disk(folder: Path, *, free: int) -> Iterator[None]:
    """No file may grow more than `free` bytes beyond the largest one: writes fail half-way, as on a full disk."""
    largest = max(file.stat().st_size for file in folder.iterdir())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + free, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
