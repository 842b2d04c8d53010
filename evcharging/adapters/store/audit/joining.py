"""Selections of a ledger side by side. Knows no rule."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, column, select

from evcharging.adapters.store.sql.tables import TABLES
from evcharging.common.utils import field_names
from evcharging.domain.record import Record

A = TypeVar("A")
B = TypeVar("B")


def raw(kind: type[Record]) -> Select[Any]:
    """Fields as they are kept, whatever is in them."""
    columns: list[ColumnElement[Any]] = [column(name) for name in field_names(kind)]
    return select(*columns).select_from(TABLES[kind])


def joined(ones: Iterable[tuple[str, A]], others: Iterable[tuple[str, B]]) -> Iterator[tuple[str, A | None, B | None]]:
    """Two selections in order of their keys, side by side."""
    left, right = iter(ones), iter(others)
    one, other = next(left, None), next(right, None)
    while one is not None or other is not None:
        key = min(pair[0] for pair in (one, other) if pair is not None)
        mine = one if one is not None and one[0] == key else None
        yours = other if other is not None and other[0] == key else None
        yield key, mine and mine[1], yours and yours[1]
        one = next(left, None) if mine else one
        other = next(right, None) if yours else other
