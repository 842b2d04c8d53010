"""The last record of each point until a moment, or the first one later, in SQL. Knows no connection's pool."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from evcharging.adapters.store.sql.tables import TABLES
from evcharging.adapters.store.standing import Where
from evcharging.domain.charging_point import Point
from evcharging.domain.record import Record


def numbers_nearest(
    connection: Connection, kind: type[Record], at: datetime, where: Where | None, *, later: bool
) -> list[int]:
    """The numbers of these records, in the order of the points'."""
    points = TABLES[Point].c
    wanted = select(of_a_point(kind, at, where, later=later).scalar_subquery()).order_by(points.born)
    return [number for (number,) in connection.execute(wanted.select_from(TABLES[Point])) if number is not None]


def of_a_point(kind: type[Record], at: datetime, where: Where | None, *, later: bool) -> Select[Any]:
    """The number of the record of one point, found at once by the index that begins with the point."""
    columns = TABLES[kind].c
    moment, born = columns[kind.moment], columns.born
    found = select(born).where(columns[kind.past_of] == TABLES[Point].c.cp_id)
    found = found.where(moment > at if later else moment <= at)
    for name, values in (where or {}).items():
        found = found.where(columns[name].in_(values))
    found = found.order_by(*((moment, born) if later else (moment.desc(), born.desc()))).limit(1)
    return found.correlate(TABLES[Point])
