"""What sessions come to by the hour and by the day is kept, by point, by site and in all; a bill names the site."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "totals",
        sa.Column("subject", WORDS, nullable=False),
        sa.Column("step", WORDS, nullable=False),
        sa.Column("at", sa.BigInteger, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.BigInteger, nullable=False) for name in ("sessions", "energy_mwh", "micro_euros")),
        sa.PrimaryKeyConstraint("subject", "step", "at", name="pk_totals"),
    )
    op.add_column("tickets", sa.Column("site_id", WORDS, nullable=True))


def downgrade() -> None:
    op.drop_column("tickets", "site_id")
    op.drop_table("totals")
