"""A session says how an operator settled it by hand: with which energy, when, who, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBERS, TEXTS = ("settled_mwh", "settled_at"), ("settled_by", "settled_note")


def upgrade() -> None:
    for name in NUMBERS:
        op.add_column("sessions", sa.Column(name, sa.BigInteger, nullable=True))
    for name in TEXTS:
        op.add_column("sessions", sa.Column(name, WORDS, nullable=True))


def downgrade() -> None:
    for name in (*NUMBERS, *TEXTS):
        op.drop_column("sessions", name)
