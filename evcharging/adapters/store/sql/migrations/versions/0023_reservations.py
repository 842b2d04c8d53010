"""Reservations."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reservations",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("reservation_id", WORDS, nullable=False),
        sa.Column("request_id", WORDS, nullable=False),
        sa.Column("driver_id", WORDS, nullable=False),
        sa.Column("cp_id", WORDS, nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("booked_at", sa.BigInteger(), nullable=False),
        sa.Column("kept_from", sa.BigInteger(), nullable=False),
        sa.Column("free_until", sa.BigInteger(), nullable=False),
        sa.Column("grace_s", sa.BigInteger(), nullable=False),
        sa.Column("status", WORDS, nullable=False),
        sa.Column("site_id", WORDS, nullable=True),
        sa.Column("is_any_point", sa.Boolean(), nullable=False),
        sa.Column("tariff", WORDS, nullable=True),
        sa.Column("late_cancel_micro_euros", sa.BigInteger(), nullable=False),
        sa.Column("no_show_micro_euros", sa.BigInteger(), nullable=False),
        sa.Column("vat_permille", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("session_id", WORDS, nullable=True),
        sa.Column("moved_to", WORDS, nullable=True),
        sa.Column("reason", WORDS, nullable=True),
        sa.PrimaryKeyConstraint("born", name=op.f("pk_reservations")),
        sa.UniqueConstraint("reservation_id", name=op.f("uq_reservations_reservation_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_reservations_begins_at"), "reservations", ["begins_at", "born"], unique=False)
    op.create_index(op.f("ix_reservations_cp_id"), "reservations", ["cp_id"], unique=False)
    op.create_index(op.f("ix_reservations_driver_id"), "reservations", ["driver_id"], unique=False)
    op.create_index(op.f("ix_reservations_site_id"), "reservations", ["site_id"], unique=False)
    op.create_index(op.f("ix_reservations_status"), "reservations", ["status"], unique=False)
    op.create_table(
        "site_reservations",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("request_id", WORDS, nullable=False),
        sa.Column("site_id", WORDS, nullable=False),
        sa.Column("driver_id", WORDS, nullable=False),
        sa.Column("begins_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("attempt", sa.BigInteger(), nullable=False),
        sa.Column("is_asking", sa.Boolean(), nullable=False),
        sa.Column("cp_id", WORDS, nullable=True),
        sa.Column("tried", WORDS, nullable=False),
        sa.Column("bound_id", WORDS, nullable=True),
        sa.Column("bound_cp", WORDS, nullable=True),
        sa.Column("reason", WORDS, nullable=True),
        sa.PrimaryKeyConstraint("born", name=op.f("pk_site_reservations")),
        sa.UniqueConstraint("request_id", name=op.f("uq_site_reservations_request_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_site_reservations_state"), "site_reservations", ["state"], unique=False)
    op.add_column("sessions", sa.Column("until", sa.BigInteger(), nullable=True))
    op.add_column("sessions", sa.Column("reservation_id", WORDS, nullable=True))
    op.add_column("tickets", sa.Column("reservation_id", WORDS, nullable=True))


def downgrade() -> None:
    op.drop_column("tickets", "reservation_id")
    op.drop_column("sessions", "reservation_id")
    op.drop_column("sessions", "until")
    op.drop_index(op.f("ix_site_reservations_state"), table_name="site_reservations")
    op.drop_table("site_reservations")
    op.drop_index(op.f("ix_reservations_status"), table_name="reservations")
    op.drop_index(op.f("ix_reservations_site_id"), table_name="reservations")
    op.drop_index(op.f("ix_reservations_driver_id"), table_name="reservations")
    op.drop_index(op.f("ix_reservations_cp_id"), table_name="reservations")
    op.drop_index(op.f("ix_reservations_begins_at"), table_name="reservations")
    op.drop_table("reservations")
