"""What a commit holds, as rows of tables: plain values by column. Knows no database."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cache
from operator import attrgetter
from typing import Any, TypeVar

from evcharging.adapters.store import Commit
from evcharging.adapters.store.guard import Subject, said_once
from evcharging.adapters.store.sql.columns import booleans, enumerated, moments, structured
from evcharging.adapters.store.sql.tables import TABLES
from evcharging.common.kafka import TOPIC_OF
from evcharging.common.messages import Message
from evcharging.common.moments import from_microseconds, to_microseconds
from evcharging.common.utils import field_names, field_values, from_fields, from_json, to_json, without_defaults
from evcharging.domain.book_totals import totals_of_entry
from evcharging.domain.books import Entry
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.record import Measured, Record
from evcharging.domain.session import Bill
from evcharging.domain.totals import Total, added_up, totals_of

Row = dict[str, Any]
R = TypeVar("R", bound=Record)

MOMENTS = {kind: moments(kind) for kind in TABLES}
BOOLEANS = {kind: booleans(kind) for kind in TABLES}
STRUCTURED = {kind: structured(kind) for kind in TABLES}


class Rows:
    """A commit as rows, made before its transaction begins; raises Taken for one that contradicts itself.
    `once`: what may be recorded only once. `known`: those of them that the store has, and that are left out.
    `facts`: all records that are facts, in order; `shards`: those that it writes to. `newest`: how their subjects stand
    then; `totals`: what its bills and what was measured add to theirs; `meter_values`: what meters said."""

    def __init__(self, commit: Commit, known: frozenset[Subject] = frozenset()) -> None:
        self.once = said_once(commit.records)
        self.known = known
        said = [pair for pair in commit.records if self._is_new(pair[1])] if self.once else commit.records
        self.facts = [_fact(shard, record) for shard, record in said if record.is_fact and not record.is_said_elsewhere]
        self.shards = {*commit.epochs, *(fact["shard"] for fact in self.facts)}
        self.newest = _newest(record for _, record in said if not isinstance(record, Measured))
        self.totals = [as_row(each) for each in added_up(each for _, record in said for each in _totals(record))]
        self.meter_values = [as_row(record) for _, record in said if isinstance(record, MeterValue)]
        self.posts = [_post(shard, message) for shard, message in commit.outbox]
        self.positions: list[Row] = [
            {"log_id": commit.log_id, "topic": topic, "partition": partition, "next_offset": offset}
            for (topic, partition), offset in commit.positions.items()
        ]

    def _is_new(self, record: Record) -> bool:
        subject = type(record), record.key
        return not record.once or (self.once[subject] is record and subject not in self.known)


@cache
def _kept_otherwise(kind: type[Record]) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    """The places of fields whose values are not kept as they are, each with how they are kept."""
    ways: dict[str, Callable[[Any], Any]] = {
        **dict.fromkeys(moments(kind), to_microseconds),
        **dict.fromkeys(structured(kind), lambda value: to_json(value).decode()),
        **dict.fromkeys(enumerated(kind), attrgetter("value")),
    }
    return tuple((place, ways[name]) for place, name in enumerate(field_names(kind)) if name in ways)


def as_values(record: Record) -> list[Any]:
    """A record, or what was measured, as a row of its table has it, in the order of its fields."""
    values = [*field_values(record)]
    for place, kept in _kept_otherwise(type(record)):
        if values[place] is not None:
            values[place] = kept(values[place])
    return values


def as_row(record: Record) -> Row:
    """The same by column."""
    return dict(zip(field_names(type(record)), as_values(record), strict=True))


def as_record(kind: type[R], values: Iterable[Any]) -> R:
    """The record of which a row has these values, in the order of its fields; moments and booleans may be as they are
    kept. Raises BadJson where a value does not fit."""
    row = dict(zip(field_names(kind), values, strict=True))
    for name in MOMENTS[kind]:
        if isinstance(row[name], int):
            row[name] = from_microseconds(row[name])
    for name in BOOLEANS[kind]:
        if row[name] in (0, 1):
            row[name] = bool(row[name])
    for name, of in STRUCTURED[kind].items():
        if row[name] is not None:
            row[name] = from_json(of, row[name].encode())
    return from_fields(kind, row)


def _fact(shard: str, record: Record) -> Row:
    """A fact leaves out what is so by default, which never changes."""
    return {
        "shard": shard,
        "kind": type(record).__name__,
        "key": record.key,
        "body": to_json(without_defaults(record)).decode(),
    }


def _totals(record: Record) -> Iterable[Total]:
    if isinstance(record, Bill):
        return totals_of(record)
    if isinstance(record, Entry):
        return totals_of_entry(record)
    return (record,) if isinstance(record, Total) else ()


def _newest(records: Iterable[Record]) -> dict[type[Record], list[Row]]:
    newest: defaultdict[type[Record], dict[str, Record]] = defaultdict(dict)
    for record in records:
        newest[type(record)][record.key] = record
    return {kind: [as_row(record) for record in by_key.values()] for kind, by_key in newest.items()}


def _post(shard: str, message: Message) -> Row:
    return {"shard": shard, "topic": TOPIC_OF[type(message)].name, "body": to_json(message).decode()}
