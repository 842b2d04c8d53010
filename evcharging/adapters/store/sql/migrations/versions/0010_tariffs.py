"""Points have tariffs, sessions freeze them and note readings at which a price may change, tickets have lines."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("points", sa.Column("tariff", WORDS, nullable=True))
    op.add_column("sessions", sa.Column("tariff", WORDS, nullable=True))
    op.add_column("sessions", sa.Column("marks", WORDS, server_default="[]", nullable=False))
    op.add_column("tickets", sa.Column("tariff", WORDS, nullable=True))
    op.add_column("tickets", sa.Column("price", WORDS, nullable=True))


def downgrade() -> None:
    op.drop_column("tickets", "price")
    op.drop_column("tickets", "tariff")
    op.drop_column("sessions", "marks")
    op.drop_column("sessions", "tariff")
    op.drop_column("points", "tariff")
