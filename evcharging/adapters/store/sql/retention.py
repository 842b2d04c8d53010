"""Removes what was measured long ago; facts stay. Knows no connection's pool."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, select, tuple_

from evcharging.adapters.store.sql.tables import METER_VALUES, TOTALS
from evcharging.domain.totals import Step


def remove(connection: Connection, *, values_before: datetime, minutes_before: datetime, limit: int) -> int:
    """Remove meter values and energy by the minute from before these moments, at most so many of each; how many."""
    is_old_minute = (TOTALS.c.step == Step.MINUTE.value) & (TOTALS.c.at < minutes_before)
    return _remove(connection, METER_VALUES, METER_VALUES.c.at < values_before, limit) + _remove(
        connection, TOTALS, is_old_minute, limit
    )


def _remove(connection: Connection, table: Table, is_old: ColumnElement[bool], limit: int) -> int:
    keys = list(table.primary_key)
    some = select(*keys).where(is_old).limit(limit)
    return connection.execute(delete(table).where(tuple_(*keys).in_(some))).rowcount
