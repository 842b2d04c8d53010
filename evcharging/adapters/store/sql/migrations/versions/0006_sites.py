"""A point says where it is and who changed it last, and sites count what was billed at their points. What happened can
be searched by its moment."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

MOMENTS = (("sessions", "requested_at"), ("tickets", "ended_at"), ("requests", "requested_at"), ("notices", "ts"))
COUNTS = ("epoch", "seq", "sessions", "energy_mwh", "micro_euros")


def upgrade() -> None:
    op.add_column("points", sa.Column("start_within_ms", sa.BigInteger, nullable=False, server_default="5000"))
    for name in ("station_id", "site_id", "actor"):
        op.add_column("points", sa.Column(name, WORDS, nullable=True))
    op.add_column("sessions", sa.Column("settled_actor", WORDS, nullable=True))
    op.create_table(
        "site_points",
        sa.Column("born", NUMBERED, nullable=False),
        *(sa.Column(name, WORDS, nullable=False) for name in ("place", "site_id", "cp_id")),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in COUNTS),
        sa.PrimaryKeyConstraint("born", name="pk_site_points"),
        sa.UniqueConstraint("place", name="uq_site_points_place"),
        sqlite_autoincrement=True,
    )
    for table, moment in MOMENTS:
        op.create_index(f"ix_{table}_{moment}", table, [moment, "born"])


def downgrade() -> None:
    for table, moment in MOMENTS:
        op.drop_index(f"ix_{table}_{moment}", table)
    op.drop_table("site_points")
    op.drop_column("sessions", "settled_actor")
    for name in ("actor", "site_id", "station_id", "start_within_ms"):
        op.drop_column("points", name)
