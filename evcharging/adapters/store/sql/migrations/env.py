"""What Alembic runs: the revisions, on the connection it was handed."""

from alembic import context

from evcharging.adapters.store.sql.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
