"""Operator actions."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "actions",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("action_id", WORDS, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor_kind", WORDS, nullable=False),
        sa.Column("actor_id", WORDS, nullable=False),
        sa.Column("via", WORDS, nullable=False),
        sa.Column("action", WORDS, nullable=False),
        sa.Column("subject", WORDS, nullable=False),
        sa.Column("role", WORDS, nullable=True),
        sa.Column("request_id", WORDS, nullable=True),
        sa.Column("asked", WORDS, nullable=True),
        sa.Column("before", WORDS, nullable=True),
        sa.Column("after", WORDS, nullable=True),
        sa.Column("refusal", WORDS, nullable=True),
        sa.Column("left_out", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("born", name=op.f("pk_actions")),
        sa.UniqueConstraint("action_id", name=op.f("uq_actions_action_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_actions_action"), "actions", ["action", "born"], unique=False)
    op.create_index(op.f("ix_actions_actor_id"), "actions", ["actor_id", "born"], unique=False)
    op.create_index(op.f("ix_actions_at"), "actions", ["at", "born"], unique=False)
    op.create_index(op.f("ix_actions_subject"), "actions", ["subject", "born"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_actions_subject"), table_name="actions")
    op.drop_index(op.f("ix_actions_at"), table_name="actions")
    op.drop_index(op.f("ix_actions_actor_id"), table_name="actions")
    op.drop_index(op.f("ix_actions_action"), table_name="actions")
    op.drop_table("actions")
