"""The store's contract in sentences: every store passes these tests, whatever it is made of."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from evcharging.adapters.store import Commit, Fenced, Store, StoreUnavailable, Tally
from evcharging.domain.charging_point import Notice, Point
from evcharging.domain.record import Record
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.tests.commit_contract import CommitContract
from evcharging.tests.store_world import BARE, LOG, MESSAGES, WHOLE, names, order, put, session

SPAWNED = get_context("spawn")


class StoreContract(CommitContract):
    """What any store does. A subclass says how it is opened, and whether it remembers every older record."""

    keeps_history = True

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        store = self.open(tmp_path)
        yield store
        store.close()

    # Records

    @pytest.mark.parametrize("record", WHOLE + BARE, ids=lambda record: f"{type(record).__name__} {record.key}")
    def test_a_record_comes_back_as_it_was(self, store: Store, record: Record) -> None:
        put(store, record)
        assert store.fetch(type(record), [record.key]) == [record]
        assert store.select(type(record)) == [record]
        assert store.facts(type(record)) == [record]

    def test_a_subject_stands_as_its_newest_record_says(self, store: Store) -> None:
        put(store, session(stop=1))
        put(store, session(stop=2), session(stop=3))
        assert store.select(Session) == store.fetch(Session, ["S-1"]) == [session(stop=3)]

    def test_the_history_has_every_record_in_order(self, store: Store) -> None:
        put(store, session("A", stop=1), session("B", stop=2))
        put(store, Point(cp_id="CP-1"), session("A", stop=3), session("A", stop=4))
        stops = [record.register_stop_mwh for record in store.facts(Session)]
        assert stops == ([1, 2, 3, 4] if self.keeps_history else [4, 2])

    def test_kinds_with_the_same_key_stay_apart(self, store: Store) -> None:
        put(store, *WHOLE)
        assert store.fetch(Bill, ["S-1"]) == [WHOLE[2]]
        assert store.fetch(Session, ["S-1"]) == [WHOLE[1]]

    def test_fetching_follows_the_keys_asked_for_and_leaves_out_what_there_is_not(self, store: Store) -> None:
        put(store, *(session(f"S-{n}") for n in range(2500)))
        keys = [f"S-{n}" for n in reversed(range(2500))]
        assert [record.key for record in store.fetch(Session, [*keys, "none"])] == keys
        assert (store.fetch(Session, []), store.fetch(Bill, keys)) == ([], [])

    def test_selecting_gives_the_oldest_key_first_even_if_it_changed_last(self, store: Store) -> None:
        put(store, session("B"), session("A"))
        put(store, session("C"), session("B", stop=7))
        assert [(record.key, record.register_stop_mwh) for record in store.select(Session)] == [
            ("B", 7),
            ("A", 0),
            ("C", 0),
        ]

    def test_selecting_by_fields_wants_one_of_the_values_in_each(self, store: Store) -> None:
        put(
            store,
            session("A", cp_id="CP-1", status=SessionStatus.SUPPLYING),
            session("B", cp_id="CP-2", status=SessionStatus.AUTHORISED),
            session("C", cp_id="CP-1", status=SessionStatus.FAILED),
        )
        still_open = {"status": [SessionStatus.AUTHORISED, SessionStatus.SUPPLYING.value]}
        assert [record.key for record in store.select(Session, still_open)] == ["A", "B"]
        assert [record.key for record in store.select(Session, {**still_open, "cp_id": ["CP-1"]})] == ["A"]
        assert store.select(Session, {"cp_id": []}) == store.select(Session, {"cp_id": ["cp-1"]}) == []

    def test_selecting_sees_the_newest_values_only(self, store: Store) -> None:
        put(store, session(status=SessionStatus.SUPPLYING))
        put(store, session(status=SessionStatus.COMPLETED))
        assert store.select(Session, {"status": ["SUPPLYING"]}) == []

    def test_pages_go_from_the_youngest_key_to_the_oldest(self, store: Store) -> None:
        put(store, *(session(f"S-{n}") for n in range(5)))
        put(store, session("S-0", stop=9))
        pages, before = [], None
        for _ in range(4):
            page = store.page(Session, limit=2, before=before)
            pages.append([(record.key, record.register_stop_mwh) for _, record in page])
            before = page[-1][0] if page else before
        assert pages == [[("S-4", 0), ("S-3", 0)], [("S-2", 0), ("S-1", 0)], [("S-0", 9)], []]

    def test_a_page_is_not_disturbed_by_what_comes_meanwhile(self, store: Store) -> None:
        put(store, *(session(f"S-{n}") for n in range(4)))
        before = store.page(Session, limit=2)[-1][0]
        put(store, Point(cp_id="CP-1"), session("S-new"), session("S-1", stop=5))
        page = store.page(Session, limit=2, before=before)
        assert [(record.key, record.register_stop_mwh) for _, record in page] == [("S-1", 5), ("S-0", 0)]

    def test_a_page_holds_only_what_fits(self, store: Store) -> None:
        put(store, *(session(f"S-{n}", driver_id=f"driver-{n % 2}") for n in range(6)))
        page = store.page(Session, limit=2, where={"driver_id": ["driver-1"]})
        assert [record.key for _, record in page] == ["S-5", "S-3"]

    def test_a_tally_counts_and_sums_in_order_of_the_value(self, store: Store) -> None:
        put(store, session("A", driver_id="bob", stop=1), session("B", driver_id="Zoe", stop=10**18))
        put(
            store, session("C", driver_id="bob", stop=5), session("D", driver_id="émile"), session("A", driver_id="bob")
        )
        tallies = store.tally(Session, "driver_id", sums=["register_stop_mwh", "micro_euros_per_kwh"])
        assert tallies == [
            Tally("Zoe", 1, (10**18, 300_000)),
            Tally("bob", 2, (5, 600_000)),
            Tally("émile", 1, (0, 300_000)),
        ]
        assert all(type(total) is int for tally in tallies for total in tally.sums)

    def test_a_tally_leaves_out_records_without_a_value(self, store: Store) -> None:
        put(store, *WHOLE, *BARE)
        assert store.tally(Notice, "cp_id") == [Tally("c", 1, ())]

    def test_a_tally_goes_on_after_a_value(self, store: Store) -> None:
        put(store, *(session(f"S-{n}", driver_id=f"driver-{n}") for n in range(5)))
        first = store.tally(Session, "driver_id", limit=3)
        rest = store.tally(Session, "driver_id", after=first[-1].value, limit=3)
        assert [tally.value for tally in first + rest] == [f"driver-{n}" for n in range(5)]

    # Outgoing messages

    def test_a_message_comes_back_as_it_was(self, store: Store) -> None:
        store.commit(Commit(outbox=[("0", message) for message in MESSAGES]))
        assert [message for _, message in store.unsent(["0"])] == list(MESSAGES)

    def test_unsent_messages_come_oldest_first_across_the_shards_asked_for(self, store: Store) -> None:
        numbers = store.commit(Commit(outbox=[("1", order("a")), ("0", order("b")), ("2", order("c"))]))
        numbers += store.commit(Commit(outbox=[("0", order("d")), ("1", order("e"))]))
        assert numbers == sorted(set(numbers))
        assert names(store.unsent(["0", "1"])) == ["a", "b", "d", "e"]
        assert [number for number, _ in store.unsent(["2", "1", "0"])] == numbers
        assert store.unsent([]) == []

    def test_what_was_sent_is_forgotten_and_its_number_never_given_again(self, store: Store) -> None:
        first = put(store, outbox=("a", "b", "c"))
        store.commit(Commit(sent=[first[0], first[2], 999_999]))
        assert names(store.unsent(["0"])) == ["b"]
        store.commit(Commit(sent=first))
        assert store.unsent(["0"]) == []
        assert min(put(store, outbox=("d",))) > max(first)

    def test_numbers_follow_the_order_of_many_messages(self, store: Store) -> None:
        posts = tuple(f"S-{n}" for n in range(2500))
        numbers = put(store, outbox=posts)
        assert numbers == sorted(set(numbers))
        assert names(store.unsent(["0"])) == list(posts)

    # Input positions

    def test_positions_are_kept_for_each_place_of_each_log(self, store: Store) -> None:
        store.commit(Commit(log_id=LOG, positions={("cp.status", 0): 5, ("cp.status", 1): 1}))
        store.commit(Commit(log_id=LOG, positions={("cp.status", 0): 6, ("driver.requests", 0): 2**62}))
        store.commit(Commit(log_id="log-2", positions={("cp.status", 0): 1}))
        assert store.positions(LOG) == {("cp.status", 0): 6, ("cp.status", 1): 1, ("driver.requests", 0): 2**62}
        assert store.positions("log-2") == {("cp.status", 0): 1}
        assert store.positions("never read") == {}


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
