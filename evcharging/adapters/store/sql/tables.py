"""Central's ledger in SQL: a table for how every subject stands, derived from its record, the facts that led there, and
what is still to be sent; beside them, people and keys. Knows no connection and no rule."""

from sqlalchemy import BigInteger, Column, Index, MetaData, Table

from evcharging.adapters.store.sql.access_tables import access_tables
from evcharging.adapters.store.sql.columns import NUMBERED, WORDS, Moment, columns_of
from evcharging.domain.record import Record
from evcharging.domain.records import LEDGER

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def _words(name: str) -> Column[str]:
    return Column(name, WORDS, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _ledger(kind: type[Record]) -> Table:
    """The table of a kind, with an index for its moment, and for each field by which it is searched. What is summed by
    a field is in its index, since the rows themselves lie all over the table. That of any other field has no number of
    the row, so that PostgreSQL keeps a value once for all of its rows; on SQLite it has it anyway. One more is for what
    is looked up as it was."""
    born = Column("born", NUMBERED, primary_key=True)
    table = Table(kind.table, METADATA, born, *columns_of(kind), sqlite_autoincrement=True)
    beside = {name: ("born", *sums) for name, sums in kind.summed.items()}
    if kind.moment:
        beside[kind.moment] = ("born",)
    for name in filter(None, (*kind.searched, kind.moment)):
        Index(None, *(table.c[each] for each in (name, *beside.get(name, ()))))
    if kind.past_of:
        Index(f"ix_{kind.table}_past", table.c[kind.past_of], table.c[kind.moment])
    return table


TABLES = {kind: _ledger(kind) for kind in LEDGER}

SEARCHED = tuple(TABLES[kind].c[field] for kind in LEDGER for field in kind.searched)
"""Columns that are asked for by value, each time the youngest first."""

TOTALS = Table(
    "totals",
    METADATA,
    Column("step", WORDS, primary_key=True),
    Column("subject", WORDS, primary_key=True),
    Column("at", Moment, primary_key=True, autoincrement=False),
    _number("sessions"),
    _number("energy_mwh"),
    _number("micro_euros"),
)
"""What bills add up to, which can be made again from them; and energy by the minute."""

METER_VALUES = Table(
    "meter_values",
    METADATA,
    Column("session_id", WORDS, primary_key=True),
    Column("at", Moment, primary_key=True, autoincrement=False),
    _number("register_mwh"),
    _number("power_w"),
)
Index(None, METER_VALUES.c.at)

ADDED = ("sessions", "energy_mwh", "micro_euros")

FACTS = Table(
    "facts",
    METADATA,
    Column("fact_id", NUMBERED, primary_key=True),
    _words("shard"),
    _words("kind"),
    _words("key"),
    _words("body"),
    Column("hash", WORDS, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

OUTBOX = Table(
    "outbox",
    METADATA,
    Column("number", NUMBERED, primary_key=True),
    _words("shard"),
    _words("topic"),
    _words("body"),
    sqlite_autoincrement=True,
)

POSITIONS = Table(
    "positions",
    METADATA,
    Column("log_id", WORDS, primary_key=True),
    Column("topic", WORDS, primary_key=True),
    Column("partition", BigInteger, primary_key=True, autoincrement=False),
    _number("next_offset"),
)

SHARDS = Table(
    "shards",
    METADATA,
    Column("shard", WORDS, primary_key=True),
    _number("epoch"),
    Column("serial", BigInteger, nullable=False, server_default="0"),
    Column("head", WORDS, nullable=False, server_default=""),
)

ACCESS = access_tables(METADATA)
