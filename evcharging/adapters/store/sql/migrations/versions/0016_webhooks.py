"""Webhooks."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "deliveries",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("delivery_id", WORDS, nullable=False),
        sa.Column("webhook_id", WORDS, nullable=False),
        sa.Column("event", WORDS, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("body", WORDS, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("trouble", WORDS, nullable=True),
        sa.Column("next_at", sa.BigInteger(), nullable=True),
        sa.Column("alert_id", WORDS, nullable=True),
        sa.PrimaryKeyConstraint("born", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("delivery_id", name=op.f("uq_deliveries_delivery_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_deliveries_made_at"), "deliveries", ["made_at", "born"], unique=False)
    op.create_index(op.f("ix_deliveries_state"), "deliveries", ["state"], unique=False)
    op.create_index(op.f("ix_deliveries_webhook_id"), "deliveries", ["webhook_id"], unique=False)
    op.create_table(
        "webhooks",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("webhook_id", WORDS, nullable=False),
        sa.Column("url", WORDS, nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("request_id", WORDS, nullable=False),
        sa.Column("rules", WORDS, nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("actor", WORDS, nullable=True),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("born", name=op.f("pk_webhooks")),
        sa.UniqueConstraint("webhook_id", name=op.f("uq_webhooks_webhook_id")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("webhooks")
    op.drop_index(op.f("ix_deliveries_webhook_id"), table_name="deliveries")
    op.drop_index(op.f("ix_deliveries_state"), table_name="deliveries")
    op.drop_index(op.f("ix_deliveries_made_at"), table_name="deliveries")
    op.drop_table("deliveries")
