"""Cards of drivers."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "cards",
        sa.Column("card_id", WORDS, nullable=False),
        sa.Column("account_id", WORDS, nullable=False),
        sa.Column("method", WORDS, nullable=False),
        sa.Column("brand", WORDS, nullable=False),
        sa.Column("last4", WORDS, nullable=False),
        sa.Column("expires", WORDS, nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_cards")),
    )
    op.create_index(op.f("ix_cards_account_id"), "cards", ["account_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_cards_account_id"), table_name="cards")
    op.drop_table("cards")
