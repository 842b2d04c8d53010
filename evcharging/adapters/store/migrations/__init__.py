"""The revisions of the SQL store's tables. Revisions are numbered; Alembic is loaded only where one is missing.
A new one: change `tables.py`, write `versions/NNNN_what.py`, raise HEAD; a test says what it still lacks."""

from importlib import import_module

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, inspect, select

from evcharging.adapters.store import StoreUnusable
from evcharging.adapters.store.sql_transactions import run
from evcharging.adapters.store.sql_troubles import place

HEAD = "0003"

VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


def is_behind(engine: Engine) -> bool:
    """Whether a database lacks revisions. Raises StoreUnusable for one that a newer program made."""
    stored = run(engine, revision_of)
    if stored is not None and stored > HEAD:
        raise StoreUnusable(
            f"The database {place(engine.url)} was made by a newer version of this program "
            f"(revision {stored}, this one knows {HEAD}): update the program or give another database"
        )
    return stored != HEAD


def migrate(engine: Engine) -> None:
    """Bring a database to HEAD, in one transaction."""
    run(engine, import_module(f"{__name__}.alembic_runner").upgrade)


def revision_of(connection: Connection) -> str | None:
    """The revision that a database is at; None for one without tables."""
    if not inspect(connection).has_table(VERSION.name):
        return None
    return connection.scalar(select(VERSION.c.version_num))
