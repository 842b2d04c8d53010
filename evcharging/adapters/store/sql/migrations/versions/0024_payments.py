"""Payments."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "entries",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("entry_id", WORDS, nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("subject_id", WORDS, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("postings", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("born", name=op.f("pk_entries")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_entries_entry_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_entries_at"), "entries", ["at", "born"], unique=False)
    op.create_index(op.f("ix_entries_kind"), "entries", ["kind"], unique=False)
    op.create_index(op.f("ix_entries_subject_id"), "entries", ["subject_id"], unique=False)
    op.create_table(
        "payments",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("session_id", WORDS, nullable=False),
        sa.Column("driver_id", WORDS, nullable=False),
        sa.Column("cp_id", WORDS, nullable=False),
        sa.Column("reference", WORDS, nullable=False),
        sa.Column("method", WORDS, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("known", WORDS, nullable=True),
        sa.Column("operation", WORDS, nullable=True),
        sa.Column("operations", sa.BigInteger(), nullable=False),
        sa.Column("due_cents", sa.BigInteger(), nullable=True),
        sa.Column("is_given_up", sa.Boolean(), nullable=False),
        sa.Column("is_raise_declined", sa.Boolean(), nullable=False),
        sa.Column("code", WORDS, nullable=True),
        sa.Column("refunds", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("born", name=op.f("pk_payments")),
        sa.UniqueConstraint("session_id", name=op.f("uq_payments_session_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_payments_asked_at"), "payments", ["asked_at", "born"], unique=False)
    op.create_index(op.f("ix_payments_cp_id"), "payments", ["cp_id"], unique=False)
    op.create_index(op.f("ix_payments_driver_id"), "payments", ["driver_id"], unique=False)
    op.create_index(op.f("ix_payments_reference"), "payments", ["reference"], unique=False)
    op.create_index(op.f("ix_payments_state"), "payments", ["state"], unique=False)
    op.add_column("queue_entries", sa.Column("payment_method", WORDS, nullable=True))
    op.add_column("reservations", sa.Column("payment_method", WORDS, nullable=True))
    op.add_column("site_reservations", sa.Column("payment_method", WORDS, nullable=True))


def downgrade() -> None:
    op.drop_column("site_reservations", "payment_method")
    op.drop_column("reservations", "payment_method")
    op.drop_column("queue_entries", "payment_method")
    op.drop_index(op.f("ix_payments_state"), table_name="payments")
    op.drop_index(op.f("ix_payments_reference"), table_name="payments")
    op.drop_index(op.f("ix_payments_driver_id"), table_name="payments")
    op.drop_index(op.f("ix_payments_cp_id"), table_name="payments")
    op.drop_index(op.f("ix_payments_asked_at"), table_name="payments")
    op.drop_table("payments")
    op.drop_index(op.f("ix_entries_subject_id"), table_name="entries")
    op.drop_index(op.f("ix_entries_kind"), table_name="entries")
    op.drop_index(op.f("ix_entries_at"), table_name="entries")
    op.drop_table("entries")
