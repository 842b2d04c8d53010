"""The ledger's first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

LEDGER = ("points", "sessions", "tickets", "requests", "notices")
SEARCHED = {
    "sessions": ("status", "cp_id", "driver_id"),
    "tickets": ("cp_id", "driver_id"),
    "requests": ("cp_id", "driver_id"),
    "notices": ("cp_id",),
}


def upgrade() -> None:
    _points()
    _sessions()
    _tickets()
    _requests()
    _notices()
    _facts_and_outbox()
    _positions_and_shards()
    for table, columns in SEARCHED.items():
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column, "born"])


def downgrade() -> None:
    for table in (*LEDGER, "facts", "outbox", "positions", "shards"):
        op.drop_table(table)


def _words(name: str, *, optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, WORDS, nullable=optional)


def _number(name: str, *, optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=optional)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _numbered(table: str, number: str, *columns: sa.Column[str] | sa.Column[int] | sa.Column[bool]) -> None:
    primary = sa.PrimaryKeyConstraint(number, name=f"pk_{table}")
    op.create_table(table, sa.Column(number, NUMBERED, nullable=False), *columns, primary, sqlite_autoincrement=True)


def _ledger(table: str, key: str, *columns: sa.Column[str] | sa.Column[int] | sa.Column[bool]) -> None:
    unique = sa.UniqueConstraint(key, name=f"uq_{table}_{key}")
    primary = sa.PrimaryKeyConstraint("born", name=f"pk_{table}")
    born = sa.Column("born", NUMBERED, nullable=False)
    op.create_table(table, born, _words(key), *columns, primary, unique, sqlite_autoincrement=True)


def _points() -> None:
    _ledger(
        "points",
        "cp_id",
        _words("location"),
        _number("registered_at", optional=True),
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
        _number("last_seen", optional=True),
    )


def _sessions() -> None:
    _ledger(
        "sessions",
        "session_id",
        _words("request_id"),
        _words("driver_id"),
        _words("cp_id"),
        _words("status"),
        _number("micro_euros_per_kwh"),
        _number("requested_at"),
        _number("started_at", optional=True),
        _number("ended_at", optional=True),
        _number("register_start_mwh"),
        _number("register_stop_mwh"),
        _words("ended_by", optional=True),
        _words("detail", optional=True),
    )


def _tickets() -> None:
    _ledger(
        "tickets",
        "session_id",
        _words("driver_id"),
        _words("cp_id"),
        _number("started_at"),
        _number("ended_at"),
        _number("energy_mwh"),
        _number("micro_euros_per_kwh"),
        _number("micro_euros"),
        _words("ended_by"),
    )


def _requests() -> None:
    _ledger(
        "requests",
        "request_id",
        _words("driver_id"),
        _words("cp_id"),
        _number("limit_mwh", optional=True),
        _number("requested_at"),
        _flag("accepted"),
        _words("reason", optional=True),
        _words("session_id", optional=True),
    )


def _notices() -> None:
    _ledger(
        "notices",
        "notice_id",
        _number("ts"),
        _words("level"),
        _words("text"),
        _words("cp_id", optional=True),
    )


def _facts_and_outbox() -> None:
    _numbered("facts", "fact_id", _words("shard"), _words("kind"), _words("key"), _words("body"))
    _numbered("outbox", "number", _words("shard"), _words("topic"), _words("body"))


def _positions_and_shards() -> None:
    op.create_table(
        "positions",
        _words("log_id"),
        _words("topic"),
        sa.Column("partition", sa.BigInteger, nullable=False, autoincrement=False),
        _number("next_offset"),
        sa.PrimaryKeyConstraint("log_id", "topic", "partition", name="pk_positions"),
    )
    op.create_table("shards", _words("shard"), _number("epoch"), sa.PrimaryKeyConstraint("shard", name="pk_shards"))
