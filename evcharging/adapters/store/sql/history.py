"""What is read of a ledger in a SQL database, in any number of threads, by the one who
keeps it or beside it. Knows no rule."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Select, func, select

from evcharging.adapters.store.history import Found, GroupTotal, Search
from evcharging.adapters.store.sql.database import ReaderDatabase
from evcharging.adapters.store.sql.nearest import numbers_nearest
from evcharging.adapters.store.sql.rows import as_record
from evcharging.adapters.store.sql.searches import look
from evcharging.adapters.store.sql.selects import all_of, with_values
from evcharging.adapters.store.sql.tables import ADDED, FACTS, METER_VALUES, TABLES, TOTALS
from evcharging.adapters.store.sql.turnover import add_up_sites, group_bills
from evcharging.adapters.store.standing import Where
from evcharging.common.utils import field_names, json_decoder
from evcharging.domain.book_totals import BOOKS, balances_of
from evcharging.domain.books import AccountBalance
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.record import Record
from evcharging.domain.totals import Step, Total
from evcharging.domain.turnover import Groups, Shared

R = TypeVar("R", bound=Record)
K = TypeVar("K", int, str)

KEYS_AT_ONCE = 1000
AFTER_BOOKS = BOOKS[:-1] + chr(ord("/") + 1)
"""Between this and `BOOKS` are the subjects that are sides of accounts."""


class SqlHistory:
    """A ledger's history, in a database that somebody opened, but for the removal of what is old."""

    def __init__(self, database: ReaderDatabase) -> None:
        self._database = database

    def fetch(self, kind: type[R], keys: Iterable[str]) -> list[R]:
        asked = list(keys)
        column = TABLES[kind].c[kind.key_field]
        found: dict[str, R] = {}
        for some in _parts(asked):
            records = self._records(kind, all_of(kind).where(column.in_(some)))
            found.update((record.key, record) for _, record in records)
        return [found[key] for key in asked if key in found]

    def select(self, kind: type[R], where: Where | None = None) -> list[R]:
        wanted = with_values(all_of(kind), kind, where).order_by(TABLES[kind].c.born)
        return [record for _, record in self._records(kind, wanted)]

    def page(
        self, kind: type[R], *, limit: int, before: int | None = None, where: Where | None = None
    ) -> list[tuple[int, R]]:
        born = TABLES[kind].c.born
        wanted = with_values(all_of(kind), kind, where).order_by(born.desc()).limit(limit)
        return self._records(kind, wanted if before is None else wanted.where(born < before))

    def search(self, kind: type[R], search: Search) -> Found[R]:
        return self._database.read(partial(look, kind=kind, search=search), at_one_moment=bool(search.text))

    def nearest(self, kind: type[R], at: datetime, where: Where | None = None, *, later: bool = False) -> list[R]:
        find = partial(numbers_nearest, kind=kind, at=at, where=where, later=later)
        numbers = self._database.read(find)
        born, found = TABLES[kind].c.born, dict[int, R]()
        for some in _parts(numbers):
            found.update(self._records(kind, all_of(kind).where(born.in_(some))))
        return [found[number] for number in numbers if number in found]

    def tally(
        self,
        kind: type[R],
        by: str,
        *,
        sums: Sequence[str] = (),
        after: str = "",
        only: str | None = None,
        limit: int = 100,
    ) -> list[GroupTotal]:
        columns = TABLES[kind].c
        value = columns[by]
        wanted = select(value, func.count(), *(func.coalesce(func.sum(columns[name]), 0) for name in sums))
        wanted = wanted.where(value > after if only is None else value == only)
        wanted = wanted.group_by(value).order_by(value).limit(limit)
        return [
            GroupTotal(name, count, tuple(int(total) for total in totals))
            for name, count, *totals in self._rows(wanted)
        ]

    def series(self, subject: str, step: Step, since: datetime, until: datetime) -> list[Total]:
        at = TOTALS.c.at
        wanted = select(at, *(TOTALS.c[name] for name in ADDED)).where(TOTALS.c.subject == subject)
        wanted = wanted.where(TOTALS.c.step == step.value, at >= since, at < until).order_by(at)
        return [
            Total(subject=subject, step=step, at=at, sessions=sessions, energy_mwh=energy, micro_euros=money)
            for at, sessions, energy, money in self._rows(wanted)
        ]

    def sites(self, step: Step, since: datetime, until: datetime) -> list[Total]:
        return self._database.read(partial(add_up_sites, step=step, since=since, until=until))

    def turnover(self, by: Shared, since: datetime, until: datetime, limit: int) -> Groups:
        return self._database.read(partial(group_bills, by=by, since=since, until=until, limit=limit))

    def balances(self, since: datetime, until: datetime) -> list[AccountBalance]:
        wanted = select(TOTALS.c.subject, func.sum(TOTALS.c.micro_euros)).where(TOTALS.c.step == Step.DAY.value)
        wanted = wanted.where(TOTALS.c.subject > BOOKS, TOTALS.c.subject < AFTER_BOOKS)
        wanted = wanted.where(TOTALS.c.at >= since, TOTALS.c.at < until).group_by(TOTALS.c.subject)
        return balances_of((subject, int(micro_euros)) for subject, micro_euros in self._rows(wanted))

    def meter_values(self, session_ids: Sequence[str]) -> list[MeterValue]:
        names = field_names(MeterValue)
        found = []
        for some in _parts(session_ids):
            wanted = select(*(METER_VALUES.c[name] for name in names)).where(METER_VALUES.c.session_id.in_(some))
            found += [MeterValue(**dict(zip(names, row, strict=True))) for row in self._rows(wanted)]
        return sorted(found, key=lambda value: (value.session_id, value.at))

    def facts(self, kind: type[R]) -> list[R]:
        wanted = select(FACTS.c.body).where(FACTS.c.kind == kind.__name__).order_by(FACTS.c.fact_id)
        decode = json_decoder(kind)
        return [decode(body.encode()) for (body,) in self._rows(wanted)]

    def _rows(self, wanted: Select[Any]) -> Sequence[Any]:
        return self._database.read(lambda connection: connection.execute(wanted).all())

    def _records(self, kind: type[R], wanted: Select[Any]) -> list[tuple[int, R]]:
        return [(born, as_record(kind, fields)) for born, *fields in self._rows(wanted)]


def _parts(keys: Sequence[K]) -> Iterable[Sequence[K]]:
    return (keys[start : start + KEYS_AT_ONCE] for start in range(0, len(keys), KEYS_AT_ONCE))
