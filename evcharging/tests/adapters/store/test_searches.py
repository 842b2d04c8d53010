"""A search in a SQL database is one answer of one moment, whoever commits meanwhile."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from evcharging.adapters.store.history import Search
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.notice import Notice
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


@contextmanager
def after_the_first_look(store: SqlStore, late: Notice) -> Iterator[list[str]]:
    """Somebody commits a notice as soon as a statement has looked for a text; all statements that read notices."""
    said: list[str] = []

    def on_statement(_: Any, __: Any, statement: str, *___: Any) -> None:
        if "FROM notices" in statement:
            said.append(statement)
            if len(said) == 1:
                put(store, late)

    event.listen(Engine, "after_cursor_execute", on_statement)
    try:
        yield said
    finally:
        event.remove(Engine, "after_cursor_execute", on_statement)


def test_what_is_committed_while_a_page_is_looked_for_does_not_move_where_the_look_ended(url: str) -> None:
    search = Search(limit=50, text="stop", look_at=4)
    with closing(SqlStore(url)) as store, closing(SqlStore(url)) as other:
        put(store, *(stopped(minute) for minute in range(8)))
        with after_the_first_look(other, stopped(9)) as said:
            first = store.search(Notice, search)
        assert len(said) == 2
        second = store.search(Notice, replace(search, beyond=first.looked_to))
    found = [record.notice_id for page in (first, second) for _, record in page.records]
    assert found == [f"N-{minute}" for minute in reversed(range(8))]


@pytest.mark.parametrize("search", [Search(limit=4, text="stop", look_at=4), Search(limit=50, look_at=4)], ids=str)
def test_only_a_look_that_ended_too_early_asks_for_its_end(url: str, search: Search) -> None:
    with closing(SqlStore(url)) as store, closing(SqlStore(url)) as other:
        put(store, *(stopped(minute) for minute in range(8)))
        with after_the_first_look(other, stopped(9)) as said:
            found = store.search(Notice, search)
        assert (len(said), found.looked_to) == (1, None)
