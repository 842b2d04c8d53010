"""Receipts."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "comparisons",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("ours", sa.BigInteger(), nullable=False),
        sa.Column("theirs", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("differences", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("born", name=op.f("pk_comparisons")),
        sa.UniqueConstraint("name", name=op.f("uq_comparisons_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "receipt_series",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("series", WORDS, nullable=False),
        sa.Column("shard", WORDS, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("born", name=op.f("pk_receipt_series")),
        sa.UniqueConstraint("series", name=op.f("uq_receipt_series_series")),
        sqlite_autoincrement=True,
    )
    op.add_column("entries", sa.Column("number", WORDS, nullable=True))
    op.add_column("tickets", sa.Column("number", WORDS, nullable=True))


def downgrade() -> None:
    op.drop_column("tickets", "number")
    op.drop_column("entries", "number")
    op.drop_table("receipt_series")
    op.drop_table("comparisons")
