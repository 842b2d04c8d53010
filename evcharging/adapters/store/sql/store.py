"""A store in a SQL database: SQLite in a file (WAL, every commit synced) or PostgreSQL. Knows no rule.
One thread commits at a time; any number of threads may read meanwhile, each over a connection of its own."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from evcharging.adapters.store import Commit, Place
from evcharging.adapters.store.guard import Subject, taken
from evcharging.adapters.store.sql.accounts import SqlAccounts
from evcharging.adapters.store.sql.commit import CommitWriter
from evcharging.adapters.store.sql.database import Database
from evcharging.adapters.store.sql.history import SqlHistory
from evcharging.adapters.store.sql.retention import find_old, remove
from evcharging.adapters.store.sql.rows import Rows, as_row
from evcharging.adapters.store.sql.tables import OUTBOX, POSITIONS
from evcharging.adapters.store.sql.totals import rebuild
from evcharging.common.messages import Message
from evcharging.common.schema import MESSAGES, Schema
from evcharging.domain.record import Record

ANY_MESSAGE = Schema(*MESSAGES)


class SqlStore(SqlHistory):
    """Central's ledger. `url` is `sqlite:///a/file.db` or `postgresql+psycopg://user:password@host/name`; tables are
    made or brought up to date at once. `patience_s`: how long another program's commit is waited for; the answer of a
    server, twice as long. `first_epoch`: see `claim`. `accounts` are the people and keys in the same database.
    Raises BadStoreUrl for an address that cannot be one, StoreUnavailable for a database that cannot be used."""

    _database: Database

    def __init__(self, url: str, *, patience_s: float = 5.0, first_epoch: int = 1) -> None:
        super().__init__(Database(url, patience_s=patience_s))
        self._statements = CommitWriter(self._database.dialect, first_epoch=first_epoch)
        self.accounts = SqlAccounts(self._database, self._statements)

    def claim(self, shards: Sequence[str]) -> dict[str, int]:
        return self._database.write(partial(self._statements.claim, shards=shards)) if shards else {}

    def commit(self, commit: Commit) -> list[int]:
        rows = Rows(commit)
        while True:
            job = partial(self._statements.commit, commit=commit, rows=rows)
            try:
                numbers = self._database.write(job, repeatable=commit.anchor is not None)
            except IntegrityError:
                known = self._known(rows)
                if known == rows.known:
                    raise
                rows = Rows(commit, known)
            else:
                self._database.must_be_there()  # only then may anybody hear of it
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

    def remove_measured(self, *, values_before: datetime, minutes_before: datetime, limit: int) -> int:
        find = partial(find_old, values_before=values_before, minutes_before=minutes_before, limit=limit)
        keys = self._database.read(find)
        return self._database.clean(partial(remove, keys=keys)) if any(keys.values()) else 0

    def rebuild_totals(self) -> None:
        """Add up all bills anew, while nobody else commits."""
        self._database.write_at_length(rebuild)

    def check(self) -> str | None:
        return self._database.check()

    def close(self) -> None:
        self._database.close()
