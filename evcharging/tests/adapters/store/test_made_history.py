"""A ledger that is filled in bulk, to measure how it is read, is the one that a store would have written."""

from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect, select

from benchmarks.history.fill import fill_postgres, fill_sqlite
from benchmarks.history.ledgers import ledger
from benchmarks.history.measured import measure
from benchmarks.history.past import Past, Plan
from benchmarks.history.rows import COLUMNS
from evcharging.adapters.store import Commit
from evcharging.adapters.store.sql.engine import open_engine
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.adapters.store.sql.tables import METADATA
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.session import Session
from evcharging.tests.stages.postgres import Postgres

PLAN = Plan(sessions=60, meter_values=2, points=7, sites=3, drivers=20, days=16)
AT_ONCE = 500
"""Records in a commit."""


def address(folder: Path, name: str) -> str:
    return f"sqlite:///{folder / name}"


def committed(url: str) -> str:
    """A ledger that a store wrote, commit by commit."""
    records = [*Past(PLAN).records()]
    with closing(SqlStore(url)) as store:
        epochs = store.claim(["0"])
        for start in range(0, len(records), AT_ONCE):
            some = [("0", record) for record in records[start : start + AT_ONCE]]
            store.commit(Commit(epochs=epochs, records=some, serial=start + 1))
    return url


def filled(url: str) -> str:
    """A ledger that was filled in bulk."""
    SqlStore(url).close()
    if url.startswith("sqlite"):
        fill_sqlite(url.removeprefix("sqlite:///"), PLAN)
    else:
        fill_postgres(url.replace("+psycopg", ""), PLAN)
    return url


def rows_in(url: str) -> dict[str, list[Any]]:
    """What is in the tables that are filled, in the order in which it was written, or else in order of its key."""
    engine = open_engine(url, patience_s=5)
    found = {}
    with engine.begin() as connection:
        for table, names in COLUMNS.items():
            columns = METADATA.tables[table].c
            wanted = select(*(columns[name] for name in names)).order_by(*METADATA.tables[table].primary_key)
            found[table] = [tuple(row) for row in connection.execute(wanted)]
    engine.dispose()
    return found


def indexes_in(url: str) -> list[Any]:
    engine = open_engine(url, patience_s=5)
    tables = inspect(engine)
    found = [
        (table, tables.get_pk_constraint(table), tables.get_unique_constraints(table), tables.get_indexes(table))
        for table in COLUMNS
    ]
    engine.dispose()
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return address(tmp_path, "filled.db")
    server: Postgres = request.getfixturevalue("postgres")
    return server.url(server.new_database())


def test_it_has_the_rows_and_indexes_that_a_store_writes_and_its_totals_are_those_of_its_bills(
    empty: str, tmp_path: Path
) -> None:
    SqlStore(empty).close()
    before = indexes_in(empty)
    rows = rows_in(filled(empty))
    assert {table: len(some) > 0 for table, some in rows.items()} == dict.fromkeys(COLUMNS, True)
    assert rows == rows_in(committed(address(tmp_path, "committed.db")))
    assert indexes_in(empty) == before
    with closing(SqlStore(empty)) as store:
        store.rebuild_totals()
    assert rows_in(empty)["totals"] == rows["totals"]


def test_a_past_is_the_same_for_the_same_seed_and_no_point_has_two_sessions_at_once() -> None:
    records = [*Past(PLAN).records()]
    assert records == [*Past(PLAN).records()]
    assert records != [*Past(replace(PLAN, seed=2)).records()]
    sessions = [record for record in records if isinstance(record, Session)]
    values = Counter(record.session_id for record in records if isinstance(record, MeterValue))
    assert len(sessions) == PLAN.sessions
    assert {values[session.session_id] for session in sessions if session.started_at} == {PLAN.meter_values}
    ends: dict[str, datetime] = {}
    for session in sessions:
        assert session.ended_at is not None
        assert session.requested_at >= ends.get(session.cp_id, session.requested_at)
        ends[session.cp_id] = session.ended_at


def test_more_sessions_than_points_have_room_for_are_refused() -> None:
    with pytest.raises(ValueError, match="more points, or days"):
        next(Past(replace(PLAN, sessions=10_000)).records())


def test_what_is_kept_is_reused_for_the_same_past_alone(tmp_path: Path) -> None:
    with ledger("sqlite", PLAN, tmp_path) as made:
        changed = Path(made.url.removeprefix("sqlite:///")).stat().st_mtime_ns
    with ledger("sqlite", PLAN, tmp_path) as again:
        assert again == made
        assert Path(again.url.removeprefix("sqlite:///")).stat().st_mtime_ns == changed
    with pytest.raises(ValueError, match="has another past"), ledger("sqlite", replace(PLAN, seed=2), tmp_path):
        pass
    (tmp_path / "plan.json").unlink()
    with pytest.raises(ValueError, match="never completed"), ledger("sqlite", PLAN, tmp_path):
        pass


def test_every_page_answers() -> None:
    run = measure(PLAN, times=1)
    assert {page.status for page in run.pages} == {200}
    assert run.ledger.rows["sessions"] == PLAN.sessions
    assert run.ledger.bytes_of() > run.ledger.bytes_of("meter_values") > 0
    assert run.lookup_ms > 0
