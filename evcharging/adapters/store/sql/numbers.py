"""The numbers that a database gives to the rows of a table, none of them twice. Knows not what is numbered."""

from sqlalchemy import Connection, Table

from evcharging.adapters.store.sql.columns import NUMBERED


def last_number(connection: Connection, table: Table) -> int:
    """The last number that was given, be its row there or not; 0 for none."""
    column = _numbered(table)
    if column is None:
        return 0
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,))
        return found.scalar() or 0
    number: int = connection.exec_driver_sql(
        "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence(%(table)s, %(column)s)), 0)",
        {"table": table.name, "column": column},
    ).scalar_one()
    return number


def go_on_after(connection: Connection, table: Table, number: int) -> None:
    """Give numbers beyond this one from here on; beyond 0, as if none had ever been given."""
    column = _numbered(table)
    if column is None:
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = ?", (table.name,))
        connection.exec_driver_sql("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", (table.name, number))
    else:
        connection.exec_driver_sql(
            "SELECT setval(pg_get_serial_sequence(%(table)s, %(column)s), %(number)s, %(given)s)",
            {"table": table.name, "column": column, "number": max(number, 1), "given": number > 0},
        )


def _numbered(table: Table) -> str | None:
    return next((column.name for column in table.primary_key if column.type is NUMBERED), None)
