"""What a claim and a commit say to a SQL database, inside of one transaction. Knows no connection and no rule."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table, and_, bindparam, case, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from evcharging.adapters.store import Commit
from evcharging.adapters.store.guard import Subject, check_runs, has_lasted, said_once, taken
from evcharging.adapters.store.tables import FACTS, OUTBOX, POSITIONS, SHARDS, TABLES
from evcharging.common.kafka import TOPIC_OF
from evcharging.common.messages import Message
from evcharging.common.utils import as_fields, to_json
from evcharging.domain.record import Record

Insert = sqlite.Insert | postgresql.Insert
Row = dict[str, Any]

PUT_SENT_AWAY = delete(OUTBOX).where(OUTBOX.c.number == bindparam("done"))
POST = insert(OUTBOX).returning(OUTBOX.c.number, sort_by_parameter_order=True)


class Rows:
    """A commit as rows, made before its transaction begins; raises Taken for one that contradicts itself."""

    def __init__(self, commit: Commit) -> None:
        self.once = said_once(commit.records)
        said = [
            (shard, record) for shard, record in commit.records if self.once.get(_subject(record), record) is record
        ]
        self.facts = [_fact(shard, record) for shard, record in said]
        self.newest = _newest(record for _, record in said if not record.once)
        self.sent: list[Row] = [{"done": number} for number in commit.sent]
        self.posts = [_post(shard, message) for shard, message in commit.outbox]
        self.positions: list[Row] = [
            {"log_id": commit.log_id, "topic": topic, "partition": partition, "next_offset": offset}
            for (topic, partition), offset in commit.positions.items()
        ]


class Writer:
    """The statements of one kind of database."""

    def __init__(self, dialect: str, *, first_epoch: int) -> None:
        self._insert_into: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
        self._first_epoch = first_epoch
        self._put_newest = {kind: self._upsert(table, kind.key_field) for kind, table in TABLES.items()}
        self._put_once = {kind: self._put_new(kind) for kind in TABLES if kind.once}
        into: Insert = self._insert_into(SHARDS)
        self._remember = into.on_conflict_do_update(index_elements=["shard"], set_={"serial": into.excluded.serial})
        self._move = self._upsert(POSITIONS, "log_id", "topic", "partition")

    def _upsert(self, table: Table, *keys: str) -> Insert:
        into: Insert = self._insert_into(table)
        others = {column.name: into.excluded[column.name] for column in table.c if column.name not in (*keys, "born")}
        return into.on_conflict_do_update(index_elements=keys, set_=others)

    def _put_new(self, kind: type[Record]) -> Any:
        into: Insert = self._insert_into(TABLES[kind])
        key = TABLES[kind].c[kind.key_field]
        return into.on_conflict_do_nothing(index_elements=[key]).returning(key)

    def claim(self, connection: Connection, shards: Sequence[str]) -> dict[str, int]:
        """Begin the next run of each shard."""
        next_epoch = case((SHARDS.c.epoch < self._first_epoch, self._first_epoch), else_=SHARDS.c.epoch + 1)
        begin = self._insert_into(SHARDS).on_conflict_do_update(
            index_elements=["shard"], set_={"epoch": next_epoch, "serial": 0}
        )
        rows = [{"shard": shard, "epoch": self._first_epoch} for shard in sorted(set(shards))]
        found: dict[str, int] = dict(connection.execute(begin.returning(SHARDS.c.shard, SHARDS.c.epoch), rows).all())
        return {shard: found[shard] for shard in shards}

    def commit(self, connection: Connection, commit: Commit, rows: Rows) -> list[int]:
        """Write all of it, unless it is there; the numbers of its outbox messages. Raises Refused before any fact."""
        if self._has_lasted(connection, commit):
            return _numbers_of(connection, commit)
        facts = self._new_facts(connection, rows)
        if facts:
            connection.execute(insert(FACTS), facts)
        for kind, newest in rows.newest.items():
            connection.execute(self._put_newest[kind], newest)
        if rows.sent:
            connection.execute(PUT_SENT_AWAY, rows.sent)
        numbers = list(connection.scalars(POST, rows.posts)) if rows.posts else []
        if rows.positions:
            connection.execute(self._move, rows.positions)
        return numbers

    def _has_lasted(self, connection: Connection, commit: Commit) -> bool:
        """Whether it is there already; holds its shards against every other commit until the transaction ends."""
        if not commit.epochs:
            return False
        held = select(SHARDS.c.shard, SHARDS.c.epoch, SHARDS.c.serial).where(SHARDS.c.shard.in_(commit.epochs))
        runs = connection.execute(held.order_by(SHARDS.c.shard).with_for_update()).all()
        check_runs(commit.epochs, {shard: epoch for shard, epoch, _ in runs})
        if has_lasted(commit, {shard: serial for shard, _, serial in runs}):
            return True
        anchor = commit.anchor
        if anchor is not None:
            row = {"shard": anchor, "epoch": commit.epochs[anchor], "serial": commit.serial}
            connection.execute(self._remember, row)
        return False

    def _new_facts(self, connection: Connection, rows: Rows) -> list[Row]:
        """Put what is said once into its tables; the facts without those that were there."""
        known: set[tuple[str, str]] = set()
        for kind, put in self._put_once.items():
            records = [record for record in rows.once.values() if type(record) is kind]
            if not records:
                continue
            new = set(connection.scalars(put, [as_fields(record) for record in records]))
            for record in records:
                if record.key not in new:
                    _must_be_the_same(connection, record)
                    known.add((kind.__name__, record.key))
        return [fact for fact in rows.facts if (fact["kind"], fact["key"]) not in known] if known else rows.facts


def _numbers_of(connection: Connection, commit: Commit) -> list[int]:
    """Nothing newer can be in the outbox for the shards of a commit that is given again."""
    newest = select(OUTBOX.c.number).where(OUTBOX.c.shard.in_(commit.epochs)).order_by(OUTBOX.c.number.desc())
    return [*connection.scalars(newest.limit(len(commit.outbox)))][::-1]


def _must_be_the_same(connection: Connection, record: Record) -> None:
    columns = TABLES[type(record)].c
    same = and_(*(columns[name].is_not_distinct_from(value) for name, value in as_fields(record).items()))
    if connection.execute(select(columns.born).where(same)).first() is None:
        raise taken(record)


def _subject(record: Record) -> Subject:
    return type(record), record.key


def _fact(shard: str, record: Record) -> Row:
    return {"shard": shard, "kind": type(record).__name__, "key": record.key, "body": to_json(record).decode()}


def _newest(records: Iterable[Record]) -> dict[type[Record], list[Row]]:
    newest: defaultdict[type[Record], dict[str, Record]] = defaultdict(dict)
    for record in records:
        newest[type(record)][record.key] = record
    return {kind: [as_fields(record) for record in by_key.values()] for kind, by_key in newest.items()}


def _post(shard: str, message: Message) -> Row:
    return {"shard": shard, "topic": TOPIC_OF[type(message)].name, "body": to_json(message).decode()}
