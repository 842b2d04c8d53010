"""Searches in SQL: a page of what happened, in the order of its moments. Knows no connection."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from evcharging.adapters.store import LOWER, Search
from evcharging.adapters.store.sql.tables import TABLES
from evcharging.domain.record import Record


def searched(wanted: Select[Any], kind: type[Record], search: Search) -> Select[Any]:
    """The statement, with what a search adds to it. It walks along the index of moments; with a text, over so many
    records at most as may be looked at."""
    walk = _in_order(_within(wanted, kind, search), TABLES[kind].c, kind, search)
    if not search.text:
        return walk.limit(search.limit)
    some = walk.limit(search.look_at).subquery()
    # As databases do it, for A to Z alone.
    text = search.text.translate(LOWER)
    holds = or_(*(func.lower(some.c[name]).contains(text, autoescape=True) for name in kind.texts))
    return _in_order(select(some).where(holds), some.c, kind, search).limit(search.limit)


def end_of_look(wanted: Select[Any], kind: type[Record], search: Search) -> Select[Any]:
    """Moment and number of the last record that such a search may look at."""
    return _in_order(_within(wanted, kind, search), TABLES[kind].c, kind, search).offset(search.look_at - 1).limit(1)


def _within(wanted: Select[Any], kind: type[Record], search: Search) -> Select[Any]:
    columns = TABLES[kind].c
    moment = columns[kind.moment]
    if search.since is not None:
        wanted = wanted.where(moment >= search.since)
    if search.until is not None:
        wanted = wanted.where(moment < search.until)
    if search.beyond is not None:
        wanted = wanted.where(_beyond(moment, columns.born, search))
    return wanted


def _in_order(wanted: Select[Any], columns: Any, kind: type[Record], search: Search) -> Select[Any]:
    moment, born = columns[kind.moment], columns.born
    return wanted.order_by(*((moment, born) if search.oldest_first else (moment.desc(), born.desc())))


def _beyond(moment: ColumnElement[Any], born: ColumnElement[Any], search: Search) -> ColumnElement[bool]:
    at, number = search.beyond or (None, 0)
    if search.oldest_first:
        return and_(moment >= at, or_(moment > at, born > number))
    return and_(moment <= at, or_(moment < at, born < number))
