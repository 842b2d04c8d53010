"""Each shard remembers the last commit of its run, so that one whose answer was lost can be given again."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("shards", sa.Column("serial", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("shards", "serial")
