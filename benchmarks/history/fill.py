"""Fills an empty ledger with rows, quickly: without indexes, which are made afterwards as they were. On PostgreSQL each
table is one COPY, and indexes of two tables are made at a time; on SQLite many rows are one transaction. Nothing is
synced meanwhile."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import BigInteger, Boolean, Column, bindparam, insert, select
from sqlalchemy.dialects import sqlite

from benchmarks.history.rows import TableRow, Values
from evcharging.adapters.store.sql.columns import Moment
from evcharging.adapters.store.sql.tables import METADATA
from evcharging.common.utils import field_names
from evcharging.domain.charging_point import Point
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.session import Bill, Request, Session
from evcharging.domain.totals import Total

COLUMNS = {
    **{kind.table: field_names(kind) for kind in (Point, Session, Bill, Request)},
    "meter_values": field_names(MeterValue),
    "totals": field_names(Total),
}
"""The columns of each table that is filled; the database numbers the rows."""

ROWS_AT_ONCE = 10_000
INDEXES_AT_ONCE = 2
LARGEST_FIRST = ("meter_values", "totals", "sessions", "requests", "tickets", "points")

Progress = Callable[[str], None]

CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype IN ('p', 'u') AND conrelid::regclass::text = ANY(%s) ORDER BY 1, 2
"""
INDEXES = """
SELECT tablename, indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND schemaname = 'public'
AND indexname NOT IN (SELECT conname FROM pg_constraint) ORDER BY 1
"""


def fill_postgres(address: str, rows: Iterable[TableRow], tell: Progress) -> None:
    """Fill the ledger at an address of psycopg's."""
    with psycopg.connect(address, autocommit=True) as connection:
        made = _drop_indexes(connection)
        with ExitStack() as stack:
            writes = {table: stack.enter_context(_copy(address, table)).write_row for table in COLUMNS}
            for table, row in rows:
                writes[table](row)
        with ThreadPoolExecutor(INDEXES_AT_ONCE) as pool:
            for _ in pool.map(lambda table: _make_indexes(address, made[table], tell), LARGEST_FIRST):
                pass
        tell("looking it over")
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


@contextmanager
def _copy(address: str, table: str) -> Iterator[psycopg.Copy]:
    """Rows are frozen, and as if they had been vacuumed, since their table is emptied first."""
    names = SQL(", ").join(map(Identifier, COLUMNS[table]))
    statement = SQL("COPY {} ({}) FROM STDIN (FREEZE, FORMAT BINARY)").format(Identifier(table), names)
    with psycopg.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute(SQL("TRUNCATE {}").format(Identifier(table)))
        with cursor.copy(statement) as copy:
            copy.set_types([_type_of(METADATA.tables[table].c[name]) for name in COLUMNS[table]])
            yield copy


def _type_of(column: Column[Any]) -> str:
    if isinstance(column.type, Boolean):
        return "bool"
    return "int8" if isinstance(column.type, BigInteger | Moment) else "text"


def _drop_indexes(connection: psycopg.Connection[Any]) -> dict[str, list[tuple[str, str]]]:
    """What makes them again, by table: the name of each, and a statement."""
    tables = [*COLUMNS]
    made: dict[str, list[tuple[str, str]]] = {table: [] for table in tables}
    for table, name, rule in connection.execute(CONSTRAINTS, (tables,)).fetchall():
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
        made[table].append((name, f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}"))
    for table, name, statement in connection.execute(INDEXES, (tables,)).fetchall():
        connection.execute(f"DROP INDEX {name}".encode())
        made[table].append((name, statement))
    return made


def _make_indexes(address: str, made: Sequence[tuple[str, str]], tell: Progress) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '1GB'")
        for name, statement in made:
            tell(f"making {name}")
            connection.execute(statement.encode())


def fill_sqlite(file: str, rows: Iterable[TableRow], tell: Progress) -> None:
    """Fill the ledger in a file."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-500000")
    try:
        with _sqlite_without_indexes(connection, tell):
            waiting: defaultdict[str, list[Values]] = defaultdict(list)
            for table, row in rows:
                waiting[table].append(row)
                if len(waiting[table]) == ROWS_AT_ONCE:
                    _insert(connection, table, waiting.pop(table))
            for table, some in waiting.items():
                _insert(connection, table, some)
        tell("looking it over")
        connection.executescript("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def _insert(connection: sqlite3.Connection, table: str, rows: list[Values]) -> None:
    names = COLUMNS[table]
    statement = insert(METADATA.tables[table]).from_select(names, select(*map(bindparam, names)))
    connection.execute("BEGIN")
    connection.executemany(str(statement.compile(dialect=sqlite.dialect())), rows)
    connection.execute("COMMIT")


@contextmanager
def _sqlite_without_indexes(connection: sqlite3.Connection, tell: Progress) -> Iterator[None]:
    """Those of keys stay, for SQLite cannot do without."""
    found = connection.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    indexes = [(name, sql) for name, table, sql in found.fetchall() if table in COLUMNS]
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    yield
    for name, sql in indexes:
        tell(f"making {name}")
        connection.execute(sql)
