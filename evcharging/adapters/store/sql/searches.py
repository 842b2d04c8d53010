"""Searches in SQL: a page of what happened, in the order of its moments. Knows no connection's pool."""

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from evcharging.adapters.store.history import LOWER, Found, Search
from evcharging.adapters.store.sql.rows import as_record
from evcharging.adapters.store.sql.selects import all_of, with_values
from evcharging.adapters.store.sql.tables import TABLES
from evcharging.domain.record import Record

R = TypeVar("R", bound=Record)


def look(connection: Connection, kind: type[R], search: Search) -> Found[R]:
    """What a search comes to. One for a text may ask twice, and wants a transaction that sees one moment."""
    found = [(born, as_record(kind, fields)) for born, *fields in connection.execute(_searched(kind, search))]
    if search.text and len(found) < search.limit:
        for moment, born in connection.execute(_last_looked_at(kind, search)):
            return Found(found, (moment, born))
    return Found(found)


def _searched(kind: type[Record], search: Search) -> Select[Any]:
    """The records. It walks along the index of moments; for a text, over as many records as may be looked at."""
    walk = _walk(all_of(kind), kind, search)
    if not search.text:
        return walk.limit(search.limit)
    some = walk.limit(search.look_at).subquery()
    # As databases do it, for A to Z alone.
    text = search.text.translate(LOWER)
    holds = or_(*(func.lower(some.c[name]).contains(text, autoescape=True) for name in kind.texts))
    return _in_order(select(some).where(holds), some.c, kind, search).limit(search.limit)


def _last_looked_at(kind: type[Record], search: Search) -> Select[Any]:
    """Moment and number of the last record that such a search may look at."""
    columns = TABLES[kind].c
    walk = _walk(select(columns[kind.moment], columns.born), kind, search)
    return walk.offset(search.look_at - 1).limit(1)


def _walk(wanted: Select[Any], kind: type[Record], search: Search) -> Select[Any]:
    """All that a search may come to, whatever the texts say, in its order."""
    columns = TABLES[kind].c
    moment = columns[kind.moment]
    wanted = with_values(wanted, kind, search.where)
    for name, is_there in search.has.items():
        wanted = wanted.where(columns[name].is_not(None) if is_there else columns[name].is_(None))
    if search.since is not None:
        wanted = wanted.where(moment >= search.since)
    if search.until is not None:
        wanted = wanted.where(moment < search.until)
    if search.beyond is not None:
        wanted = wanted.where(_beyond(moment, columns.born, search))
    return _in_order(wanted, columns, kind, search)


def _in_order(wanted: Select[Any], columns: Any, kind: type[Record], search: Search) -> Select[Any]:
    moment, born = columns[kind.moment], columns.born
    return wanted.order_by(*((moment, born) if search.oldest_first else (moment.desc(), born.desc())))


def _beyond(moment: ColumnElement[Any], born: ColumnElement[Any], search: Search) -> ColumnElement[bool]:
    at, number = search.beyond or (None, 0)
    if search.oldest_first:
        return and_(moment >= at, or_(moment > at, born > number))
    return and_(moment <= at, or_(moment < at, born < number))
