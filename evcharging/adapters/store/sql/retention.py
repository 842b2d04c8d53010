"""Removes what was measured long ago; facts stay. Knows no connection's pool."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, delete, select, tuple_

from evcharging.adapters.store.sql.tables import METER_VALUES, TOTALS
from evcharging.domain.totals import Step

Keys = dict[Table, Sequence[Any]]
"""The keys of rows, by their table."""


def find_old(connection: Connection, *, values_before: datetime, minutes_before: datetime, limit: int) -> Keys:
    """Meter values, and what minutes came to, from before these moments: at most so many of each."""
    is_old = {
        METER_VALUES: METER_VALUES.c.at < values_before,
        TOTALS: (TOTALS.c.step == Step.MINUTE.value) & (TOTALS.c.at < minutes_before),
    }
    return {
        table: connection.execute(select(*table.primary_key).where(condition).limit(limit)).all()
        for table, condition in is_old.items()
    }


def remove(connection: Connection, keys: Keys) -> int:
    """Remove these rows; how many were still there."""
    return sum(
        connection.execute(delete(table).where(tuple_(*table.primary_key).in_([tuple(key) for key in some]))).rowcount
        for table, some in keys.items()
        if some
    )
