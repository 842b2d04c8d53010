"""What may become of a file while it is in use: removed, moved, replaced or written over."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.supply import EngineMemory

Spoil = Callable[[Path], Callable[[], object] | None]
"""Does something to a file; gives what makes it good again, if anything does."""


def moved_away(file: Path) -> Callable[[], object]:
    elsewhere = file.with_name("elsewhere")
    file.rename(elsewhere)
    return lambda: elsewhere.replace(file)


def another_in_its_place(file: Path) -> Callable[[], object]:
    kept = file.with_name("kept")
    os.link(file, kept)
    shutil.copy(file, file.with_name("copy"))
    file.with_name("copy").replace(file)
    return lambda: kept.replace(file)


def removed(file: Path) -> None:
    file.unlink()


def the_folder_renamed(file: Path) -> Callable[[], object]:
    elsewhere = file.parent.with_name("renamed")
    file.parent.rename(elsewhere)
    return lambda: elsewhere.replace(file.parent)


def emptied_in_place(file: Path) -> None:
    file.write_bytes(b"")


def written_over_by_another_kind_of_file(file: Path) -> None:
    file.write_bytes(b"These are notes.\n" * 20_000)


SPOILS: list[Spoil] = [
    moved_away,
    another_in_its_place,
    removed,
    the_folder_renamed,
    emptied_in_place,
    written_over_by_another_kind_of_file,
]


def ledger_in(folder: Path) -> SqlStore:
    return SqlStore(f"sqlite:///{folder}/data/central.db")


def journal_in(folder: Path) -> JournalStore:
    return JournalStore(folder / "data" / "engine.journal", compact_from=10_000)


def memory(number: int) -> EngineMemory:
    return EngineMemory(cp_id="CP-1", central_seq=number)
