"""What sessions come to over time is kept, by point, by site and in all, and what meters said while they ran; a bill
names its site, and a notice what it is made of."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TOTALS = ("sessions", "energy_mwh", "micro_euros")
METER = ("register_mwh", "power_w")
NOTICE = ("code", "session_id", "detail")


def upgrade() -> None:
    op.create_table(
        "totals",
        sa.Column("step", WORDS, nullable=False),
        sa.Column("subject", WORDS, nullable=False),
        sa.Column("at", sa.BigInteger, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in TOTALS),
        sa.PrimaryKeyConstraint("step", "subject", "at", name="pk_totals"),
    )
    op.create_table(
        "meter_values",
        sa.Column("session_id", WORDS, nullable=False),
        sa.Column("at", sa.BigInteger, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in METER),
        sa.PrimaryKeyConstraint("session_id", "at", name="pk_meter_values"),
    )
    op.create_index("ix_meter_values_at", "meter_values", ["at"])
    op.add_column("tickets", sa.Column("site_id", WORDS, nullable=True))
    for name in NOTICE:
        op.add_column("notices", sa.Column(name, WORDS, nullable=True))


def downgrade() -> None:
    for name in NOTICE:
        op.drop_column("notices", name)
    op.drop_column("tickets", "site_id")
    op.drop_table("meter_values")
    op.drop_table("totals")
