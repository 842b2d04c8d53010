"""Fills an empty ledger with rows, quickly: without indexes, which are made afterwards as they were. On PostgreSQL two
processes fill the tables, and indexes of two are made at a time; on SQLite many rows are one transaction. Nothing is
synced meanwhile."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Any

import psycopg
from sqlalchemy import bindparam, insert, select
from sqlalchemy.dialects import sqlite

from benchmarks.history.copying import copy_tables
from benchmarks.history.past import Plan
from benchmarks.history.progress import counted, tell
from benchmarks.history.rows import COLUMNS, Values, rows_of
from evcharging.adapters.store.sql.tables import METADATA

ROWS_AT_ONCE = 10_000
INDEXES_AT_ONCE = 2
LARGEST_FIRST = ("meter_values", "totals", "sessions", "requests", "tickets", "points")
PARTS = (("totals",), ("meter_values", "sessions", "requests", "tickets", "points"))
"""Tables that a process fills, which makes all of the past for them: to add it up takes as long as to write it down."""

CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype IN ('p', 'u') AND conrelid::regclass::text = ANY(%s) ORDER BY 1, 2
"""
INDEXES = """
SELECT tablename, indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND schemaname = 'public'
AND indexname NOT IN (SELECT conname FROM pg_constraint) ORDER BY 1
"""


def fill_postgres(address: str, plan: Plan) -> None:
    """Fill the ledger at an address of psycopg's."""
    with psycopg.connect(address, autocommit=True) as connection:
        made = _drop_indexes(connection)
        with ProcessPoolExecutor(len(PARTS), get_context("spawn")) as processes:
            _ = [*processes.map(partial(copy_tables, address, plan), PARTS)]
        with ThreadPoolExecutor(INDEXES_AT_ONCE) as threads:
            _ = [*threads.map(lambda table: _make_indexes(address, made[table]), LARGEST_FIRST)]
        tell("looking it over")
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


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


def _make_indexes(address: str, made: Sequence[tuple[str, str]]) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET maintenance_work_mem = '1GB'")
        for name, statement in made:
            tell(f"making {name}")
            connection.execute(statement.encode())


def fill_sqlite(file: str, plan: Plan) -> None:
    """Fill the ledger in a file."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.executescript("PRAGMA synchronous=OFF; PRAGMA cache_size=-500000")
    try:
        with _sqlite_without_indexes(connection):
            waiting: defaultdict[str, list[Values]] = defaultdict(list)
            for table, row in counted(rows_of(plan)):
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
def _sqlite_without_indexes(connection: sqlite3.Connection) -> Iterator[None]:
    """Those of keys stay, for SQLite cannot do without."""
    found = connection.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    indexes = [(name, sql) for name, table, sql in found.fetchall() if table in COLUMNS]
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    yield
    for name, sql in indexes:
        tell(f"making {name}")
        connection.execute(sql)
