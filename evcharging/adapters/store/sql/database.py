"""The database of a ledger while it is open: connections to read, to write and to clean up, which lead to the same
place until it is closed. Knows no statement."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Dialect, Engine, event

from evcharging.adapters.store.sql.engine import at_one_moment, open_engine, open_reader, read_url
from evcharging.adapters.store.sql.migrations import is_behind, migrate
from evcharging.adapters.store.sql.sqlite_file import (
    LedgerFile,
    empty_log,
    ledger_file,
    mark_in,
    mark_of,
    read_ledger_file,
)
from evcharging.adapters.store.sql.transactions import run
from evcharging.adapters.store.sql.whole import must_be_whole

T = TypeVar("T")
Job = Callable[[Connection], T]
"""What is done in one transaction."""

MIGRATION_S = 60.0
"""How long others are waited for that bring the same tables up to date."""


class ReaderDatabase:
    """The same for those who only read what another part of this program has open: they hold no lock beside a file,
    make nothing that is missing, and change neither file nor log. Raises StoreUnavailable."""

    def __init__(self, url: str, *, patience_s: float) -> None:
        self._file = read_ledger_file(read_url(url))
        self._readers = open_reader(url, patience_s=patience_s)
        self._at_one_moment = at_one_moment(self._readers)
        try:
            if self._file is not None:
                self._know(self._file, run(self._readers, mark_in))
        except BaseException:
            self.close()
            raise

    def _know(self, file: LedgerFile, mark: int) -> None:
        """From here on every connection must lead to the same file."""
        file.know(mark)
        for engine in self._engines:
            event.listen(engine, "connect", lambda *_: self.must_be_there())

    @property
    def dialect(self) -> Dialect:
        """The kind of SQL that is spoken."""
        return self._readers.dialect

    def read(self, job: Job[T], *, at_one_moment: bool = False) -> T:
        """What a job reads; where it asks several times, `at_one_moment` lets all answers be of the same."""
        self.must_be_there()
        return run(self._at_one_moment if at_one_moment else self._readers, job)

    def must_be_there(self) -> None:
        """Raises StoreUnavailable where a file is not the one any more that was opened."""
        if self._file is not None:
            self._file.must_be_there()

    def check(self) -> str | None:
        """Why nothing can be kept any more, if so; may be called in any thread."""
        return self._file.check() if self._file is not None else None

    def close(self) -> None:
        """Let go of connections and file."""
        for engine in self._engines:
            engine.dispose()
        if self._file is not None:
            self._file.close()

    @property
    def _engines(self) -> tuple[Engine, ...]:
        return (self._readers,)


class Database(ReaderDatabase):
    """Reading is done by any number of threads, each over a connection of its own; writing and cleaning up, each by one
    at a time. Raises as `SqlStore` does."""

    def __init__(self, url: str, *, patience_s: float) -> None:
        self._url = url
        self._file = ledger_file(read_url(url))
        self._readers = open_engine(url, patience_s=patience_s)
        self._at_one_moment = at_one_moment(self._readers)
        self._writers = open_engine(url, patience_s=patience_s, writes=True)
        self._cleaners = open_engine(url, patience_s=patience_s, writes=True)
        try:
            must_be_whole(self._readers)
            if is_behind(self._readers):
                self._unhurried(migrate)
            if self._file is not None:
                self._know(self._file, mark_of(self._readers, self._writers))
        except BaseException:
            self.close()
            raise

    def write(self, job: Job[T], *, repeatable: bool = True) -> T:
        """What a job that writes gives, once that lasts; `repeatable`: see `run`."""
        self.must_be_there()
        return run(self._writers, job, repeatable=repeatable)

    def clean(self, job: Job[T], *, repeatable: bool = True) -> T:
        """The same, beside those who write."""
        self.must_be_there()
        return run(self._cleaners, job, repeatable=repeatable)

    def empty_log(self) -> None:
        """Let nothing be left beside a file of what was removed from it."""
        if self._file is not None:
            empty_log(self._cleaners)

    def write_at_length(self, job: Job[None]) -> None:
        """Let a job write that takes its time."""
        self.must_be_there()
        self._unhurried(lambda engine: run(engine, job))

    def _unhurried(self, work: Callable[[Engine], None]) -> None:
        engine = open_engine(self._url, patience_s=MIGRATION_S, writes=True, unhurried=True)
        try:
            work(engine)
        finally:
            engine.dispose()

    @property
    def _engines(self) -> tuple[Engine, ...]:
        return self._readers, self._writers, self._cleaners
