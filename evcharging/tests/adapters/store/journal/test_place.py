"""Where a journal may be, and that one process uses it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.domain.supply import Reading
from evcharging.tests.stages.journal_stage import opened, reading
from evcharging.tests.stages.store_world import put


def test_a_second_process_is_told_that_the_journal_is_in_use(store: JournalStore, file: Path) -> None:
    put(store, reading(1))
    with pytest.raises(StoreUnavailable, match=r"^The journal \S+ is in use by another process: [^\n]+$"):
        JournalStore(file)
    store.close()
    assert opened(file).select(Reading) == [reading(1)]


def test_a_journal_is_held_through_a_rewriting(store: JournalStore, file: Path) -> None:
    inode = file.stat().st_ino
    while file.stat().st_ino == inode:
        put(store, reading(1))
    with pytest.raises(StoreUnavailable, match="in use"):
        JournalStore(file)


def test_an_empty_file_is_a_new_journal_and_folders_are_made(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for file in (tmp_path / "empty", tmp_path / "a" / "b" / "new"):
        store = JournalStore(file)
        put(store, reading(1))
        store.close()
        assert opened(file).select(Reading) == [reading(1)]


def a_directory(folder: Path) -> Path:
    return folder


def below_a_file(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file" / "deeper" / "engine.journal"


def a_device(_: Path) -> Path:
    return Path("/dev/full")


def where_nobody_may_write(_: Path) -> Path:
    return Path("/proc/evcharging/engine.journal")


def another_text(folder: Path) -> Path:
    (folder / "requests.txt").write_text("CP-001\nCP-002\n")
    return folder / "requests.txt"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (a_directory, "is not a file: give the path of one"),
        (a_device, "is not a file: give the path of one"),
        (below_a_file, "Not a directory): give another path"),
        (where_nobody_may_write, "check the path and the disk"),
        (another_text, "is not a journal of this program: give another path"),
    ],
)
def test_a_place_that_cannot_be_a_journal_is_told_in_one_sentence_and_left_alone(
    tmp_path: Path, place: Callable[[Path], Path], said: str
) -> None:
    file = place(tmp_path)
    before = another_text(tmp_path).read_bytes()
    with pytest.raises(StoreUnavailable, match=r"^[^\n]+$") as trouble:
        JournalStore(file)
    assert said in str(trouble.value)
    assert another_text(tmp_path).read_bytes() == before
