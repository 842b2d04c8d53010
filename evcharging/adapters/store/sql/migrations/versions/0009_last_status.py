"""What engines said last is kept apart from what people decided of a point; a session says how much was asked for."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

RENAMED = {
    "state": "engine_state",
    "reason": "engine_reason",
    "epoch": "engine_epoch",
    "seq": "engine_seq",
    "micro_euros_per_kwh": "engine_micro_euros_per_kwh",
}
KEPT = ("power_w", "manual", "plugged", "interval_ms", "start_within_ms", "last_seen")
MOVED = {**RENAMED, **dict(zip(KEPT, KEPT, strict=True))}


POINTS = sa.table("points", *map(sa.column, ("born", "cp_id", *MOVED.values())))
STATUSES = sa.table("statuses", *map(sa.column, ("cp_id", *MOVED)))


def _column(name: str, kind: sa.types.TypeEngine[Any], default: str) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, server_default=sa.text(default))


def upgrade() -> None:
    op.create_table(
        "statuses",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("cp_id", WORDS, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("reason", WORDS, nullable=True),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("epoch", "seq", "micro_euros_per_kwh")),
        sa.Column("power_w", sa.BigInteger, nullable=False),
        *(sa.Column(name, sa.Boolean, nullable=False) for name in ("manual", "plugged")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("interval_ms", "start_within_ms")),
        sa.Column("last_seen", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("born", name="pk_statuses"),
        sa.UniqueConstraint("cp_id", name="uq_statuses_cp_id"),
        sqlite_autoincrement=True,
    )
    said = sa.select(*(POINTS.c[name] for name in ("cp_id", *MOVED.values()))).order_by(POINTS.c.born)
    op.execute(STATUSES.insert().from_select(["cp_id", *MOVED], said))
    for name in MOVED.values():
        op.drop_column("points", name)
    op.add_column("sessions", sa.Column("limit_mwh", sa.BigInteger, nullable=True))


def downgrade() -> None:
    op.drop_column("sessions", "limit_mwh")
    for name in ("engine_epoch", "engine_seq", "engine_micro_euros_per_kwh", "power_w"):
        op.add_column("points", _column(name, sa.BigInteger(), "0"))
    for name in ("manual", "plugged"):
        op.add_column("points", _column(name, sa.Boolean(), "false"))
    op.add_column("points", _column("interval_ms", sa.BigInteger(), "1000"))
    op.add_column("points", _column("start_within_ms", sa.BigInteger(), "5000"))
    op.add_column("points", _column("engine_state", WORDS, "'DISCONNECTED'"))
    op.add_column("points", sa.Column("engine_reason", WORDS, nullable=True))
    op.add_column("points", sa.Column("last_seen", sa.BigInteger, nullable=True))
    for new, old in MOVED.items():
        said = sa.select(STATUSES.c[new]).where(STATUSES.c.cp_id == POINTS.c.cp_id).scalar_subquery()
        heard = POINTS.c.cp_id.in_(sa.select(STATUSES.c.cp_id))
        op.execute(POINTS.update().where(heard).values({old: said}))
    op.drop_table("statuses")
