"""Site power."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "site_power",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("site_id", WORDS, nullable=False),
        sa.Column("bounds", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("born", name=op.f("pk_site_power")),
        sa.UniqueConstraint("site_id", name=op.f("uq_site_power_site_id")),
        sqlite_autoincrement=True,
    )
    op.add_column("statuses", sa.Column("overdrawn", sa.Boolean(), server_default="0", nullable=False))


def downgrade() -> None:
    op.drop_column("statuses", "overdrawn")
    op.drop_table("site_power")
