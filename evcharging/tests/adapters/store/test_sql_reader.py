"""A ledger that is read beside the one who keeps it: it answers as the store itself, and leaves no trace."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

from evcharging.adapters.store import Store, StoreUnavailable
from evcharging.adapters.store.files import FileLock
from evcharging.adapters.store.history import Found, GroupTotal, Search
from evcharging.adapters.store.sql.reader import SqlReader
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.adapters.store.standing import Where
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.record import Record
from evcharging.domain.session import Session
from evcharging.domain.totals import Step, Total
from evcharging.tests.contracts.store_contract import StoreContract
from evcharging.tests.stages.empty_ledger import empty_ledger
from evcharging.tests.stages.lost_files import moved_away
from evcharging.tests.stages.store_world import NOW, put, session

R = TypeVar("R", bound=Record)


class ReadBeside(SqlStore):
    """A ledger of which all is read over connections of somebody else."""

    def __init__(self, url: str, first_epoch: int) -> None:
        super().__init__(url, first_epoch=first_epoch)
        self.reader = SqlReader(url)

    def fetch(self, kind: type[R], keys: Iterable[str]) -> list[R]:
        return self.reader.fetch(kind, keys)

    def select(self, kind: type[R], where: Where | None = None) -> list[R]:
        return self.reader.select(kind, where)

    def page(
        self, kind: type[R], *, limit: int, before: int | None = None, where: Where | None = None
    ) -> list[tuple[int, R]]:
        return self.reader.page(kind, limit=limit, before=before, where=where)

    def search(self, kind: type[R], search: Search) -> Found[R]:
        return self.reader.search(kind, search)

    def nearest(self, kind: type[R], at: datetime, where: Where | None = None, *, later: bool = False) -> list[R]:
        return self.reader.nearest(kind, at, where, later=later)

    def tally(self, kind: type[R], by: str, **how: Any) -> list[GroupTotal]:
        return self.reader.tally(kind, by, **how)

    def series(self, subject: str, step: Step, since: datetime, until: datetime) -> list[Total]:
        return self.reader.series(subject, step, since, until)

    def meter_values(self, session_ids: Sequence[str]) -> list[MeterValue]:
        return self.reader.meter_values(session_ids)

    def facts(self, kind: type[R]) -> list[R]:
        return self.reader.facts(kind)

    def close(self) -> None:
        self.reader.close()
        super().close()


class TestReadBesideSqlite(StoreContract):
    def open(self, folder: Path, *, first_epoch: int = 1) -> Store:
        return ReadBeside(empty_ledger(folder / "central.db"), first_epoch)


class TestReadBesidePostgres(StoreContract):
    @pytest.fixture(autouse=True)
    def find_ledger(self, ledger: str, tmp_path: Path) -> None:
        (tmp_path / "url").write_text(ledger)

    def open(self, folder: Path, *, first_epoch: int = 1) -> Store:
        return ReadBeside((folder / "url").read_text(), first_epoch)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return empty_ledger(tmp_path / "central.db")


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    with closing(SqlStore(url)) as store:
        yield store


def test_a_reader_holds_no_lock_and_leaves_the_log_to_the_one_who_writes(url: str, tmp_path: Path) -> None:
    with closing(SqlStore(url)) as store:
        put(store, session())
        reader = SqlReader(url)
        assert reader.select(Session) == [session()]
    with closing(reader):
        FileLock((tmp_path / "central.db").resolve()).close()


def test_a_reader_that_has_ended_before_lets_the_log_go_with_the_store(url: str, tmp_path: Path) -> None:
    with closing(SqlStore(url)) as store, closing(SqlReader(url)) as reader:
        put(store, session())
        assert reader.select(Session) == [session()]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["central.db", "central.db.lock"]


def test_a_reader_writes_and_removes_nothing(store: SqlStore, url: str) -> None:
    with closing(SqlReader(url)) as reader:
        with pytest.raises(StoreUnavailable, match="whoever keeps it removes what is old"):
            reader.remove_measured(values_before=NOW, minutes_before=NOW, limit=1)
        with pytest.raises(StoreUnavailable, match="readonly"):
            reader._reading.read(lambda connection: connection.exec_driver_sql("DELETE FROM facts"))


def test_a_reader_says_that_the_file_is_gone_and_goes_on_when_it_is_back(
    store: SqlStore, url: str, tmp_path: Path
) -> None:
    put(store, session())
    with closing(SqlReader(url)) as reader:
        heal = moved_away(tmp_path / "central.db")
        with pytest.raises(StoreUnavailable, match="cannot be found any more"):
            reader.select(Session)
        heal()
        assert reader.select(Session) == [session()]


def test_a_reader_of_a_ledger_that_is_not_there_makes_none(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="unable to open database file"):
        SqlReader(f"sqlite:///{tmp_path}/none.db")
    assert not [*tmp_path.iterdir()]
