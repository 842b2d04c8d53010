"""Alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "alerts",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("alert_id", WORDS, nullable=False),
        sa.Column("rule", WORDS, nullable=False),
        sa.Column("severity", WORDS, nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("cp_id", WORDS, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("text", WORDS, nullable=False),
        sa.Column("session_id", WORDS, nullable=True),
        sa.Column("site_id", WORDS, nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", WORDS, nullable=True),
        sa.Column("note", WORDS, nullable=True),
        sa.PrimaryKeyConstraint("born", name=op.f("pk_alerts")),
        sa.UniqueConstraint("alert_id", name=op.f("uq_alerts_alert_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_alerts_cp_id"), "alerts", ["cp_id"], unique=False)
    op.create_index(op.f("ix_alerts_opened_at"), "alerts", ["opened_at", "born"], unique=False)
    op.create_index(op.f("ix_alerts_rule"), "alerts", ["rule"], unique=False)
    op.create_index(op.f("ix_alerts_site_id"), "alerts", ["site_id"], unique=False)
    op.create_index(op.f("ix_alerts_state"), "alerts", ["state"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_alerts_state"), table_name="alerts")
    op.drop_index(op.f("ix_alerts_site_id"), table_name="alerts")
    op.drop_index(op.f("ix_alerts_rule"), table_name="alerts")
    op.drop_index(op.f("ix_alerts_opened_at"), table_name="alerts")
    op.drop_index(op.f("ix_alerts_cp_id"), table_name="alerts")
    op.drop_table("alerts")
