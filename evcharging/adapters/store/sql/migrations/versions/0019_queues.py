"""Queues."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "answered_asks",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("place", WORDS, nullable=False),
        sa.Column("site_id", WORDS, nullable=False),
        sa.Column("cp_id", WORDS, nullable=False),
        sa.Column("request_id", WORDS, nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("outcome", WORDS, nullable=False),
        sa.Column("session_id", WORDS, nullable=True),
        sa.Column("reason", WORDS, nullable=True),
        sa.PrimaryKeyConstraint("born", name=op.f("pk_answered_asks")),
        sa.UniqueConstraint("place", name=op.f("uq_answered_asks_place")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "holds",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("cp_id", WORDS, nullable=False),
        sa.Column("request_id", WORDS, nullable=True),
        sa.Column("driver_id", WORDS, nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("born", name=op.f("pk_holds")),
        sa.UniqueConstraint("cp_id", name=op.f("uq_holds_cp_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "queue_entries",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("request_id", WORDS, nullable=False),
        sa.Column("site_id", WORDS, nullable=False),
        sa.Column("driver_id", WORDS, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("status", WORDS, nullable=False),
        sa.Column("limit_mwh", sa.BigInteger(), nullable=True),
        sa.Column("minutes", sa.BigInteger(), nullable=True),
        sa.Column("has_waited", sa.Boolean(), nullable=False),
        sa.Column("cp_id", WORDS, nullable=True),
        sa.Column("ask_epoch", sa.BigInteger(), nullable=False),
        sa.Column("ask_seq", sa.BigInteger(), nullable=False),
        sa.Column("offered_until", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("session_id", WORDS, nullable=True),
        sa.Column("reason", WORDS, nullable=True),
        sa.PrimaryKeyConstraint("born", name=op.f("pk_queue_entries")),
        sa.UniqueConstraint("request_id", name=op.f("uq_queue_entries_request_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_queue_entries_asked_at"), "queue_entries", ["asked_at", "born"], unique=False)
    op.create_index(op.f("ix_queue_entries_driver_id"), "queue_entries", ["driver_id"], unique=False)
    op.create_index(op.f("ix_queue_entries_site_id"), "queue_entries", ["site_id"], unique=False)
    op.create_index(op.f("ix_queue_entries_status"), "queue_entries", ["status"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_queue_entries_status"), table_name="queue_entries")
    op.drop_index(op.f("ix_queue_entries_site_id"), table_name="queue_entries")
    op.drop_index(op.f("ix_queue_entries_driver_id"), table_name="queue_entries")
    op.drop_index(op.f("ix_queue_entries_asked_at"), table_name="queue_entries")
    op.drop_table("queue_entries")
    op.drop_table("holds")
    op.drop_table("answered_asks")
