"""Files of a program's own: for its user alone, held by a lock beside them, and known again while they are open."""

import os
from contextlib import suppress
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from pathlib import Path
from threading import Lock

from evcharging.adapters.store import StoreUnusable

DATA = Path("data")
"""Where files are kept when nobody says where."""

UNFINISHED = "restore.unfinished"
"""Stands in a folder in which a restore has begun to put files in place, until all of them are there."""

PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600

Identity = tuple[int, int]


def identity(path: Path) -> Identity | None:
    """Device and inode of what is at a path; None for nothing."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def make_folder(folder: Path) -> None:
    """Make a folder that is missing, for this user alone. Of folders that are there only `data` is closed to others,
    which this program itself once made for all to read. Raises StoreUnusable where a restore was broken off."""
    make_private(folder)
    if (folder / UNFINISHED).exists():
        raise StoreUnusable(
            f"A restore of files in {folder} was broken off: finish it with `evcharging restore --data {folder}`"
        )


def make_private(folder: Path) -> None:
    """The same, whatever is in it."""
    folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    if _is_data(folder):
        _close(folder, PRIVATE_FOLDER)


def make_file(path: Path) -> None:
    """Make a file that is missing, for this user alone; one in `data` is closed to others. What is in the way is told
    by whatever opens the file."""
    with suppress(OSError):
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE))
        except FileExistsError:
            if _is_data(path.parent) and path.is_file():
                _close(path, PRIVATE_FILE)


def beside(path: Path, suffix: str) -> Path:
    """The file with this ending beside another one."""
    return path.with_name(path.name + suffix)


def sync_folder(folder: Path) -> None:
    """Let what was made, renamed or removed in a folder outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class FileLock:
    """A lock for the file at a path, on a file beside it: for one alone, or shared with others who share it. Raises
    BlockingIOError where others have it."""

    def __init__(self, path: Path, *, shared: bool = False) -> None:
        self._path = beside(path, ".lock")
        self._how = (LOCK_SH if shared else LOCK_EX) | LOCK_NB
        self._turn = Lock()
        self._descriptor, self._known = self._take()

    def _take(self) -> tuple[int, Identity]:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        try:
            flock(descriptor, self._how)
        except BaseException:
            os.close(descriptor)
            raise
        found = os.fstat(descriptor)
        return descriptor, (found.st_dev, found.st_ino)

    def holds(self) -> bool:
        """Whether others would still meet the lock. Where its file was removed it is taken once more, if nobody else
        did so. May be called in any thread."""
        with self._turn:
            if identity(self._path) == self._known:
                return True
            try:
                descriptor, known = self._take()
            except OSError:
                return False
            os.close(self._descriptor)
            self._descriptor, self._known = descriptor, known
            return True

    def close(self) -> None:
        """Let others have it."""
        os.close(self._descriptor)


def _is_data(folder: Path) -> bool:
    return folder.absolute() == DATA.absolute()


def _close(path: Path, mode: int) -> None:
    with suppress(OSError):
        if path.stat().st_mode & 0o077:
            path.chmod(mode)
