"""Statements that read records. Know no connection."""

from typing import Any

from sqlalchemy import Select, select

from evcharging.adapters.store.sql.tables import TABLES
from evcharging.adapters.store.standing import Where
from evcharging.common.utils import field_names
from evcharging.domain.record import Record


def all_of(kind: type[Record]) -> Select[Any]:
    """All records of a kind: the number of each, and its fields."""
    columns = TABLES[kind].c
    return select(columns.born, *(columns[name] for name in field_names(kind)))


def with_values(wanted: Select[Any], kind: type[Record], where: Where | None) -> Select[Any]:
    """Of these the ones that have one of the values in each field."""
    for name, values in (where or {}).items():
        wanted = wanted.where(TABLES[kind].c[name].in_(values))
    return wanted
