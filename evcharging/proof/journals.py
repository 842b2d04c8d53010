"""Where engines keep their journals: in memory that outlasts a process, or in files that may be torn. Knows no role."""

import os
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Protocol

from evcharging.adapters.store import Commit, Ledger
from evcharging.adapters.store.forwarding import ForwardingLedger
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.memory import MemoryStore
from evcharging.domain.supply import Reading
from evcharging.proof.process import Crash

COMPACT_FROM = 4096
"""Bytes from which on a file is rewritten: few, so that it happens."""


class Journal(Protocol):
    """What an engine finds again when it starts; `store` is what was last opened."""

    store: Ledger

    def open(self) -> Ledger:
        """The store of a new life."""
        ...

    def close(self) -> None:
        """That life has ended."""
        ...

    def lose(self) -> None:
        """What is opened next remembers nothing, and begins with a newer run than any before."""
        ...


class MemoryJournal:
    """It is simply still there. `next_epoch`: see `lose`."""

    def __init__(self, next_epoch: Callable[[], int]) -> None:
        self.store: Ledger = MemoryStore()
        self._next_epoch = next_epoch

    def open(self) -> Ledger:
        return self.store

    def close(self) -> None:
        """Nothing to let go of."""

    def lose(self) -> None:
        self.store = MemoryStore(first_epoch=self._next_epoch())


class FileJournal:
    """A file, opened anew by each life. Where `tears` says so, the process dies with a part of a line written.
    `on_torn` is told when such a part was cut off. `next_epoch`: see `lose`."""

    def __init__(
        self,
        path: Path,
        tears: Callable[[], bool],
        on_torn: Callable[[], None],
        chance: Random,
        next_epoch: Callable[[], int],
    ) -> None:
        self._path = path
        self._next_epoch = next_epoch
        self._first_epoch = 1
        self._tears = tears
        self._on_torn = on_torn
        self._chance = chance
        self._file = JournalStore(path)
        self.store: Ledger = self._file

    def open(self) -> Ledger:
        self._file.close()
        self._file = JournalStore(
            self._path, volatile=frozenset({Reading}), compact_from=COMPACT_FROM, first_epoch=self._first_epoch
        )
        if self._file.cut_off:
            self._on_torn()
        self.store = TearingStore(self._file, self._path, self._tear)
        return self.store

    def close(self) -> None:
        self._file.close()

    def lose(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)
        self._first_epoch = self._next_epoch()

    def _tear(self, before: os.stat_result) -> None:
        after = self._path.stat()
        # A file that was rewritten is another one, whose lines were whole before it took the old one's place.
        if after.st_ino == before.st_ino and after.st_size > before.st_size and self._tears():
            os.truncate(self._path, self._chance.randint(before.st_size, after.st_size - 1))
            raise Crash


class TearingStore(ForwardingLedger):
    """After each commit, `tear` is told what the file was like before it."""

    def __init__(self, ledger: Ledger, path: Path, tear: Callable[[os.stat_result], None]) -> None:
        super().__init__(ledger)
        self._path = path
        self._tear = tear

    def commit(self, commit: Commit) -> list[int]:
        before = self._path.stat()
        numbers = super().commit(commit)
        self._tear(before)
        return numbers
