"""How a SQL database is reached: its address, its connections, and its troubles in plain sentences."""

from contextlib import suppress
from pathlib import Path
from sqlite3 import OperationalError
from time import sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from evcharging.adapters.store import StoreUnavailable

EXAMPLES = "sqlite:///data/central.db or postgresql+psycopg://user:password@host/evcharging"

DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}

ADVICE = {
    "not a database": "move this file away or give another path",
    "unable to open": "give the path of a file in a folder that may be written to",
    "readonly": "give a file that may be written to",
    "read-only": "give a file that may be written to",
    "full": "free some space on the disk",
    "disk i/o": "check the disk and the space left on it",
    "malformed": "restore the file from a copy",
    "locked": "another program has been writing to it for too long; stop that one or try again",
    "already exists": "give a database that no other program uses",
}

WRITE_AHEAD = "PRAGMA journal_mode=WAL"


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


def open_engine(text: str, *, patience_s: float) -> Engine:
    """Connections to the database at a URL; SQLite's folder is made where it is missing."""
    url = read_url(text)
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url, patience_s)
    try:
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": max(2, round(patience_s))})
    except ModuleNotFoundError:
        raise StoreUnavailable("PostgreSQL needs one more package: pip install 'psycopg[binary]'") from None


def writing(engine: Engine) -> Engine:
    """The same connections, but a transaction takes SQLite's one write lock at once rather than half-way."""
    return engine.execution_options(begin="BEGIN IMMEDIATE")


def _open_sqlite(url: URL, patience_s: float) -> Engine:
    folder = Path(url.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(
            f"Cannot make the folder {folder} for the database ({error.strerror}): give another path"
        ) from error
    engine = create_engine(url, paramstyle="named", connect_args={"timeout": patience_s, "check_same_thread": False})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: Any, _: object) -> None:
    connection.isolation_level = None  # so that transactions begin where `_begin` says, and DDL is part of them
    connection.execute("PRAGMA synchronous=FULL")
    for pause_s in (0.01, 0.05, 0.2, 0.5):  # SQLite itself does not wait while others change a new file's mode, too
        with suppress(OperationalError):
            connection.execute(WRITE_AHEAD)
            return
        sleep(pause_s)
    connection.execute(WRITE_AHEAD)


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def sentence(url: URL, error: Exception) -> str:
    """A database's trouble as one sentence: what, where, and what to do."""
    text = str(getattr(error, "orig", None) or error).strip()
    cause = text.splitlines()[0] if text else type(error).__name__
    fallback = "check that it is running and that the address is right" if url.host else "check the path and the disk"
    advice = next((hint for sign, hint in ADVICE.items() if sign in cause.lower()), fallback)
    where = url.database if url.get_backend_name() == "sqlite" else url.render_as_string()
    return f"Cannot use the database {where} ({cause}): {advice}"
