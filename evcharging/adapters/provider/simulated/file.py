"""What the simulated provider keeps, in a file of SQLite. It is written before anybody is answered, so that a death of
the program at any moment loses nothing that somebody has heard of."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from evcharging.adapters.provider.simulated.kept import Kept, KeptDelivery, KeptKey, KeptPayment, key_of
from evcharging.adapters.store.files import make_file, make_folder
from evcharging.common.utils import BadJson, from_json, to_json

TABLE = """
CREATE TABLE IF NOT EXISTS kept (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, key TEXT NOT NULL, json BLOB NOT NULL,
    UNIQUE (kind, key)
)
"""
PUT = "INSERT INTO kept (kind, key, json) VALUES (?, ?, ?) ON CONFLICT (kind, key) DO UPDATE SET json = excluded.json"
KINDS: dict[str, type[Kept]] = {kind.__name__: kind for kind in (KeptPayment, KeptKey, KeptDelivery)}


Changes = dict[tuple[str, str], bytes | None]
"""What is kept from now on, by kind and key; None for what is kept no more."""


class KeptFileUnusable(ValueError):
    """The file cannot be read or written; the text says which and why."""


class KeptFile:
    """The file, which is this program's alone while it is open. Raises KeptFileUnusable."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changes: Changes = {}
        make_folder(path.parent)
        make_file(path)
        try:
            self._db = sqlite3.connect(path, timeout=0.5, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.execute(TABLE)
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    def close(self) -> None:
        """Let go of it."""
        self._db.close()

    def load(self) -> Iterator[Kept]:
        """All that is kept, in the order in which it first was. Raises KeptFileUnusable."""
        try:
            with closing(self._db.execute("SELECT kind, json FROM kept ORDER BY number")) as rows:
                for kind, text in rows:
                    yield from_json(KINDS[kind], text)
        except (sqlite3.Error, BadJson, KeyError) as error:
            raise self._unusable(error) from None

    def keep(self, kept: Kept, is_kept: bool) -> None:
        """Note what is kept from now on, or no more, for the next commit."""
        self._changes[type(kept).__name__, key_of(kept)] = to_json(kept) if is_kept else None

    def take(self) -> Changes:
        """All that was noted, for `write`."""
        changes, self._changes = self._changes, {}
        return changes

    def write(self, changes: Changes) -> None:
        """Write all of it, or nothing; in any thread, one after another. Raises KeptFileUnusable."""
        if not changes:
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for (kind, key), text in changes.items():
                if text is None:
                    self._db.execute("DELETE FROM kept WHERE kind = ? AND key = ?", (kind, key))
                else:
                    self._db.execute(PUT, (kind, key, text))
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    def _unusable(self, error: Exception) -> KeptFileUnusable:
        return KeptFileUnusable(f"The file {self._path} cannot be used: {error}")
