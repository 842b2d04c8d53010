"""Replay looks up the last notice and the last session of each point until a moment: an index that begins with the
point and goes on with the moment. The indexes of points alone stay, which pages go along by the number of the row."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.create_index("ix_notices_past", "notices", ["cp_id", "ts"])
    op.create_index("ix_sessions_past", "sessions", ["cp_id", "requested_at"])


def downgrade() -> None:
    op.drop_index("ix_sessions_past", table_name="sessions")
    op.drop_index("ix_notices_past", table_name="notices")
