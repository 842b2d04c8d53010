"""Point finishing."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("points", sa.Column("finishing", WORDS, nullable=True))


def downgrade() -> None:
    op.drop_column("points", "finishing")
