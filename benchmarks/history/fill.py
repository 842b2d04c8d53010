"""Fills an empty ledger with rows, quickly: without indexes, which are made afterwards as they were. On PostgreSQL each
table is one COPY; on SQLite many rows are one transaction. Nothing is synced meanwhile."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from benchmarks.history.rows import TableRow
from evcharging.adapters.store.sql.rows import Row
from evcharging.adapters.store.sql.statements import statements_for
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

Progress = Callable[[str], None]

CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype IN ('p', 'u') AND conrelid::regclass::text = ANY(%s) ORDER BY 1, 2
"""
INDEXES = """
SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND schemaname = 'public'
AND indexname NOT IN (SELECT conname FROM pg_constraint) ORDER BY 1
"""


def fill_postgres(address: str, rows: Iterable[TableRow], tell: Progress) -> None:
    """Fill the ledger at an address of psycopg's."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '1GB'")
        with _postgres_without_indexes(connection, tell), ExitStack() as stack:
            copies = {table: stack.enter_context(_copy(address, table)) for table in COLUMNS}
            for table, row in rows:
                copies[table].write_row([*row.values()])
        tell("looking it over")
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


@contextmanager
def _copy(address: str, table: str) -> Iterator[psycopg.Copy]:
    """Rows are frozen, and as if they had been vacuumed, since their table is emptied first."""
    names = SQL(", ").join(map(Identifier, COLUMNS[table]))
    statement = SQL("COPY {} ({}) FROM STDIN (FREEZE)").format(Identifier(table), names)
    with psycopg.connect(address) as connection, connection.cursor() as cursor:
        cursor.execute(SQL("TRUNCATE {}").format(Identifier(table)))
        with cursor.copy(statement) as copy:
            yield copy


@contextmanager
def _postgres_without_indexes(connection: psycopg.Connection[Any], tell: Progress) -> Iterator[None]:
    tables = [*COLUMNS]
    constraints = connection.execute(CONSTRAINTS, (tables,)).fetchall()
    indexes = connection.execute(INDEXES, (tables,)).fetchall()
    for table, name, _ in constraints:
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}".encode())
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}".encode())
    yield
    for table, name, rule in constraints:
        tell(f"making {name}")
        connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}".encode())
    for name, statement in indexes:
        tell(f"making {name}")
        connection.execute(statement.encode())


def fill_sqlite(file: str, rows: Iterable[TableRow], tell: Progress) -> None:
    """Fill the ledger in a file."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-500000")
    try:
        with _sqlite_without_indexes(connection, tell):
            waiting: defaultdict[str, list[Row]] = defaultdict(list)
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


def _insert(connection: sqlite3.Connection, table: str, rows: list[Row]) -> None:
    write = statements_for("sqlite").add(METADATA.tables[table], rows)
    connection.execute("BEGIN")
    connection.executemany(write.text, write.given)
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
