"""People and keys."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

WORDS = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBERED = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _people()
    _keys()


def _people() -> None:
    op.create_table(
        "accounts",
        sa.Column("account_id", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("role", WORDS, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=False),
        sa.Column("password_hash", WORDS, nullable=True),
        sa.Column("disabled_at", sa.BigInteger(), nullable=True),
        sa.Column("name_key", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_accounts")),
        sa.UniqueConstraint("name_key", name=op.f("uq_accounts_name_key")),
    )
    op.create_table(
        "console_sessions",
        sa.Column("token_hash", WORDS, nullable=False),
        sa.Column("account_id", WORDS, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_console_sessions")),
    )
    op.create_index(op.f("ix_console_sessions_account_id"), "console_sessions", ["account_id"], unique=False)
    op.create_table(
        "erased_accounts",
        sa.Column("account_id", WORDS, nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_erased_accounts")),
    )
    op.create_table(
        "refresh_tokens",
        sa.Column("token_hash", WORDS, nullable=False),
        sa.Column("family", WORDS, nullable=False),
        sa.Column("account_id", WORDS, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_tokens")),
    )
    op.create_index(op.f("ix_refresh_tokens_account_id"), "refresh_tokens", ["account_id"], unique=False)
    op.create_index(op.f("ix_refresh_tokens_family"), "refresh_tokens", ["family"], unique=False)


def _keys() -> None:
    op.create_table(
        "access_versions",
        sa.Column("name", WORDS, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_access_versions")),
    )
    op.create_table(
        "identities",
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("id", WORDS, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("in_use", sa.BigInteger(), nullable=False),
        sa.Column("older_until", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("kind", "id", name=op.f("pk_identities")),
    )
    op.create_table(
        "machine_keys",
        sa.Column("key_id", WORDS, nullable=False),
        sa.Column("secret_hash", WORDS, nullable=False),
        sa.Column("label", WORDS, nullable=False),
        sa.Column("scopes", WORDS, nullable=False),
        sa.Column("created_by", WORDS, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("last_used_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_machine_keys")),
    )
    op.create_table(
        "one_time_links",
        sa.Column("token_hash", WORDS, nullable=False),
        sa.Column("purpose", WORDS, nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("subject", WORDS, nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_one_time_links")),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_refresh_tokens_family"), table_name="refresh_tokens")
    op.drop_index(op.f("ix_refresh_tokens_account_id"), table_name="refresh_tokens")
    op.drop_table("refresh_tokens")
    op.drop_table("one_time_links")
    op.drop_table("machine_keys")
    op.drop_table("identities")
    op.drop_table("erased_accounts")
    op.drop_index(op.f("ix_console_sessions_account_id"), table_name="console_sessions")
    op.drop_table("console_sessions")
    op.drop_table("accounts")
    op.drop_table("access_versions")
