"""Makes the totals of a ledger again from its bills and entries. Knows no connection's pool."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy import Connection, delete, select

from evcharging.adapters.store.sql.rows import as_record, as_row
from evcharging.adapters.store.sql.statements import Statements, statements_for
from evcharging.adapters.store.sql.tables import TABLES, TOTALS
from evcharging.common.utils import field_names
from evcharging.domain.book_totals import totals_of_entry
from evcharging.domain.books import Entry
from evcharging.domain.record import Record
from evcharging.domain.session import Bill
from evcharging.domain.totals import Step, Total, added_up, totals_of

R = TypeVar("R", bound=Record)

AT_ONCE = 5_000


def rebuild(connection: Connection) -> None:
    """Add up all bills and entries anew, in one transaction, in which nobody else adds to them; what meters said by
    the minute stays."""
    if connection.dialect.name == "postgresql":
        names = ", ".join(table.name for table in (TABLES[Bill], TABLES[Entry], TOTALS))
        connection.exec_driver_sql(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
    do = statements_for(connection.dialect.name)
    connection.execute(delete(TOTALS).where(TOTALS.c.step != Step.MINUTE.value))
    _add_again(connection, do, Bill, totals_of)
    _add_again(connection, do, Entry, totals_of_entry)


def _add_again(connection: Connection, do: Statements, kind: type[R], parts: Callable[[R], Iterable[Total]]) -> None:
    columns = TABLES[kind].c
    wanted = select(*(columns[name] for name in field_names(kind))).order_by(columns.born)
    with connection.execute(wanted.execution_options(yield_per=AT_ONCE)) as result:
        for part in result.partitions():
            some = (as_record(kind, row) for row in part)
            totals = [as_row(each) for each in added_up(total for record in some for total in parts(record))]
            do.write(connection, [do.add_up(totals)], [])
