"""The store's contract in sentences: every store passes these tests, whatever it is made of."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from evcharging.adapters.store import Commit, Store
from evcharging.domain.charging_point import Point
from evcharging.domain.record import Record
from evcharging.domain.session import Bill, Request, Session, SessionStatus, request_of
from evcharging.tests.contracts.commit_contract import CommitContract
from evcharging.tests.contracts.history_contract import HistoryContract
from evcharging.tests.stages.store_world import BARE, LOG, MESSAGES, WHOLE, names, order, put, session


class StoreContract(HistoryContract, CommitContract):
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
        assert store.facts(type(record)) == ([record] if record.is_fact or not self.keeps_history else [])

    def test_an_accepted_request_is_there_and_its_session_is_the_fact(self, store: Store) -> None:
        opened = session()
        put(store, request_of(opened), opened)
        assert store.select(Request) == [request_of(opened)]
        if self.keeps_history:
            assert (store.facts(Request), store.facts(Session)) == ([], [opened])

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
        assert store.fetch(Bill, ["S-1"]) == [record for record in WHOLE if isinstance(record, Bill)]
        assert store.fetch(Session, ["S-1"]) == [record for record in WHOLE if isinstance(record, Session)]

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

    def test_tens_of_thousands_of_values_can_be_asked_for(self, store: Store) -> None:
        put(store, session("A", cp_id="P-7"), session("B", cp_id="P-29999"), session("C"), outbox=("a",))
        many = [f"P-{n}" for n in range(30_000)]
        assert [record.key for record in store.select(Session, {"cp_id": many})] == ["A", "B"]
        assert [record.key for _, record in store.page(Session, limit=1, where={"cp_id": many})] == ["B"]
        assert names(store.unsent([*many, "0"])) == ["a"]

    def test_selecting_sees_the_newest_values_only(self, store: Store) -> None:
        put(store, session(status=SessionStatus.SUPPLYING))
        put(store, session(status=SessionStatus.COMPLETED))
        assert store.select(Session, {"status": ["SUPPLYING"]}) == []

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
