"""Published tariffs."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "site_tariffs",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("site_id", WORDS, nullable=False),
        sa.Column("tariff_id", WORDS, nullable=True),
        sa.Column("named_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", WORDS, nullable=True),
        sa.PrimaryKeyConstraint("born", name=op.f("pk_site_tariffs")),
        sa.UniqueConstraint("site_id", name=op.f("uq_site_tariffs_site_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tariff_versions",
        sa.Column("born", NUMBERED, nullable=False),
        sa.Column("version_id", WORDS, nullable=False),
        sa.Column("tariff_id", WORDS, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("request_id", WORDS, nullable=False),
        sa.Column("tariff", WORDS, nullable=False),
        sa.Column("actor", WORDS, nullable=True),
        sa.PrimaryKeyConstraint("born", name=op.f("pk_tariff_versions")),
        sa.UniqueConstraint("version_id", name=op.f("uq_tariff_versions_version_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_tariff_versions_tariff_id"), "tariff_versions", ["tariff_id", "born"], unique=False)
    op.add_column("points", sa.Column("tariff_id", WORDS, nullable=True))


def downgrade() -> None:
    op.drop_column("points", "tariff_id")
    op.drop_index(op.f("ix_tariff_versions_tariff_id"), table_name="tariff_versions")
    op.drop_table("tariff_versions")
    op.drop_table("site_tariffs")
