"""Vehicles."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "garages",
        sa.Column("account_id", WORDS, nullable=False),
        sa.Column("vehicles", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_garages")),
    )


def downgrade() -> None:
    op.drop_table("garages")
