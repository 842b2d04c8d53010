"""A file of checked lines that only grows: `crc32 length body`. Whole lines survive, an unfinished last one is cut off,
damage before it is refused. Knows nothing of what the lines say."""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import EACCES, EDQUOT, EEXIST, EFBIG, ENOSPC, ENOTDIR, EROFS
from pathlib import Path
from zlib import crc32

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.files import (
    PRIVATE_FILE,
    FileLock,
    Identity,
    beside,
    identity,
    make_file,
    make_folder,
    sync_folder,
)

HEADER = b"evcharging journal 1\n"
CLOSED = -1

FULL = "free some space on the disk"
UNWRITABLE = "give a file that may be written to"
TOO_BIG = "raise the limit on the size of files"
ELSEWHERE = "give another path"
PUT_BACK = "put that one back, or stop this program and restore a backup"
ADVICE = {
    ENOSPC: FULL,
    EDQUOT: FULL,
    EFBIG: TOO_BIG,
    EROFS: UNWRITABLE,
    EACCES: UNWRITABLE,
    ENOTDIR: ELSEWHERE,
    EEXIST: ELSEWHERE,
}


class JournalFile:
    """One process at a time holds it, by the lock on a file beside it. `size`: bytes of whole lines;
    `cut_off`: bytes of an unfinished last line that were thrown away. Every method may raise StoreUnavailable."""

    def __init__(self, path: Path) -> None:
        self._given = path.absolute()
        self._path = path.resolve()
        self._fd = CLOSED
        self._lock: FileLock | None = None
        self._known: tuple[Identity | None, ...] = ()
        self.size = self.cut_off = self._length = 0
        try:
            with self._plainly("open"):
                self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        make_folder(self._path.parent)
        if self._path.exists() and not self._path.is_file():
            raise StoreUnavailable(f"The journal {self._path} is not a file: give the path of one")
        try:
            self._lock = FileLock(self._path)
        except BlockingIOError:
            raise StoreUnavailable(
                f"The journal {self._path} is in use by another process: stop that one or give this one its own"
            ) from None
        make_file(self._path)
        if not self._path.exists() or self._path.stat().st_size == 0:
            self._replace(())
        if self._fd == CLOSED:
            self._fd = os.open(self._path, os.O_RDWR)
            self._known = (identity(self._path),)
            self._length = os.fstat(self._fd).st_size

    def replay(self, read: Callable[[bytes], None]) -> None:
        """Hand over the body of every line; `read` raises ValueError for one that it cannot understand."""
        with self._plainly("read"), self._path.open("rb") as file:
            if file.readline() != HEADER:
                raise StoreUnavailable(f"{self._path} is not a journal of this program: give another path")
            self.size = len(HEADER)
            for number, line in enumerate(file, start=2):
                if self.cut_off:
                    raise _damaged(self._path, number - 1, "its checksum is wrong")
                if _is_unfinished(line):
                    self.cut_off = len(line)
                    continue
                try:
                    read(_body_of(line))
                except ValueError as error:
                    raise _damaged(self._path, number, str(error)) from error
                self.size += len(line)
            os.ftruncate(self._fd, self.size)
            self._length = self.size

    def append(self, body: bytes, *, sync: bool) -> None:
        """Add a line, whole or not at all; `sync` makes it outlast a power cut."""
        self._must_be_ours()
        line = _line_of(body)
        with self._plainly("write to"):
            try:
                _write(self._fd, line, self.size)
                if sync:
                    os.fsync(self._fd)
                    self.must_be_there()  # only then may anybody hear of it
            except (OSError, StoreUnavailable):
                with suppress(OSError):
                    os.ftruncate(self._fd, self.size)
                self._length = os.fstat(self._fd).st_size
                raise
        self.size += len(line)
        self._length = max(self._length, self.size)

    def rewrite(self, bodies: Iterable[bytes]) -> None:
        """Have these lines and no others: the old file stays until the new one is safe."""
        self._must_be_ours()
        with self._plainly("rewrite"):
            self._replace(bodies)

    def check(self) -> str | None:
        """Why nothing may be written, if so; may be called in any thread."""
        try:
            found = self._given.stat()
        except OSError as error:
            return f"The journal {self._path} cannot be found any more ({error.strerror}): {PUT_BACK}"
        if (found.st_dev, found.st_ino) not in self._known:
            return f"The journal {self._path} is not the file any more that was opened there: {PUT_BACK}"
        if found.st_size < self.size:
            return f"The journal {self._path} was cut short: {PUT_BACK}"
        if self._lock is not None and not self._lock.holds():
            return f"The journal {self._path} is in use by another process as well: stop that one"
        return None

    def must_be_there(self) -> None:
        """Raises StoreUnavailable where `check` finds something."""
        found = self.check()
        if found:
            raise StoreUnavailable(found)

    def _must_be_ours(self) -> None:
        self.must_be_there()
        if os.fstat(self._fd).st_size != self._length:
            raise StoreUnavailable(f"The journal {self._path} was written to by somebody else: {PUT_BACK}")

    def close(self) -> None:
        """Let go of the file and its lock."""
        if self._fd != CLOSED:
            os.close(self._fd)
        self._fd = CLOSED
        if self._lock is not None:
            self._lock.close()
        self._lock = None

    def _replace(self, bodies: Iterable[bytes]) -> None:
        path = beside(self._path, ".new")
        new = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
        try:
            size = _write(new, HEADER, 0)
            for body in bodies:
                size += _write(new, _line_of(body), size)
            os.fsync(new)
            self._known = (*self._known, identity(path))
            path.replace(self._path)
        except BaseException:
            os.close(new)
            path.unlink(missing_ok=True)
            raise
        if self._fd != CLOSED:
            os.close(self._fd)
        self._fd, self.size, self._length = new, size, size
        self._known = self._known[-1:]
        sync_folder(self._path.parent)

    @contextmanager
    def _plainly(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            advice = ADVICE.get(error.errno or 0, "check the path and the disk")
            raise StoreUnavailable(f"Cannot {what} the journal {self._path} ({error.strerror}): {advice}") from error


def whole_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """The bodies of a journal's lines with their numbers, without its lock and without an unfinished last one. Raises
    StoreUnavailable."""
    return ((number, body) for number, _, body in _checked(path))


def whole_part(path: Path) -> Iterator[bytes]:
    """A journal as it is now, without its lock and without an unfinished last line. Raises StoreUnavailable."""
    yield HEADER
    yield from (line for _, line, _ in _checked(path))


def _checked(path: Path) -> Iterator[tuple[int, bytes, bytes]]:
    try:
        with path.open("rb") as file:
            if file.readline() != HEADER:
                raise StoreUnavailable(f"{path} is not a journal of this program: give another path")
            left = os.fstat(file.fileno()).st_size - len(HEADER)
            for number, line in enumerate(file, start=2):
                left -= len(line)
                if left < 0 or (left == 0 and _is_unfinished(line)):  # written meanwhile, or cut off
                    return
                try:
                    body = _body_of(line)
                except ValueError as error:
                    raise _damaged(path, number, str(error)) from error
                yield number, line, body
    except OSError as error:
        raise StoreUnavailable(f"Cannot read the journal {path} ({error.strerror}): check the path") from error


def _damaged(path: Path, number: int, why: str) -> StoreUnavailable:
    return StoreUnavailable(
        f"The journal {path} is damaged in line {number} ({why}): restore a backup with `evcharging restore`; nothing "
        "was changed"
    )


def _line_of(body: bytes) -> bytes:
    return b"%08x %d %b\n" % (crc32(body), len(body), body)


def _body_of(line: bytes) -> bytes:
    checksum, _, rest = line.partition(b" ")
    length, _, body = rest.partition(b" ")
    whole = body.removesuffix(b"\n")
    if (checksum, length) != (b"%08x" % crc32(whole), b"%d" % len(whole)):
        raise ValueError("its checksum is wrong")
    return whole


def _is_unfinished(line: bytes) -> bool:
    """Cut short, or with holes where a power cut kept parts from reaching the disk; the text itself has no zeros."""
    return not line.endswith(b"\n") or b"\0" in line


def _write(descriptor: int, line: bytes, at: int) -> int:
    """Writes at a place, not at the end, so that what an earlier failure may have left there is written over."""
    done = 0
    while done < len(line):
        done += os.pwrite(descriptor, line[done:], at + done)
    return done
