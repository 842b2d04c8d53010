"""Fills tables of a ledger on PostgreSQL, each by one COPY in binary. Knows no index."""

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier
from sqlalchemy import BigInteger, Boolean, Column

from benchmarks.history.past import Plan
from benchmarks.history.progress import counted
from benchmarks.history.rows import COLUMNS, rows_of
from evcharging.adapters.store.sql.columns import Moment
from evcharging.adapters.store.sql.tables import METADATA


def copy_tables(address: str, plan: Plan, tables: Collection[str]) -> None:
    """Fill these with what a past leaves there."""
    with ExitStack() as stack:
        writes = {table: stack.enter_context(_copy(address, table)).write_row for table in tables}
        for table, row in counted(rows_of(plan, tables)):
            writes[table](row)


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
