"""How SQLite is opened: a file with a write-ahead log, of which every commit is synced."""

from contextlib import suppress
from pathlib import Path
from sqlite3 import OperationalError
from time import sleep
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event

from evcharging.adapters.store import StoreUnusable

WRITE_AHEAD = "PRAGMA journal_mode=WAL"


def open_sqlite(url: URL, patience_s: float, *, writes: bool) -> Engine:
    """Connections to a file, whose folder is made where it is missing. `patience_s`: how long its lock is awaited."""
    folder = Path(url.database or "").parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnusable(
            f"Cannot make the folder {folder} for the database ({error.strerror}): give another path"
        ) from error
    engine = create_engine(
        url,
        connect_args={"timeout": patience_s, "check_same_thread": False},
        **({"pool_size": 1, "max_overflow": 0} if writes else {}),
    )
    # Whoever writes takes the one write lock at once rather than half-way.
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _set_up(connection: Any, _: object) -> None:
    connection.isolation_level = None  # so that transactions begin where we say, and DDL is part of them
    connection.execute("PRAGMA synchronous=FULL")
    for pause_s in (0.01, 0.05, 0.2, 0.5):  # SQLite itself does not wait while others change a new file's mode, too
        with suppress(OperationalError):
            connection.execute(WRITE_AHEAD)
            return
        sleep(pause_s)
    connection.execute(WRITE_AHEAD)
