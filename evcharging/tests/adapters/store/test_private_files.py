"""What is recorded is for its user alone: new folders and files, and what an earlier version made in `data`. Others'
folders stay as they are."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.supply import EngineMemory
from evcharging.tests.stages.store_world import put, session


@pytest.fixture(autouse=True)
def everybody_may_read(alone: None) -> Iterator[None]:
    """What is made without a thought can be read by all."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, str]:
    found = {path.name: f"{path.stat().st_mode & 0o777:o}" for path in folder.iterdir()}
    return {"": f"{folder.stat().st_mode & 0o777:o}", **found}


def use(folder: Path) -> dict[str, str]:
    """The modes of what is in a folder while a ledger and a journal in it are used."""
    with (
        closing(SqlStore(f"sqlite:///{folder}/central.db")) as ledger,
        closing(JournalStore(folder / "engines.journal", compact_from=2_000)) as journal,
    ):
        put(ledger, session())
        for number in range(40):
            put(journal, EngineMemory(cp_id="CP-1", central_seq=number))
        return modes(folder)


def test_a_new_folder_and_all_files_in_it_are_for_their_user_alone() -> None:
    for folder in (Path("data"), Path("deeper/below")):
        found = use(folder)
        assert found.pop("") == "700"
        assert set(found.values()) == {"600"}
        assert {"central.db", "central.db-wal", "central.db-shm", "central.db.lock", "engines.journal"} <= found.keys()


def test_the_folder_data_of_an_earlier_version_is_closed_and_so_are_its_files() -> None:
    use(Path("data"))
    Path("data").chmod(0o755)
    for path in Path("data").iterdir():
        path.chmod(0o644)
    found = use(Path("data"))
    assert (found[""], found["central.db"], found["engines.journal"], found["central.db-wal"]) == (
        "700",
        "600",
        "600",
        "600",
    )


def test_a_folder_of_somebody_else_and_files_that_are_there_stay_as_they_are() -> None:
    use(Path("shared"))
    Path("shared").chmod(0o775)
    Path("shared/central.db").chmod(0o660)
    found = use(Path("shared"))
    assert (found[""], found["central.db"], found["central.db-wal"]) == ("775", "660", "660")
