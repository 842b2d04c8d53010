"""Makes a backup while everything runs: the ledger as of one moment, and then the journals, so that these know of all
that the ledger does. Knows no setting."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, func, make_url, select

from evcharging.adapters.store import StoreUnavailable, StoreUnusable
from evcharging.adapters.store.audit.report import Head
from evcharging.adapters.store.backup.archive import CHUNK, JOURNALS, LEDGER, ArchiveWriter, Manifest
from evcharging.adapters.store.files import PRIVATE_FILE, beside, sync_folder
from evcharging.adapters.store.journal.file import HEADER, whole_part
from evcharging.adapters.store.sql.migrations import is_moved, revision_of
from evcharging.adapters.store.sql.sqlite import read_address, read_sqlite
from evcharging.adapters.store.sql.tables import FACTS, SHARDS
from evcharging.adapters.store.sql.transactions import run
from evcharging.adapters.store.sql.whole import CHAINED, broken_chain

PATIENCE_S = 10.0
PAGES = 2_000
"""How much of a ledger is copied before progress is told."""

NO_JOURNALS = (".lock", ".new", ".part", ".restored")
"""What the names of files end in that stand beside journals and are none."""

Progress = Callable[[str, int, int], None]
"""Is told what is done, how far it is, and how far it goes."""


def back_up(
    file: Path,
    ledger: Path | None,
    journals: Sequence[Path],
    *,
    version: str,
    now: datetime,
    progress: Progress = lambda what, done, of: None,
) -> Manifest:
    """Write a new file with a ledger, which may be in use, and journals, which may be too. Raises StoreUnavailable, and
    there is no such file then."""
    if file.exists():
        raise StoreUnusable(f"There is a {file} already: give the name of a new file")
    try:
        with (
            _made(file) as part,
            _copied(file, ledger, progress) as (copy, revision, heads),
            ArchiveWriter(part) as writer,
        ):
            if copy is not None:
                writer.add(LEDGER, _read(copy, progress))
            for number, journal in enumerate(journals):
                progress("Journals", number, len(journals))
                writer.add(f"{JOURNALS}{journal.name}", whole_part(journal))
            return writer.end(version, now, revision, heads)
    except OSError as error:
        raise StoreUnavailable(f"Cannot write {file} ({error.strerror}): give another path, or free space") from error


def journals_in(folder: Path) -> list[Path]:
    """The journals in a folder, by what they begin with."""
    try:
        return sorted(path for path in folder.iterdir() if path.suffix not in NO_JOURNALS and begins(path, HEADER))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreUnavailable(f"Cannot read the folder {folder} ({error.strerror}): give another one") from error


def begins(path: Path, beginning: bytes) -> bool:
    """Whether it is a file that begins so."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(beginning)) == beginning


@contextmanager
def _made(file: Path) -> Iterator[IO[bytes]]:
    """A file that is there once it is whole, and not before."""
    path = beside(file, ".part")
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE), "w+b") as part:
        try:
            flock(part, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            raise StoreUnusable(f"Another backup is being written to {file}: give another name") from None
        try:
            part.truncate(0)
            yield part
            part.flush()
            os.fsync(part.fileno())
            path.rename(file)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    sync_folder(file.parent)


@contextmanager
def _copied(
    file: Path, ledger: Path | None, progress: Progress
) -> Iterator[tuple[Path | None, str | None, list[Head]]]:
    """A checked copy of a ledger beside a file, until the block is left; its revision and heads."""
    if ledger is None:
        yield None, None, []
        return
    copy = beside(file, ".part.db")
    try:
        copy.unlink(missing_ok=True)
        copy.touch(PRIVATE_FILE)
        _copy(ledger, copy, progress)
        engine = read_sqlite(make_url(f"sqlite:///{copy}"), PATIENCE_S)
        revision = run(engine, revision_of)
        if revision is None or is_moved(revision):
            why = "has no tables yet" if revision is None else "was moved to another database"
            raise StoreUnusable(f"The ledger {ledger} {why}: nothing was backed up")
        yield copy, revision, run(engine, _ends) if revision >= CHAINED else []
    except sqlite3.Error as error:
        raise StoreUnavailable(f"Cannot copy the ledger {ledger} ({error}): {ADVICE}") from error
    except _Damaged as damage:
        raise StoreUnusable(f"The ledger {ledger} is damaged ({damage}): {ADVICE}") from None
    finally:
        copy.unlink(missing_ok=True)


ADVICE = "see with `evcharging audit` what is wrong with it; nothing was backed up"


class _Damaged(Exception):
    """What is wrong with a copy of a ledger."""


def _copy(ledger: Path, copy: Path, progress: Progress) -> None:
    reading = sqlite3.connect(read_address(ledger), uri=True, timeout=PATIENCE_S, isolation_level=None)
    with closing(reading) as source, closing(sqlite3.connect(copy, isolation_level=None)) as target:
        source.execute("BEGIN")  # one moment, though others go on writing between the parts
        source.execute("SELECT count(*) FROM sqlite_master").fetchall()
        target.execute("PRAGMA synchronous=OFF")
        source.backup(target, pages=PAGES, progress=lambda _, left, of: progress("Ledger", of - left, of), sleep=0)
        target.execute("PRAGMA journal_mode=DELETE")
        progress("Check", 0, 1)
        found = target.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise _Damaged(str(found).splitlines()[-1])


def _ends(connection: Connection) -> list[Head]:
    """The ends of a ledger's chains."""
    found = broken_chain(connection)
    if found:
        raise _Damaged(found)
    grouped = connection.execute(select(FACTS.c.shard, func.count()).group_by(FACTS.c.shard))
    counts: dict[str, int] = {row[0]: row[1] for row in grouped}
    heads = connection.execute(select(SHARDS.c.shard, SHARDS.c.head).order_by(SHARDS.c.shard))
    return [Head(shard=shard, facts=counts.get(shard, 0), hash=head) for shard, head in heads if head]


def _read(copy: Path, progress: Progress) -> Iterator[bytes]:
    size, done = copy.stat().st_size, 0
    with copy.open("rb") as file:
        while part := file.read(CHUNK):
            yield part
            done += len(part)
            progress("Packing", done, size)
