"""The file of a SQLite ledger while a program uses it: shared with other Centrals, closed to a restore, and known again.
Knows no table."""

import os
from contextlib import suppress
from pathlib import Path
from secrets import randbits
from typing import NamedTuple

from sqlalchemy import URL, Connection, Engine

from evcharging.adapters.store import StoreUnavailable, StoreUnusable
from evcharging.adapters.store.files import FileLock, Identity, beside, identity, make_folder
from evcharging.adapters.store.sql_transactions import run

PUT_BACK = "put that one back, or stop this program and restore a backup"
PARTS = ("", "-wal", "-shm")
"""What a ledger consists of while it is open, by what its files' names end in."""

HEADER = 100
MAGIC = b"SQLite format 3\0"


class Header(NamedTuple):
    """The beginning of a SQLite file. `changes` grows with its first page; `mark`: see `mark_of`."""

    changes: int
    mark: int


class LedgerFile:
    """Held from before the first connection until after the last one. Raises StoreUnusable for a place that cannot have
    a ledger."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parts: dict[str, Identity] = {}
        self._marks: frozenset[int] = frozenset()
        self._changes = 0
        self._descriptor = -1
        self._lock: FileLock | None = None
        try:
            make_folder(path.parent)
            self._lock = None if path.is_dir() else FileLock(path, shared=True)
        except BlockingIOError:
            raise StoreUnusable(f"The ledger {path} is being restored: wait until that is done") from None
        except OSError as error:
            raise StoreUnusable(
                f"Cannot use the folder {path.parent} for the database ({error.strerror}): give another path"
            ) from error
        try:
            _must_have_what_its_log_is_for(path)
        except BaseException:
            self.close()
            raise

    def know(self, mark: int) -> None:
        """From here on it must be this file, with this mark: connections to it are open."""
        real = os.path.realpath(self._path)  # noqa: PTH118
        known = {end: (f"{real}{end}" if end else os.fspath(self._path)) for end in PARTS}
        self._parts = {path: found for path in known.values() if (found := identity(path))}
        # Not closed before every connection is: closing it lets go of the locks that SQLite has on the file.
        self._descriptor = os.open(self._path, os.O_RDONLY)
        header = self._header()
        self._marks = frozenset({mark, header.mark if header else mark})

    def check(self) -> str | None:
        """Why it must not be used, if so; may be called in any thread."""
        for path, known in self._parts.items():
            if identity(path) != known:
                return (
                    f"The ledger's file {path} is not the one any more that was opened there: {PUT_BACK}"
                    if identity(path)
                    else f"The ledger's file {path} cannot be found any more: {PUT_BACK}"
                )
        if self._descriptor == -1:
            return None
        header = self._header()
        if header is None or header.mark not in self._marks or header.changes < self._changes:
            return f"The ledger {self._path} was written over by somebody else: stop this program and restore a backup"
        self._changes = header.changes
        if self._lock is not None and not self._lock.holds():
            return f"The ledger {self._path} is being restored: stop this program"
        return None

    def must_be_there(self) -> None:
        """Raises StoreUnavailable where `check` finds something."""
        found = self.check()
        if found:
            raise StoreUnavailable(found)

    def close(self) -> None:
        """Let others restore it."""
        self._parts = {}
        if self._descriptor != -1:
            os.close(self._descriptor)
        self._descriptor = -1
        if self._lock is not None:
            self._lock.close()
        self._lock = None

    def _header(self) -> Header | None:
        return header_of(os.pread(self._descriptor, HEADER, 0))


def ledger_file(url: URL) -> LedgerFile | None:
    """The file at an address, held; None for a server."""
    is_file = url.get_backend_name() == "sqlite" and "uri" not in url.query
    return LedgerFile(Path(url.database or "").absolute()) if is_file else None


def header_of(beginning: bytes) -> Header | None:
    """The header that these bytes begin with; None for those of another kind of file."""
    if len(beginning) < HEADER or not beginning.startswith(MAGIC):
        return None
    return Header(changes=int.from_bytes(beginning[24:28]), mark=int.from_bytes(beginning[60:64]))


def mark_of(readers: Engine, writers: Engine) -> int:
    """A number by which a ledger is told from every other one, given once, by chance, and kept in its file's header:
    SQLite's `user_version`, for which it has no use itself."""
    found = run(readers, _mark)
    if found:
        return found
    given = run(writers, _give_mark)
    connection = writers.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")  # so that the file itself has it
    finally:
        connection.close()
    return given


def _mark(connection: Connection) -> int:
    mark: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    return mark


def _give_mark(connection: Connection) -> int:
    mark = _mark(connection) or randbits(31) | 1
    connection.exec_driver_sql(f"PRAGMA user_version = {mark}")
    return mark


def _must_have_what_its_log_is_for(path: Path) -> None:
    """SQLite would begin a new ledger here, and throw the log away."""
    log = beside(path, PARTS[1])
    with suppress(OSError):
        if log.stat().st_size and not (path.exists() and path.stat().st_size):
            raise StoreUnusable(
                f"The ledger {path} is gone or empty, but what was written last is in {log}: put the ledger back "
                "beside it, restore a backup with `evcharging restore`, or remove both to begin a new ledger"
            )
