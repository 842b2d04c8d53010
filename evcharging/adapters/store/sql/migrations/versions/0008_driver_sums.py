"""The index of tickets by their driver has what is summed of them."""

from alembic import op

revision = "0008"
down_revision = "0007"

INDEX = "ix_tickets_driver_id"


def upgrade() -> None:
    op.drop_index(INDEX, table_name="tickets")
    op.create_index(INDEX, "tickets", ["driver_id", "born", "energy_mwh", "micro_euros"])


def downgrade() -> None:
    op.drop_index(INDEX, table_name="tickets")
    op.create_index(INDEX, "tickets", ["driver_id", "born"])
