"""Searches in SQL: a page of what happened, in the order of its moments. Knows no connection."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_

from evcharging.adapters.store import LOWER, Search
from evcharging.adapters.store.sql.tables import TABLES
from evcharging.domain.record import Record


def searched(wanted: Select[Any], kind: type[Record], search: Search) -> Select[Any]:
    """The statement, with what a search adds to it. It walks along the index of moments."""
    columns = TABLES[kind].c
    moment, born = columns[kind.moment], columns.born
    if search.text:
        # As databases do it, for A to Z alone.
        text = search.text.translate(LOWER)
        wanted = wanted.where(or_(*(func.lower(columns[name]).contains(text, autoescape=True) for name in kind.texts)))
    if search.since is not None:
        wanted = wanted.where(moment >= search.since)
    if search.until is not None:
        wanted = wanted.where(moment < search.until)
    if search.beyond is not None:
        wanted = wanted.where(_beyond(moment, born, search))
    order = (moment, born) if search.oldest_first else (moment.desc(), born.desc())
    return wanted.order_by(*order).limit(search.limit)


def _beyond(moment: ColumnElement[Any], born: ColumnElement[Any], search: Search) -> ColumnElement[bool]:
    at, number = search.beyond or (None, 0)
    if search.oldest_first:
        return and_(moment >= at, or_(moment > at, born > number))
    return and_(moment <= at, or_(moment < at, born < number))
