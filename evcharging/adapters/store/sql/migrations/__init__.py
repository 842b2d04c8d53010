"""The revisions of the SQL store's tables. Revisions are numbered; Alembic is loaded only where one is missing.
A new one: change a record, and let `python -m tools.migration NAME` write `versions/NNNN_name.py`; a test says what it
still lacks."""

from importlib import import_module
from pathlib import Path

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, inspect, select

from evcharging.adapters.store import StoreUnusable
from evcharging.adapters.store.sql.totals import rebuild
from evcharging.adapters.store.sql.transactions import run
from evcharging.adapters.store.sql.troubles import place

HEAD = max(file.name[:4] for file in (Path(__file__).parent / "versions").glob("[0-9]*_*.py"))

MOVED = f"moved {HEAD}"
"""Stands in place of the revision of a ledger that is somewhere else now; earlier versions wrote their own revision."""

TOTALLED = "0007"
"""From this revision on each commit adds its bills to the totals."""

VERSION = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


def is_behind(engine: Engine) -> bool:
    """Whether a database lacks revisions. Raises StoreUnusable for one that this program must leave alone."""
    stored = run(engine, revision_of)
    _must_be_ours(stored, engine)
    return stored != HEAD


def must_be_current(connection: Connection) -> None:
    """Raises StoreUnusable for a database that was moved or brought further since it was opened."""
    _must_be_ours(connection.scalar(select(VERSION.c.version_num)), connection.engine)


def _must_be_ours(stored: str | None, engine: Engine) -> None:
    if is_moved(stored):
        raise StoreUnusable(f"The ledger in {place(engine.url)} was moved to another database: give that one's address")
    if stored is not None and stored > HEAD:
        raise StoreUnusable(
            f"The database {place(engine.url)} was made by a newer version of this program "
            f"(revision {stored}, this one knows {HEAD}): update the program or give another database"
        )


def is_moved(stored: str | None) -> bool:
    """Whether this stands in place of a revision because the ledger is somewhere else now."""
    return stored is not None and stored.startswith("moved ")


def migrate(engine: Engine) -> None:
    """Bring a database to HEAD, and give it its totals if it has none, in one transaction."""
    upgrade = import_module(f"{__name__}.alembic_runner").upgrade

    def job(connection: Connection) -> None:
        before = revision_of(connection)
        upgrade(connection)
        if before is not None and before < TOTALLED:
            rebuild(connection)

    run(engine, job)


def revision_of(connection: Connection) -> str | None:
    """The revision that a database is at; None for one without tables."""
    if not inspect(connection).has_table(VERSION.name):
        return None
    return connection.scalar(select(VERSION.c.version_num))
