"""Moves a whole ledger to another database, all or nothing; after that nobody can write to the old one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import URL, BigInteger, Column, Connection, Engine, func, select, type_coerce, update
from sqlalchemy.types import TypeEngine

from evcharging.adapters.store import StoreUnusable
from evcharging.adapters.store.sql.columns import Moment
from evcharging.adapters.store.sql.engine import open_engine, read_url
from evcharging.adapters.store.sql.migrations import MOVED, VERSION, is_behind, is_moved, migrate, revision_of
from evcharging.adapters.store.sql.numbers import go_on_after, last_number
from evcharging.adapters.store.sql.statements import statements_for
from evcharging.adapters.store.sql.tables import METADATA, SHARDS, TABLES
from evcharging.adapters.store.sql.transactions import run
from evcharging.adapters.store.sql.troubles import place
from evcharging.domain.session import Bill

PATIENCE_S = 10.0
"""How long commits that are under way are waited for."""

ROWS_AT_ONCE = 2000
ALL_TABLES = METADATA.sorted_tables

Progress = Callable[[int, int], None]
"""Is told how many rows there are, and how many are copied."""


class Figures(NamedTuple):
    """What a ledger adds up to, and its copy must: rows and the last numbers given, by table; all bills."""

    rows: dict[str, int]
    numbers: dict[str, int]
    energy_mwh: int
    micro_euros: int


def move(source_url: str, target_url: str, progress: Progress = lambda of, done: None) -> Figures:
    """Copy everything into an empty database, and close the old one to every program, one that is using it included.
    Raises StoreUnavailable and BadStoreUrl, after which the target is as empty as before."""
    _must_be_there(source_url)
    with _opened(source_url) as source, _opened(target_url) as target:
        if source.url == target.url:
            raise StoreUnusable(f"The old and the new database are the same, {place(source.url)}: give another one")
        _must_have_a_ledger(source)
        if is_behind(target):
            migrate(target)

        def copy(old: Connection) -> Figures:
            # The copy lasts before the old one is closed: a crash in between leaves both, and never neither.
            return run(target, lambda new: _move(old, new, progress), repeatable=False)

        return run(source, copy, repeatable=False)


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = open_engine(url, patience_s=PATIENCE_S, writes=True, unhurried=True)
    try:
        yield engine
    finally:
        engine.dispose()


def _must_be_there(address: str) -> None:
    url = read_url(address)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        raise _no_ledger(url)


def _must_have_a_ledger(source: Engine) -> None:
    stored = run(source, revision_of)
    if stored is None:
        raise _no_ledger(source.url)
    # From where one was moved it may be moved again, since nobody can have written to it.
    if not is_moved(stored) and is_behind(source):
        migrate(source)


def _no_ledger(url: URL) -> StoreUnusable:
    return StoreUnusable(f"There is no ledger in {place(url)}: give the address of one")


def _move(old: Connection, new: Connection, progress: Progress) -> Figures:
    _hold(old)
    _hold(new)
    if any(new.execute(select(table).limit(1)).first() for table in ALL_TABLES):
        raise StoreUnusable(f"The database {place(new.engine.url)} is not empty: give one without a ledger")
    # Whoever uses the old one is of an older run from here on, and can begin no new one.
    old.execute(update(SHARDS).values(epoch=SHARDS.c.epoch + 1, serial=0))
    old.execute(update(VERSION).values(version_num=MOVED))
    figures = _figures(old)
    _copy(old, new, partial(progress, sum(figures.rows.values())))
    for table in ALL_TABLES:
        go_on_after(new, table, figures.numbers[table.name])
    if _figures(new) != figures:
        raise StoreUnusable(f"The copy in {place(new.engine.url)} is not like the ledger: it was undone; try again")
    return figures


def _hold(connection: Connection) -> None:
    """Let nobody else write until the transaction ends; SQLite holds its file from the beginning."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.name for table in ALL_TABLES)
        connection.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")


def _copy(old: Connection, new: Connection, progress: Callable[[int], None]) -> None:
    """All rows, as they are kept."""
    statements = statements_for(new.dialect.name)
    done = 0
    for table in ALL_TABLES:
        columns = [type_coerce(column, _kept_as(column)).label(column.name) for column in table.c]
        wanted = select(*columns).order_by(*table.primary_key).execution_options(yield_per=ROWS_AT_ONCE)
        with old.execute(wanted) as result:
            for part in result.mappings().partitions():
                statements.write(new, [statements.copy(table, [dict(row) for row in part])], [])
                done += len(part)
                progress(done)


def _kept_as(column: Column[Any]) -> TypeEngine[Any]:
    return BigInteger() if isinstance(column.type, Moment) else column.type


def _figures(connection: Connection) -> Figures:
    counts = {table.name: connection.scalars(select(func.count()).select_from(table)).one() for table in ALL_TABLES}
    sums = select(func.sum(TABLES[Bill].c.energy_mwh), func.sum(TABLES[Bill].c.micro_euros))
    energy_mwh, micro_euros = connection.execute(sums).one()
    return Figures(
        rows=counts,
        numbers={table.name: last_number(connection, table) for table in ALL_TABLES},
        energy_mwh=int(energy_mwh or 0),
        micro_euros=int(micro_euros or 0),
    )
