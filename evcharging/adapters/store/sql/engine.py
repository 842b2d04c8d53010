"""Where a SQL database is: its address, and the technology that goes with it."""

import logging
from importlib import import_module
from pathlib import Path

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError

from evcharging.adapters.store.sql.sqlite import open_sqlite, read_sqlite

EXAMPLES = "sqlite:///data/central.db or postgresql+psycopg://user:password@host/evcharging"

DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}


class BadStoreUrl(ValueError):
    """The address of a store cannot be one."""


def read_url(text: str) -> URL:
    """The address in full; raises BadStoreUrl with examples, and never repeats a password."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise BadStoreUrl(f"The database's address is not a URL; write one such as {EXAMPLES}") from None
    driver = DRIVERS.get(url.drivername)
    if driver is None:
        raise BadStoreUrl(f"A database of the kind {url.drivername} is not supported; write {EXAMPLES}")
    if driver.startswith("sqlite") and url.database in (None, "", ":memory:"):
        raise BadStoreUrl("A database in memory does not last; give a file, such as sqlite:///data/central.db")
    return url.set(drivername=driver)


def file_of(text: str) -> Path | None:
    """The file that a database is; None for one on a server. Raises BadStoreUrl."""
    url = read_url(text)
    return Path(url.database or "") if url.get_backend_name() == "sqlite" else None


def at_one_moment(engine: Engine) -> Engine:
    """The same connections to read, where all that one transaction reads is as of one moment."""
    # SQLite's transactions are so anyhow.
    return engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="REPEATABLE READ")


def open_engine(text: str, *, patience_s: float, writes: bool = False, unhurried: bool = False) -> Engine:
    """Connections to the database at a URL, to read, or a single one to write. `patience_s`: how long others' locks are
    waited for. What is `unhurried` may take long for other reasons."""
    url = _quietly(text)
    if url.get_backend_name() == "sqlite":
        return open_sqlite(url, patience_s, writes=writes)
    return _open_postgres(url, patience_s, writes=writes, unhurried=unhurried)


def open_reader(text: str, *, patience_s: float) -> Engine:
    """Connections to a database that is there, which only read."""
    url = _quietly(text)
    if url.get_backend_name() == "sqlite":
        return read_sqlite(url, patience_s, kept=True)
    return _open_postgres(url, patience_s)


def _quietly(text: str) -> URL:
    # Of connections that broke the store tells, in a sentence; the pool would tell of each with a stack trace.
    logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
    return read_url(text)


def _open_postgres(url: URL, patience_s: float, *, writes: bool = False, unhurried: bool = False) -> Engine:
    postgres = import_module("evcharging.adapters.store.sql.postgres")  # whose driver is loaded where it is needed
    engine: Engine = postgres.open_postgres(url, patience_s, writes=writes, unhurried=unhurried)
    return engine
