"""The file of a SQLite ledger while a program uses it: shared with other Centrals, closed to a restore, known again.
Knows no table."""

import os
from contextlib import suppress
from pathlib import Path
from secrets import randbits
from threading import Lock
from typing import NamedTuple

from sqlalchemy import URL, Connection, Engine

from evcharging.adapters.store import StoreUnavailable, StoreUnusable
from evcharging.adapters.store.files import FileLock, beside, make_folder
from evcharging.adapters.store.sql.transactions import run

PUT_BACK = "put that one back, or stop this program and restore a backup"
LOG, INDEX = "-wal", "-shm"
"""What belongs to a ledger while it is open, by what is added to its file's name."""

CLOSED = -1

HEADER = 100
MAGIC = b"SQLite format 3\0"


class Header(NamedTuple):
    """The beginning of a SQLite file. `changes` grows with its first page; `mark`: see `mark_of`."""

    changes: int
    mark: int


class LedgerFile:
    """Known from before the first connection until after the last one, and held as long, unless that is done by another
    part of this program. Raises StoreUnusable for a place that cannot have a ledger."""

    def __init__(self, path: Path, *, holds: bool = True) -> None:
        self._path = path
        self._parts: list[tuple[Path, os.stat_result]] = []
        self._index: list[tuple[Path, os.stat_result]] = []
        self._marks: frozenset[int] = frozenset()
        self._changes = 0
        self._beginning = b""
        self._turn = Lock()
        self._descriptor = CLOSED
        self._lock: FileLock | None = None
        if holds:
            self._hold(path)

    def _hold(self, path: Path) -> None:
        try:
            make_folder(path.parent)
            self._lock = None if path.is_dir() else FileLock(path.resolve(), shared=True)
        except BlockingIOError:
            raise StoreUnusable(f"The ledger {path} is being restored: wait until that is done") from None
        except OSError as error:
            raise StoreUnusable(
                f"Cannot make the folder {path.parent} for the database ({error.strerror}): give another path"
            ) from error
        try:
            _must_have_what_its_log_is_for(path)
        except BaseException:
            self.close()
            raise

    def know(self, mark: int) -> None:
        """From here on it must be this file, with this mark: connections to it are open."""
        real = self._path.resolve()
        self._parts = [(path, path.stat()) for path in (self._path, beside(real, LOG)) if path.exists()]
        self._index = [(path, path.stat()) for path in (beside(real, INDEX),) if path.exists()]
        # Not closed before every connection is: closing it lets go of the locks that SQLite has on the file.
        self._descriptor = os.open(self._path, os.O_RDONLY)
        header = header_of(os.pread(self._descriptor, HEADER, 0))
        self._marks = frozenset({mark, header.mark if header else mark})

    def check(self) -> str | None:
        """Why it must not be used, if so; may be called in any thread."""
        found = self._strange() or _moved(self._index)
        if found is None and self._lock is not None and not self._lock.holds():
            return f"The ledger {self._path} is being restored: stop this program"
        return found

    def must_be_there(self) -> None:
        """Raises StoreUnavailable where it is not this file any more. Asked twice for every commit, so it must be
        quick."""
        found = self._strange()
        if found is not None:
            raise StoreUnavailable(found)

    def _strange(self) -> str | None:
        moved = _moved(self._parts)
        if moved is not None or self._descriptor == CLOSED:
            return moved
        with self._turn:
            beginning = os.pread(self._descriptor, HEADER, 0)
            if beginning != self._beginning:
                header = header_of(beginning)
                if header is None or header.mark not in self._marks or header.changes < self._changes:
                    return f"The ledger {self._path} was written over: stop this program and restore a backup"
                self._changes, self._beginning = header.changes, beginning
        return None

    def close(self) -> None:
        """Let others restore it."""
        self._parts, self._index = [], []
        if self._descriptor != CLOSED:
            os.close(self._descriptor)
        self._descriptor = CLOSED
        if self._lock is not None:
            self._lock.close()
        self._lock = None


def _moved(parts: list[tuple[Path, os.stat_result]]) -> str | None:
    for path, known in parts:
        try:
            found = path.stat()
        except OSError as error:
            return f"The ledger's file {path} cannot be found any more ({error.strerror}): {PUT_BACK}"
        if found.st_ino != known.st_ino or found.st_dev != known.st_dev:
            return f"The ledger's file {path} is not the one any more that was opened there: {PUT_BACK}"
    return None


def ledger_file(url: URL) -> LedgerFile | None:
    """The file at an address, held; None for a server."""
    return LedgerFile(Path(url.database or "").absolute()) if _is_file(url) else None


def read_ledger_file(url: URL) -> LedgerFile | None:
    """The same, where another part of this program holds it."""
    return LedgerFile(Path(url.database or "").absolute(), holds=False) if _is_file(url) else None


def _is_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and "uri" not in url.query


def header_of(beginning: bytes) -> Header | None:
    """The header that these bytes begin with; None for those of another kind of file."""
    if len(beginning) < HEADER or not beginning.startswith(MAGIC):
        return None
    return Header(changes=int.from_bytes(beginning[24:28]), mark=int.from_bytes(beginning[60:64]))


def mark_of(readers: Engine, writers: Engine) -> int:
    """A number by which a ledger is told from every other one, given once, by chance, and kept in its file's header:
    SQLite's `user_version`, for which it has no use itself."""
    found = run(readers, mark_in)
    if found:
        return found
    given = run(writers, _give_mark)
    connection = writers.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")  # so that the file itself has it
    finally:
        connection.close()
    return given


def empty_log(writers: Engine) -> None:
    """Let the file itself have all that was written, and the log beside it nothing any more; those who read the ledger
    are waited for as others' commits are."""
    connection = writers.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def mark_in(connection: Connection) -> int:
    """The number by which a ledger is told from others; 0 where it was given none yet."""
    mark: int = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    return mark


def _give_mark(connection: Connection) -> int:
    mark = mark_in(connection) or randbits(31) | 1
    connection.exec_driver_sql(f"PRAGMA user_version = {mark}")
    return mark


def _must_have_what_its_log_is_for(path: Path) -> None:
    """SQLite would begin a new ledger here, and throw the log away."""
    log = beside(path, LOG)
    with suppress(OSError):
        if log.stat().st_size and not (path.exists() and path.stat().st_size):
            raise StoreUnusable(
                f"The ledger {path} is gone or empty, but what was written last is in {log}: put the ledger back "
                "beside it, restore a backup with `evcharging restore`, or remove both to begin a new ledger"
            )
