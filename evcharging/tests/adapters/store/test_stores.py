"""All stores keep one contract, and whatever is done to them they answer as the one in memory does."""

import shutil
from dataclasses import dataclass, field, replace
from datetime import timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evcharging.adapters.store import Commit, Refused, Store
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.memory import MemoryStore
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.common.messages import Level
from evcharging.domain.charging_point import Point
from evcharging.domain.notice import Notice
from evcharging.domain.record import Record
from evcharging.domain.session import Request, Session, SessionStatus
from evcharging.tests.contracts.durable_contract import DurableStoreContract, FileStoreContract, SharedStoreContract
from evcharging.tests.contracts.store_contract import StoreContract
from evcharging.tests.stages.empty_ledger import empty_ledger
from evcharging.tests.stages.postgres import Postgres
from evcharging.tests.stages.store_world import LOG, NOW, order, request, session


class TestMemoryStore(StoreContract):
    def open(self, folder: Path, *, first_epoch: int = 1) -> Store:
        return MemoryStore(keep_facts=True, first_epoch=first_epoch)


class TestSqlStore(FileStoreContract, SharedStoreContract):
    def open(self, folder: Path, *, first_epoch: int = 1) -> Store:
        return SqlStore(empty_ledger(folder / "central.db"), first_epoch=first_epoch)


class TestPostgresStore(SharedStoreContract):
    @pytest.fixture(autouse=True)
    def find_ledger(self, ledger: str, tmp_path: Path) -> None:
        (tmp_path / "url").write_text(ledger)

    def open(self, folder: Path, *, first_epoch: int = 1) -> Store:
        return SqlStore((folder / "url").read_text(), first_epoch=first_epoch)


class TestJournalStore(FileStoreContract):
    keeps_history = False

    def open(self, folder: Path, *, first_epoch: int = 1) -> Store:
        return JournalStore(folder / "engine.journal", first_epoch=first_epoch)


SHARDS = ("0", "1", "2")
KINDS: tuple[type[Record], ...] = (Session, Point, Notice, Request)

moments = st.builds(
    lambda seconds, hours: (NOW + timedelta(seconds=seconds)).astimezone(timezone(timedelta(hours=hours))),
    st.floats(-1e10, 1e10),
    st.integers(-12, 12),
)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
levels = st.sampled_from(get_args(Level))
records: st.SearchStrategy[Record] = st.one_of(
    st.builds(
        session,
        st.sampled_from("ABC"),
        status=st.sampled_from(SessionStatus),
        cp_id=st.sampled_from(["CP-1", "CP-2"]),
        driver_id=texts,
        stop=st.integers(0, 10**15),
    ),
    st.builds(Point, cp_id=st.sampled_from("ABC"), site_id=st.none() | texts, retired_at=st.none() | moments),
    st.builds(request, st.sampled_from("AB"), driver_id=st.sampled_from(["", "a"])),
    st.builds(Notice, notice_id=texts, ts=moments, level=levels, text=texts, cp_id=st.none() | texts),
)
shards = st.sampled_from(SHARDS)


@dataclass(frozen=True)
class Step:
    """One thing done to a store; `late` commits as the run before the newest, `sent` names the n-th message posted;
    `times`: how often the same commit is given."""

    claims: list[str] = field(default_factory=list)
    commit: Commit | None = None
    late: bool = False
    times: int = 1
    opens_again: bool = False


commits = st.builds(
    Commit,
    records=st.lists(st.tuples(shards, records), max_size=5),
    outbox=st.lists(st.tuples(shards, st.builds(order, st.sampled_from("abcdef"))), max_size=4),
    sent=st.lists(st.integers(0, 12), max_size=4),
    log_id=st.sampled_from([LOG, "log-2"]),
    positions=st.dictionaries(
        st.tuples(st.sampled_from(["cp.status", "driver.requests"]), st.integers(0, 2)), st.integers(0, 99)
    ),
)
steps = st.one_of(
    st.builds(Step, claims=st.lists(shards, unique=True)),
    st.builds(Step, commit=commits, late=st.sampled_from([False, False, False, True]), times=st.integers(1, 2)),
    st.just(Step(opens_again=True)),
)


class Driven:
    """A store that is led through steps, and what can be asked of it."""

    def __init__(self, contract: StoreContract, folder: Path) -> None:
        self.contract = contract
        self.folder = folder
        self.store = contract.open(folder)
        self.epochs = dict.fromkeys(SHARDS, 0)
        self.numbers: list[int] = []
        self.serial = 0

    def follow(self, step: Step) -> str:
        """What became of it."""
        if step.opens_again and isinstance(self.contract, DurableStoreContract):
            self.store.close()
            self.store = self.contract.open(self.folder)
        self.epochs |= self.store.claim(step.claims)
        return "done" if step.commit is None else self._commit(step.commit, step.late, step.times)

    def _commit(self, commit: Commit, late: bool, times: int) -> str:
        written = {shard for shard, _ in (*commit.records, *commit.outbox)}
        epochs = {shard: self.epochs[shard] - late for shard in written}
        sent = [self.numbers[n] for n in commit.sent if n < len(self.numbers)]
        self.serial += 1
        same = replace(commit, epochs=epochs, sent=sent, serial=self.serial)
        try:
            answers = [self.store.commit(same) for _ in range(times if epochs else 1)]
        except Refused as refusal:
            return str(refusal)
        self.numbers += answers[0]
        return "done" if answers[0] == answers[-1] else "done twice"

    def answers(self) -> list[object]:
        store, answers = self.store, list[object]()
        for kind in KINDS:
            answers += [store.select(kind), store.fetch(kind, ["B", "A", "none", "B"])]
            answers.append([record for _, record in store.page(kind, limit=2)])
        for where in ({"status": ["AUTHORISED", "FAILED"]}, {"cp_id": ["CP-1"], "driver_id": ["", "a"]}):
            answers += [
                store.select(Session, where),
                [record for _, record in store.page(Session, limit=9, where=where)],
            ]
        answers += [
            store.tally(Session, "driver_id", sums=["register_stop_mwh"]),
            store.tally(Notice, "level", limit=2),
        ]
        answers += [store.positions(LOG), store.positions("log-2")]
        answers += [[message for _, message in store.unsent(some)] for some in (SHARDS, ["1"])]
        return answers

    def history(self) -> list[list[Record]]:
        return [list[Record](self.store.facts(kind)) for kind in KINDS]


@pytest.fixture(scope="module")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new")
    TestSqlStore().open(folder).close()
    return folder / "central.db"


plans = st.lists(steps, min_size=1, max_size=12)


@given(plans)
@settings(max_examples=25, deadline=None)
def test_after_any_steps_a_file_answers_as_the_store_in_memory(new_database: Path, plan: list[Step]) -> None:
    with TemporaryDirectory() as folder:
        shutil.copy(new_database, folder)
        follow_all(plan, Path(folder), TestMemoryStore(), TestSqlStore(), TestJournalStore())


@given(plans)
@settings(max_examples=6, deadline=None)
def test_after_any_steps_postgresql_answers_as_the_store_in_memory(postgres: Postgres, plan: list[Step]) -> None:
    with TemporaryDirectory() as folder:
        (Path(folder) / "url").write_text(postgres.emptied("ledger"))
        follow_all(plan, Path(folder), TestMemoryStore(), TestPostgresStore())


def follow_all(plan: list[Step], folder: Path, *contracts: StoreContract) -> None:
    memory, *others = (Driven(contract, folder) for contract in contracts)
    try:
        for step in plan:
            done = memory.follow(step)
            assert done != "done twice"
            assert [other.follow(step) for other in others] == [done] * len(others)
        for other in others:
            assert other.answers() == memory.answers()
            assert not other.contract.keeps_history or other.history() == memory.history()
    finally:
        for other in others:
            other.store.close()
