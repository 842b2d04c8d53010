"""Indexes of what is searched for have no number of the row beside the value: without it PostgreSQL keeps a value once
for all of its rows, and SQLite has it there anyway."""

from alembic import op

revision = "0017"
down_revision = "0016"

INDEXED = {
    "actions": ("actor_id", "subject", "action"),
    "notices": ("cp_id",),
    "requests": ("cp_id", "driver_id"),
    "sessions": ("status", "cp_id", "driver_id"),
    "tariff_versions": ("tariff_id",),
    "tickets": ("cp_id",),
}
"""But for tickets by their driver, whose index has what is summed."""


def upgrade() -> None:
    _make_again()


def downgrade() -> None:
    _make_again("born")


def _make_again(*beside: str) -> None:
    for table, names in INDEXED.items():
        for name in names:
            op.drop_index(f"ix_{table}_{name}", table_name=table)
            op.create_index(f"ix_{table}_{name}", table, [name, *beside])
