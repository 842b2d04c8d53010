"""The database of a ledger while it is open: connections to read, to write and to clean up, which lead to the same
place until it is closed. Knows no statement."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection, Dialect, Engine, event

from evcharging.adapters.store.sql.engine import at_one_moment, open_engine, read_url
from evcharging.adapters.store.sql.migrations import is_behind, migrate
from evcharging.adapters.store.sql.sqlite_file import ledger_file, mark_of
from evcharging.adapters.store.sql.transactions import run
from evcharging.adapters.store.sql.whole import must_be_whole

T = TypeVar("T")
Job = Callable[[Connection], T]
"""What is done in one transaction."""

MIGRATION_S = 60.0
"""How long others are waited for that bring the same tables up to date."""


class Database:
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
            self._know_its_file()
        except BaseException:
            self.close()
            raise

    def _know_its_file(self) -> None:
        """From here on every connection must lead to the same one."""
        if self._file is not None:
            self._file.know(mark_of(self._readers, self._writers))
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

    def write(self, job: Job[T], *, repeatable: bool = True) -> T:
        """What a job that writes gives, once that lasts; `repeatable`: see `run`."""
        self.must_be_there()
        return run(self._writers, job, repeatable=repeatable)

    def clean(self, job: Job[T]) -> T:
        """The same, beside those who write."""
        self.must_be_there()
        return run(self._cleaners, job)

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
        return self._readers, self._writers, self._cleaners
