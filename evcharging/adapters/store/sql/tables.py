"""Central's ledger in SQL: a table for how every subject stands, the facts that led there, and what is still to be
sent. Columns are named as the records' fields. Knows no connection and no rule."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Boolean, Column, Dialect, Index, Integer, MetaData, Table, Text, TypeDecorator

from evcharging.domain.charging_point import LastReading, Notice, Point
from evcharging.domain.record import Record
from evcharging.domain.session import Bill, Request, Session

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FIRST = (datetime.min.replace(tzinfo=UTC) - EPOCH) // MICROSECOND
LAST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MICROSECOND


def to_microseconds(moment: datetime) -> int:
    """A moment as whole microseconds since 1970 UTC, within what can be read back."""
    return min(max((moment - EPOCH) // MICROSECOND, FIRST), LAST)


class Moment(TypeDecorator[datetime]):
    """A moment with a time zone, kept as whole microseconds since 1970 UTC. A time zone may put a moment hours outside
    of the years 1 to 9999 that can be read back; it is kept as the first or the last one that can."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + value * MICROSECOND


NUMBERED = BigInteger().with_variant(Integer(), "sqlite")
"""A number that the database gives, never twice; SQLite does so only for this one type of column."""


class WithoutZeros(TypeDecorator[str]):
    """Text for PostgreSQL, which cannot hold U+0000 and orders by language unless told otherwise."""

    impl = Text
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(collation="C")

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if value else value


WORDS = Text().with_variant(WithoutZeros(), "postgresql")
"""Text in order of its code points, in every database as in Python."""

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def _words(name: str, *, optional: bool = False) -> Column[str]:
    return Column(name, WORDS, nullable=optional)


def _number(name: str, *, optional: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=optional)


def _flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False)


def _moment(name: str, *, optional: bool = False) -> Column[datetime]:
    return Column(name, Moment, nullable=optional)


def _ledger(name: str, key: str, *columns: Column[str] | Column[int] | Column[datetime] | Column[bool]) -> Table:
    born = Column("born", NUMBERED, primary_key=True)
    subject = Column(key, WORDS, nullable=False, unique=True)
    return Table(name, METADATA, born, subject, *columns, sqlite_autoincrement=True)


POINTS = _ledger(
    "points",
    "cp_id",
    _words("location"),
    _moment("registered_at", optional=True),
    _number("own_micro_euros_per_kwh", optional=True),
    _number("engine_micro_euros_per_kwh"),
    _number("power_w"),
    _flag("stopped"),
    _flag("manual"),
    _flag("plugged"),
    _words("engine_state"),
    _words("engine_reason", optional=True),
    _number("engine_epoch"),
    _number("engine_seq"),
    _moment("last_seen", optional=True),
    _moment("retired_at", optional=True),
    Column("interval_ms", BigInteger, nullable=False, server_default="1000"),
)

SESSIONS = _ledger(
    "sessions",
    "session_id",
    _words("request_id"),
    _words("driver_id"),
    _words("cp_id"),
    _words("status"),
    _number("micro_euros_per_kwh"),
    _moment("requested_at"),
    _moment("started_at", optional=True),
    _moment("ended_at", optional=True),
    _number("register_start_mwh"),
    _number("register_stop_mwh"),
    _words("ended_by", optional=True),
    _words("detail", optional=True),
    _number("settled_mwh", optional=True),
    _moment("settled_at", optional=True),
    _words("settled_by", optional=True),
    _words("settled_note", optional=True),
)

TICKETS = _ledger(
    "tickets",
    "session_id",
    _words("driver_id"),
    _words("cp_id"),
    _moment("started_at"),
    _moment("ended_at"),
    _number("energy_mwh"),
    _number("micro_euros_per_kwh"),
    _number("micro_euros"),
    _words("ended_by"),
)

REQUESTS = _ledger(
    "requests",
    "request_id",
    _words("driver_id"),
    _words("cp_id"),
    _number("limit_mwh", optional=True),
    _moment("requested_at"),
    _flag("accepted"),
    _words("reason", optional=True),
    _words("session_id", optional=True),
)

NOTICES = _ledger(
    "notices",
    "notice_id",
    _moment("ts"),
    _words("level"),
    _words("text"),
    _words("cp_id", optional=True),
)

READINGS = _ledger("readings", "cp_id", _words("session_id"), _number("register_mwh"), _moment("heard_at"))

TABLES: dict[type[Record], Table] = {
    Point: POINTS,
    Session: SESSIONS,
    Bill: TICKETS,
    Request: REQUESTS,
    Notice: NOTICES,
    LastReading: READINGS,
}

SEARCHED = (
    SESSIONS.c.status,
    SESSIONS.c.cp_id,
    SESSIONS.c.driver_id,
    TICKETS.c.cp_id,
    TICKETS.c.driver_id,
    REQUESTS.c.cp_id,
    REQUESTS.c.driver_id,
    NOTICES.c.cp_id,
)
"""Columns that are asked for by value, each time the youngest first."""

for _column in SEARCHED:
    Index(None, _column, _column.table.c.born)

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
