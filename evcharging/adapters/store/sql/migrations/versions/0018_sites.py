"""Sites, as operators describe them."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sites",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("site_id", WORDS, nullable=False),
        sa.Column("description", WORDS, nullable=False),
        sa.Column("described_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", WORDS, nullable=True),
        sa.PrimaryKeyConstraint("born", name=op.f("pk_sites")),
        sa.UniqueConstraint("site_id", name=op.f("uq_sites_site_id")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("sites")
