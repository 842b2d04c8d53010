"""How SQLite is opened: a file with a write-ahead log, of which every commit is synced."""

from contextlib import suppress
from pathlib import Path
from sqlite3 import Connection, OperationalError
from sqlite3 import connect as connect_to
from time import sleep
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, NullPool, QueuePool, create_engine, event

from evcharging.adapters.store import StoreUnusable
from evcharging.adapters.store.files import make_file, make_folder

WRITE_AHEAD = "PRAGMA journal_mode=WAL"


def open_sqlite(url: URL, patience_s: float, *, writes: bool) -> Engine:
    """Connections to a file, whose folder is made where it is missing. `patience_s`: how long its lock is awaited."""
    file = Path(url.database or "")
    folder = file.parent
    try:
        make_folder(folder)
        make_file(file)
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


def read_address(file: Path) -> str:
    """Where SQLite finds a file that it may only read."""
    return f"file:{quote(str(file.resolve()))}?mode=ro"


def read_sqlite(url: URL, patience_s: float, *, kept: bool = False) -> Engine:
    """Connections to a file that is there, which only read, and leave it and its log as they are; a new one for each
    question, unless they are `kept`."""
    address = read_address(Path(url.database or ""))

    def connect() -> Connection:
        return connect_to(address, uri=True, timeout=patience_s, isolation_level=None, check_same_thread=False)

    engine = create_engine(url, creator=connect, poolclass=QueuePool if kept else NullPool)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
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
