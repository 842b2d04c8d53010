"""The history in a SQL database: a search is one answer of one moment, and sums are read from an index alone."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from evcharging.adapters.store.history import Search
from evcharging.adapters.store.sql.engine import open_engine
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.notice import Notice
from evcharging.domain.record import Record
from evcharging.domain.session import Bill, Request
from evcharging.tests.stages.empty_ledger import empty_ledger
from evcharging.tests.stages.postgres import Postgres
from evcharging.tests.stages.store_world import NOW, put


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return empty_ledger(tmp_path / "central.db")
    server: Postgres = request.getfixturevalue("postgres")
    return server.emptied("ledger")


def stopped(minute: int) -> Notice:
    return Notice(notice_id=f"N-{minute}", ts=NOW + timedelta(minutes=minute), level="info", text="Stopped")


Statement = tuple[str, Any]
"""Its text, and what is given to it."""


@contextmanager
def statements_from(table: str, on_first: Callable[[], object] = lambda: None) -> Iterator[list[Statement]]:
    """All statements that read a table, from every store; `on_first` is called once the first one has its rows."""
    said: list[Statement] = []

    def on_statement(_: Any, __: Any, text: str, given: Any, *___: Any) -> None:
        if f"FROM {table}" in text:
            said.append((text, given))
            if len(said) == 1:
                on_first()

    event.listen(Engine, "after_cursor_execute", on_statement)
    try:
        yield said
    finally:
        event.remove(Engine, "after_cursor_execute", on_statement)


def test_what_is_committed_while_a_page_is_looked_for_does_not_move_where_the_look_ended(url: str) -> None:
    search = Search(limit=50, text="stop", look_at=4)
    with closing(SqlStore(url)) as store, closing(SqlStore(url)) as other:
        put(store, *(stopped(minute) for minute in range(8)))
        with statements_from("notices", lambda: put(other, stopped(9))) as said:
            first = store.search(Notice, search)
        assert len(said) == 2
        second = store.search(Notice, replace(search, beyond=first.looked_to))
    found = [record.notice_id for page in (first, second) for _, record in page.records]
    assert found == [f"N-{minute}" for minute in reversed(range(8))]


def test_only_a_look_for_a_text_asks_for_its_end_and_tells_it_where_it_found_too_little(url: str) -> None:
    with closing(SqlStore(url)) as store:
        put(store, *(stopped(minute) for minute in range(8)))
        for text, limit, asked, is_told in (("stop", 4, 2, False), ("stop", 5, 2, True), ("", 50, 1, False)):
            with statements_from("notices") as said:
                found = store.search(Notice, Search(limit=limit, text=text, look_at=4))
            assert (len(said), found.looked_to is not None) == (asked, is_told)


def plan_of(url: str, statement: Statement) -> str:
    """How the database goes about it, had it so many rows that to read all of them is no way."""
    text, given = statement
    engine = open_engine(url, patience_s=5)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")
            connection.exec_driver_sql("SET enable_bitmapscan = off")
        explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
        plan = connection.exec_driver_sql(f"{explain} {text}", given).all()
    engine.dispose()
    return "\n".join(str(row[-1]) for row in plan)


@pytest.mark.parametrize("only", [None, "driver-1"])
@pytest.mark.parametrize(("kind", "sums"), [(Bill, ["energy_mwh", "micro_euros"]), (Request, [])])
def test_what_drivers_asked_for_and_were_billed_is_read_from_an_index_alone_and_not_sorted(
    url: str, kind: type[Record], sums: list[str], only: str | None
) -> None:
    with closing(SqlStore(url)) as store, statements_from(kind.table) as said:
        store.tally(kind, "driver_id", sums=sums, only=only)
    plan = plan_of(url, said[0])
    index = f"ix_{kind.table}_driver_id"
    assert f"USING COVERING INDEX {index}" in plan or f"Index Only Scan using {index}" in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan
