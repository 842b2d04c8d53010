"""The store's contract about runs, repeats and refusals, in sentences; part of `store_contract`."""

from dataclasses import replace
from pathlib import Path

import pytest

from evcharging.adapters.store import Commit, Fenced, Refused, Store, Taken
from evcharging.common.messages import Message
from evcharging.domain.record import Record
from evcharging.domain.session import Request, Session
from evcharging.tests.stages.store_world import LOG, names, order, put, request, session

NOW_OR_LATER = 1_772_368_215


class CommitContract:
    """What any store promises of a claim and a commit."""

    def open(self, folder: Path, *, first_epoch: int = 1) -> Store:
        raise NotImplementedError

    # Runs of a shard

    def test_each_claim_begins_the_next_run_of_each_shard(self, store: Store) -> None:
        assert store.claim(["0", "1"]) == {"0": 1, "1": 1}
        assert store.claim(["1", "2"]) == {"1": 2, "2": 1}
        assert store.claim([]) == {}

    def test_thousands_of_shards_are_claimed_at_once(self, store: Store) -> None:
        shards = [f"CP-{n}" for n in range(17_000)]
        assert store.claim(shards) == dict.fromkeys(shards, 1)
        assert store.claim(shards) == dict.fromkeys(shards, 2)

    @pytest.mark.parametrize("epoch", [0, 1, 3])
    def test_a_run_that_is_not_the_newest_is_fenced_and_writes_nothing(self, store: Store, epoch: int) -> None:
        store.claim(["0"])
        store.claim(["0", "1"])
        number = store.commit(Commit(outbox=[("0", order("kept"))]))
        late = Commit(
            epochs={"1": 1, "0": epoch},
            records=[("0", session())],
            outbox=[("0", order("late"))],
            sent=number,
            log_id=LOG,
            positions={("cp.status", 0): 9},
            serial=1,
        )
        with pytest.raises(Fenced, match=f"Shard 0 is in run 2, not {epoch}"):
            store.commit(late)
        assert (store.select(Session), store.facts(Session), store.positions(LOG)) == ([], [], {})
        assert names(store.unsent(["0"])) == ["kept"]

    def test_a_shard_that_was_never_claimed_is_fenced(self, store: Store) -> None:
        with pytest.raises(Fenced, match="Shard 5 is in run 0, not 1"):
            store.commit(Commit(epochs={"5": 1}, records=[("5", session())]))

    def test_an_empty_commit_changes_nothing(self, store: Store) -> None:
        assert store.commit(Commit()) == []
        assert (store.unsent(["0"]), store.positions("")) == ([], {})

    # Commits whose answer was lost

    def test_a_commit_whose_answer_was_lost_is_not_done_twice(self, store: Store) -> None:
        first = put(store, outbox=("a", "b"))
        commit = Commit(
            epochs=store.claim(["1", "0"]),
            records=[("0", session(stop=1)), ("1", session(stop=2)), ("0", request())],
            outbox=[("1", order("c")), ("0", order("d")), ("1", order("e"))],
            sent=first[:1],
            log_id=LOG,
            positions={("cp.status", 0): 9},
            serial=7,
        )
        numbers = store.commit(commit)
        other = store.commit(Commit(epochs=store.claim(["2"]), outbox=[("2", order("x"))], serial=9))
        assert store.commit(commit) == store.commit(replace(commit)) == numbers
        assert [number for number, _ in store.unsent(["0", "1", "2"])] == [first[1], *numbers, *other]
        assert store.fetch(Session, ["S-1"]) == [session(stop=2)]
        assert len(store.facts(Request)) == 1

    def test_a_repeated_commit_puts_no_older_record_in_place_of_another_shards_newer_one(self, store: Store) -> None:
        commit = Commit(epochs=store.claim(["0"]), records=[("0", session(stop=1))], serial=1)
        store.commit(commit)
        put(store, session(stop=2), shard="1")
        assert store.commit(commit) == []
        assert store.fetch(Session, ["S-1"]) == [session(stop=2)]

    def test_each_next_serial_is_another_commit(self, store: Store) -> None:
        epochs = store.claim(["0", "1"])
        for serial in (1, 2, 5):
            store.commit(Commit(epochs=epochs, outbox=[("0", order(f"both-{serial}"))], serial=2 * serial))
            store.commit(Commit(epochs={"1": 1}, outbox=[("1", order(f"one-{serial}"))], serial=2 * serial + 1))
        assert names(store.unsent(["0", "1"])) == [f"{which}-{n}" for n in (1, 2, 5) for which in ("both", "one")]

    def test_a_commit_without_a_serial_is_another_one_each_time(self, store: Store) -> None:
        commit = Commit(epochs=store.claim(["0"]), outbox=[("0", order("a"))])
        assert store.commit(commit) != store.commit(commit)
        assert names(store.unsent(["0"])) == ["a", "a"]

    def test_serials_begin_anew_with_each_run(self, store: Store) -> None:
        for name in ("first", "second"):
            store.commit(Commit(epochs=store.claim(["0"]), outbox=[("0", order(name))], serial=1))
        assert names(store.unsent(["0"])) == ["first", "second"]

    def test_a_repeated_commit_of_a_run_that_was_overtaken_is_fenced(self, store: Store) -> None:
        commit = Commit(epochs=store.claim(["0"]), outbox=[("0", order("a"))], serial=1)
        store.commit(commit)
        store.claim(["0"])
        with pytest.raises(Fenced):
            store.commit(commit)
        assert names(store.unsent(["0"])) == ["a"]

    @pytest.mark.parametrize(("lost", "kept"), [("0", "1"), ("1", "0")])
    def test_what_lasted_is_not_done_twice_for_the_shards_that_were_not_overtaken(
        self, store: Store, lost: str, kept: str
    ) -> None:
        epochs = store.claim(["0", "1"])
        records: list[tuple[str, Record]] = [(lost, session("L")), (kept, session("K"))]
        outbox: list[tuple[str, Message]] = [(kept, order("k-1")), (lost, order("l")), (kept, order("k-2"))]
        numbers = store.commit(Commit(epochs=epochs, records=records, outbox=outbox, serial=4))
        store.claim([lost])
        rest = Commit(epochs={kept: epochs[kept]}, records=records[1:], outbox=[outbox[0], outbox[2]], serial=4)
        assert store.commit(rest) == [numbers[0], numbers[2]]
        assert names(store.unsent([kept])) == ["k-1", "k-2"]
        assert len(store.facts(Session)) == 2

    def test_a_shard_that_nobody_claimed_remembers_commits_of_run_0(self, store: Store) -> None:
        commit = Commit(epochs={"0": 0}, outbox=[("0", order("a"))], serial=1)
        assert store.commit(commit) == store.commit(commit)
        assert names(store.unsent(["0"])) == ["a"]
        assert store.claim(["0"]) == {"0": 1}

    def test_a_commit_that_comes_after_a_later_one_is_refused(self, store: Store) -> None:
        late, next_one = (
            Commit(epochs={"0": 1}, outbox=[("0", order(str(serial)))], serial=serial) for serial in (1, 2)
        )
        store.claim(["0"])
        store.commit(next_one)
        with pytest.raises(Refused, match="Commit 1 of shard 0 comes after commit 2"):
            store.commit(late)
        assert names(store.unsent(["0"])) == ["2"]

    # What is said only once

    @pytest.mark.parametrize("shard", ["0", "1"])
    def test_a_request_that_is_there_with_other_content_is_taken_and_nothing_is_written(
        self, store: Store, shard: str
    ) -> None:
        put(store, request(), outbox=("kept",))
        with pytest.raises(Taken, match=r"^Request R-1 was recorded before, with other content$"):
            put(store, session(), request(driver_id="another"), session("S-2"), outbox=("late",), shard=shard)
        assert store.select(Request) == store.facts(Request) == [request()]
        assert (store.select(Session), store.facts(Session)) == ([], [])
        assert names(store.unsent(["0", "1"])) == ["kept"]

    def test_one_commit_with_two_contents_of_a_request_is_taken(self, store: Store) -> None:
        with pytest.raises(Taken, match="Request R-1 was recorded before"):
            put(store, session(), request(accepted=True), request(accepted=False), outbox=("late",))
        assert (store.select(Request), store.select(Session), store.unsent(["0"])) == ([], [], [])

    def test_a_request_said_again_stays_as_it_is_and_what_comes_with_it_is_written(self, store: Store) -> None:
        put(store, request("R-1"), request("R-2"), request("R-1"))
        put(store, session(), request("R-3"), request("R-2"), request("R-3"), outbox=("a",))
        assert store.select(Request) == store.facts(Request) == [request(name) for name in ("R-1", "R-2", "R-3")]
        assert store.facts(Session) == [session()]
        assert names(store.unsent(["0"])) == ["a"]

    def test_a_commit_that_was_refused_may_be_followed_by_another_with_its_serial(self, store: Store) -> None:
        put(store, request())
        epochs = store.claim(["0"])
        with pytest.raises(Taken):
            store.commit(Commit(epochs=epochs, records=[("0", request(driver_id="another"))], serial=1))
        store.commit(Commit(epochs=epochs, outbox=[("0", order("a"))], serial=1))
        assert names(store.unsent(["0"])) == ["a"]

    # The first epoch

    def test_a_new_store_begins_its_runs_with_the_first_epoch(self, tmp_path: Path) -> None:
        store = self.open(tmp_path, first_epoch=NOW_OR_LATER)
        assert store.claim(["0"]) == {"0": NOW_OR_LATER}
        assert store.claim(["0", "1"]) == {"0": NOW_OR_LATER + 1, "1": NOW_OR_LATER}
        assert store.commit(Commit(epochs={"0": NOW_OR_LATER + 1}, outbox=[("0", order("a"))])) != []
        store.close()
