"""A store in a SQL database: SQLite in a file (WAL, every commit synced) or PostgreSQL. Knows no rule.
One thread commits at a time; any number of threads may read meanwhile, each over a connection of its own."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Engine, Select, event, func, select
from sqlalchemy.exc import IntegrityError

from evcharging.adapters.store import Commit, Found, GroupTotal, Place, Search
from evcharging.adapters.store.guard import Subject, taken
from evcharging.adapters.store.sql.commit import CommitWriter
from evcharging.adapters.store.sql.engine import at_one_moment, open_engine, read_url
from evcharging.adapters.store.sql.migrations import is_behind, migrate
from evcharging.adapters.store.sql.retention import find_old, remove
from evcharging.adapters.store.sql.rows import Rows, as_record, as_row
from evcharging.adapters.store.sql.searches import look
from evcharging.adapters.store.sql.selects import Where, all_of, with_values
from evcharging.adapters.store.sql.sqlite_file import ledger_file, mark_of
from evcharging.adapters.store.sql.tables import ADDED, FACTS, METER_VALUES, OUTBOX, POSITIONS, TABLES, TOTALS
from evcharging.adapters.store.sql.totals import rebuild
from evcharging.adapters.store.sql.transactions import run
from evcharging.adapters.store.sql.whole import must_be_whole
from evcharging.common.messages import Message
from evcharging.common.schema import MESSAGES, Schema
from evcharging.common.utils import field_names, json_decoder
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.record import Record
from evcharging.domain.totals import Step, Total

R = TypeVar("R", bound=Record)

KEYS_AT_ONCE = 1000
MIGRATION_S = 60.0
"""How long others are waited for that bring the same tables up to date."""

ANY_MESSAGE = Schema(*MESSAGES)


class SqlStore:
    """Central's ledger. `url` is `sqlite:///a/file.db` or `postgresql+psycopg://user:password@host/name`; tables are
    made or brought up to date at once. `patience_s`: how long another program's commit is waited for; the answer of a
    server, twice as long. `first_epoch`: see `claim`.
    Raises BadStoreUrl for an address that cannot be one, StoreUnavailable for a database that cannot be used."""

    def __init__(self, url: str, *, patience_s: float = 5.0, first_epoch: int = 1) -> None:
        self._url = url
        self._file = ledger_file(read_url(url))
        self._readers = open_engine(url, patience_s=patience_s)
        self._writers = open_engine(url, patience_s=patience_s, writes=True)
        self._cleaners = open_engine(url, patience_s=patience_s, writes=True)
        self._statements = CommitWriter(self._writers.dialect, first_epoch=first_epoch)
        try:
            must_be_whole(self._readers)
            _bring_up_to_date(self._readers, url)
            self._know_its_file()
        except BaseException:
            self.close()
            raise

    def _know_its_file(self) -> None:
        """From here on every connection must lead to the same one."""
        if self._file is not None:
            self._file.know(mark_of(self._readers, self._writers))
            for engine in self._engines:
                event.listen(engine, "connect", lambda *_: self._must_be_there())

    def claim(self, shards: Sequence[str]) -> dict[str, int]:
        if not shards:
            return {}
        self._must_be_there()
        return run(self._writers, lambda connection: self._statements.claim(connection, shards))

    def commit(self, commit: Commit) -> list[int]:
        rows = Rows(commit)
        while True:
            job = partial(self._statements.commit, commit=commit, rows=rows)
            self._must_be_there()
            try:
                numbers = run(self._writers, job, repeatable=commit.anchor is not None)
            except IntegrityError:
                known = self._known(rows)
                if known == rows.known:
                    raise
                rows = Rows(commit, known)
            else:
                self._must_be_there()  # only then may anybody hear of it
                return numbers

    def _known(self, rows: Rows) -> frozenset[Subject]:
        """What may be recorded only once and is there; raises Taken where its content is another."""
        keys: defaultdict[type[Record], list[str]] = defaultdict(list)
        for kind, key in rows.once:
            keys[kind].append(key)
        known = [record for kind, some in keys.items() for record in self.fetch(kind, some)]
        for record in known:
            if as_row(record) != as_row(rows.once[type(record), record.key]):
                raise taken(record)
        return frozenset((type(record), record.key) for record in known)

    def unsent(self, shards: Sequence[str]) -> list[tuple[int, Message]]:
        wanted = select(OUTBOX.c.number, OUTBOX.c.body).where(OUTBOX.c.shard.in_(shards)).order_by(OUTBOX.c.number)
        return [(number, ANY_MESSAGE.decode(body.encode())) for number, body in self._rows(wanted)]

    def positions(self, log_id: str) -> dict[Place, int]:
        columns = POSITIONS.c.topic, POSITIONS.c.partition, POSITIONS.c.next_offset
        found = self._rows(select(*columns).where(POSITIONS.c.log_id == log_id))
        return {(topic, partition): offset for topic, partition, offset in found}

    def fetch(self, kind: type[R], keys: Iterable[str]) -> list[R]:
        asked = list(keys)
        column = TABLES[kind].c[kind.key_field]
        found: dict[str, R] = {}
        for start in range(0, len(asked), KEYS_AT_ONCE):
            some = asked[start : start + KEYS_AT_ONCE]
            found.update(
                (record.key, record) for _, record in self._records(kind, all_of(kind).where(column.in_(some)))
            )
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
        self._must_be_there()
        readers = at_one_moment(self._readers) if search.text else self._readers
        return run(readers, lambda connection: look(connection, kind, search))

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

    def meter_values(self, session_ids: Sequence[str]) -> list[MeterValue]:
        names = field_names(MeterValue)
        found = []
        for start in range(0, len(session_ids), KEYS_AT_ONCE):
            some = METER_VALUES.c.session_id.in_(session_ids[start : start + KEYS_AT_ONCE])
            wanted = select(*(METER_VALUES.c[name] for name in names)).where(some)
            found += [MeterValue(**dict(zip(names, row, strict=True))) for row in self._rows(wanted)]
        return sorted(found, key=lambda value: (value.session_id, value.at))

    def remove_measured(self, *, values_before: datetime, minutes_before: datetime, limit: int) -> int:
        self._must_be_there()
        look = partial(find_old, values_before=values_before, minutes_before=minutes_before, limit=limit)
        keys = run(self._readers, look)
        return run(self._cleaners, partial(remove, keys=keys)) if any(keys.values()) else 0

    def rebuild_totals(self) -> None:
        """Add up all bills anew, while nobody else commits."""
        self._must_be_there()
        unhurried = open_engine(self._url, patience_s=MIGRATION_S, writes=True, unhurried=True)
        try:
            run(unhurried, rebuild)
        finally:
            unhurried.dispose()

    def facts(self, kind: type[R]) -> list[R]:
        wanted = select(FACTS.c.body).where(FACTS.c.kind == kind.__name__).order_by(FACTS.c.fact_id)
        decode = json_decoder(kind)
        return [decode(body.encode()) for (body,) in self._rows(wanted)]

    def check(self) -> str | None:
        return self._file.check() if self._file is not None else None

    def close(self) -> None:
        for engine in self._engines:
            engine.dispose()
        if self._file is not None:
            self._file.close()

    @property
    def _engines(self) -> tuple[Engine, ...]:
        return self._readers, self._writers, self._cleaners

    def _must_be_there(self) -> None:
        if self._file is not None:
            self._file.must_be_there()

    def _rows(self, wanted: Select[Any]) -> Sequence[Any]:
        self._must_be_there()
        return run(self._readers, lambda connection: connection.execute(wanted).all())

    def _records(self, kind: type[R], wanted: Select[Any]) -> list[tuple[int, R]]:
        return [(born, as_record(kind, fields)) for born, *fields in self._rows(wanted)]


def _bring_up_to_date(engine: Engine, url: str) -> None:
    if is_behind(engine):
        unhurried = open_engine(url, patience_s=MIGRATION_S, writes=True, unhurried=True)
        try:
            migrate(unhurried)
        finally:
            unhurried.dispose()
