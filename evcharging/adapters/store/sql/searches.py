"""Searches in SQL: a page of what happened, in the order of its moments. Knows no connection's pool."""

from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from evcharging.adapters.store.history import LOWER, Found, Search
from evcharging.adapters.store.sql.rows import as_record
from evcharging.adapters.store.sql.selects import all_of, with_values
from evcharging.adapters.store.sql.tables import TABLES
from evcharging.domain.record import Record

R = TypeVar("R", bound=Record)

Stand = tuple[datetime, int]
"""Where a record stands in the order of moments: its own, and its number."""


def look(connection: Connection, kind: type[R], search: Search) -> Found[R]:
    """What a search comes to. One for a text asks twice, and wants a transaction that sees one moment."""
    last = _last_looked_at(connection, kind, search) if search.text else None
    found = [(born, as_record(kind, fields)) for born, *fields in connection.execute(_searched(kind, search, last))]
    return Found(found, last if len(found) < search.limit else None)


def _searched(kind: type[Record], search: Search, last: Stand | None) -> Select[Any]:
    """The records. It walks along the index of moments, for a text to the last record that may be looked at."""
    columns = TABLES[kind].c
    wanted = _walk(all_of(kind), kind, search)
    if search.text:
        # As databases do it, for A to Z alone.
        text = search.text.translate(LOWER)
        wanted = wanted.where(or_(*(func.lower(columns[name]).contains(text, autoescape=True) for name in kind.texts)))
    if last is not None:
        at, number = last
        next_one = (at, number + 1 if search.oldest_first else number - 1)
        wanted = wanted.where(_beyond(columns[kind.moment], columns.born, next_one, rising=not search.oldest_first))
    return wanted.limit(search.limit)


def _last_looked_at(connection: Connection, kind: type[Record], search: Search) -> Stand | None:
    """Moment and number of the last record that such a search may look at; None where there are not as many."""
    columns = TABLES[kind].c
    walk = _walk(select(columns[kind.moment], columns.born), kind, search)
    for moment, born in connection.execute(walk.offset(search.look_at - 1).limit(1)):
        return moment, born
    return None


def _walk(wanted: Select[Any], kind: type[Record], search: Search) -> Select[Any]:
    """All that a search may come to, whatever the texts say, in its order."""
    columns = TABLES[kind].c
    moment, born = columns[kind.moment], columns.born
    wanted = with_values(wanted, kind, search.where)
    for name, is_there in search.has.items():
        wanted = wanted.where(columns[name].is_not(None) if is_there else columns[name].is_(None))
    if search.since is not None:
        wanted = wanted.where(moment >= search.since)
    if search.until is not None:
        wanted = wanted.where(moment < search.until)
    if search.beyond is not None:
        wanted = wanted.where(_beyond(moment, born, search.beyond, rising=search.oldest_first))
    return wanted.order_by(*((moment, born) if search.oldest_first else (moment.desc(), born.desc())))


def _beyond(moment: ColumnElement[Any], born: ColumnElement[Any], stand: Stand, *, rising: bool) -> ColumnElement[bool]:
    at, number = stand
    if rising:
        return and_(moment >= at, or_(moment > at, born > number))
    return and_(moment <= at, or_(moment < at, born < number))
