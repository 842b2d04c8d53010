"""A point says when it was retired and how often it is read. The newest register that Central received of each open
session is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("points", sa.Column("retired_at", sa.BigInteger, nullable=True))
    op.add_column("points", sa.Column("interval_ms", sa.BigInteger, nullable=False, server_default="1000"))
    op.create_table(
        "readings",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("cp_id", WORDS, nullable=False),
        sa.Column("session_id", WORDS, nullable=False),
        sa.Column("register_mwh", sa.BigInteger, nullable=False),
        sa.Column("heard_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("born", name="pk_readings"),
        sa.UniqueConstraint("cp_id", name="uq_readings_cp_id"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("readings")
    op.drop_column("points", "interval_ms")
    op.drop_column("points", "retired_at")
