"""Points have limits and may be occupied; sessions and requests may be for a time, and sessions end with idle time."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("points", sa.Column("limit", WORDS, nullable=True))
    op.add_column("requests", sa.Column("minutes", sa.BigInteger(), nullable=True))
    op.add_column("sessions", sa.Column("minutes", sa.BigInteger(), nullable=True))
    op.add_column("sessions", sa.Column("unplugged_at", sa.BigInteger(), nullable=True))
    op.add_column("sessions", sa.Column("idle_since", sa.BigInteger(), nullable=True))
    op.add_column("statuses", sa.Column("limit", WORDS, nullable=True))
    op.add_column("statuses", sa.Column("occupied", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("tickets", sa.Column("unplugged_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("tickets", "unplugged_at")
    op.drop_column("statuses", "occupied")
    op.drop_column("statuses", "limit")
    op.drop_column("sessions", "idle_since")
    op.drop_column("sessions", "unplugged_at")
    op.drop_column("sessions", "minutes")
    op.drop_column("requests", "minutes")
    op.drop_column("points", "limit")
