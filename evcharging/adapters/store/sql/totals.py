"""Makes the totals of a ledger again from its bills. Knows no connection's pool."""

from sqlalchemy import Connection, delete, select

from evcharging.adapters.store.sql.rows import as_record, as_row
from evcharging.adapters.store.sql.statements import statements_for
from evcharging.adapters.store.sql.tables import TABLES, TOTALS
from evcharging.common.utils import field_names
from evcharging.domain.session import Bill
from evcharging.domain.totals import Step, added_up, totals_of

BILLS_AT_ONCE = 5_000


def rebuild(connection: Connection) -> None:
    """Add up all bills anew, in one transaction, in which nobody else adds to them; what meters said by the minute
    stays."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"LOCK TABLE {TABLES[Bill].name}, {TOTALS.name} IN EXCLUSIVE MODE")
    do = statements_for(connection.dialect.name)
    connection.execute(delete(TOTALS).where(TOTALS.c.step != Step.MINUTE.value))
    bills = TABLES[Bill].c
    wanted = select(*(bills[name] for name in field_names(Bill))).order_by(bills.born)
    with connection.execute(wanted.execution_options(yield_per=BILLS_AT_ONCE)) as result:
        for part in result.partitions():
            some = (as_record(Bill, row) for row in part)
            totals = [as_row(each) for each in added_up(total for bill in some for total in totals_of(bill))]
            do.write(connection, [do.add_up(totals)], [])
