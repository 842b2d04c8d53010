"""The revisions of the SQL store's tables. Revisions are numbered; Alembic is loaded only where one is missing.
A new one: change `tables.py`, write `versions/NNNN_what.py`, raise HEAD; a test says what it still lacks."""

from importlib import import_module

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, inspect, select

from evcharging.adapters.store import StoreUnavailable

HEAD = "0002"

VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


def migrate(engine: Engine) -> None:
    """Bring a database to HEAD, in one transaction. Raises StoreUnavailable for one that a newer program made."""
    with engine.connect() as connection:
        stored = revision_of(connection)
    if stored is not None and stored > HEAD:
        raise StoreUnavailable(
            f"The database {engine.url.render_as_string()} was made by a newer version of this program "
            f"(revision {stored}, this one knows {HEAD}): update the program or give another database"
        )
    if stored != HEAD:
        import_module(f"{__name__}.alembic_runner").upgrade(engine)


def revision_of(connection: Connection) -> str | None:
    """The revision that a database is at; None for one without tables."""
    if not inspect(connection).has_table(VERSION.name):
        return None
    return connection.scalar(select(VERSION.c.version_num))
