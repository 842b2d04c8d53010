"""`evcharging backup`: what is put into a file while all is in use, and what cannot be."""

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest

from evcharging.adapters.store import Commit
from evcharging.adapters.store.backup.archive import MANIFEST
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.sql.migrations import HEAD
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.session import Session
from evcharging.domain.supply import EngineMemory
from evcharging.tests.stages.audit_world import tamper
from evcharging.tests.stages.backup_stage import FILE, LEDGER, backup, restore
from evcharging.tests.stages.cli_stage import sentence
from evcharging.tests.stages.store_world import put, session


def test_a_backup_says_what_is_in_it_and_is_for_its_user_alone() -> None:
    os.umask(os.umask(0))
    backup(FILE)
    assert Path(FILE).stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(FILE) as archive:
        manifest = json.loads(archive.read(MANIFEST))
        sizes = {info.filename: info.file_size for info in archive.infolist()}
    assert {entry["name"]: entry["size"] for entry in manifest["files"]}.items() <= sizes.items()
    assert [(head["shard"], head["facts"]) for head in manifest["heads"]] == [("0", 11), ("1", 5)]
    assert (manifest["format"], manifest["revision"]) == (1, HEAD)
    assert sorted(path.name for path in Path().iterdir()) == [FILE, "data"]


def test_a_backup_is_the_ledger_of_one_moment_though_others_write_and_has_what_journals_had_after_it() -> None:
    ended, begun = Event(), Event()

    def write() -> int:
        with closing(SqlStore(LEDGER)) as store, closing(JournalStore("data/busy.journal")) as busy:
            epochs, number = store.claim(["0", "1"]), 0
            while not ended.is_set() or number < 20:
                number += 1
                put(busy, EngineMemory(cp_id="CP-1", central_seq=number))
                pair = [(shard, session(f"B-{number}-{shard}", cp_id="x" * 2000)) for shard in "01"]
                store.commit(Commit(epochs=epochs, records=[*pair], serial=number))
                begun.set()
            return number

    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(write)
        try:
            assert begun.wait(30)
            results = [backup(f"{number}.zip") for number in range(5)]
        finally:
            ended.set()
        most = written.result()
    assert [result.exit_code for result in results] == [0] * 5, results
    counts = []
    for number in range(5):
        assert restore(f"{number}.zip", "--yes").exit_code == 0
        with closing(SqlStore(LEDGER)) as store, closing(JournalStore("data/busy.journal")) as busy:
            kept = [each.key for each in store.select(Session) if each.key.startswith("B-")]
            [memory] = busy.select(EngineMemory)
        assert len(kept) % 2 == 0
        assert memory.central_seq >= len(kept) // 2
        counts.append(len(kept) // 2)
    assert counts == sorted(counts)
    assert counts[-1] <= most


def test_only_whole_lines_of_a_journal_are_backed_up() -> None:
    whole = Path("data/engines.journal").read_bytes()
    with Path("data/engines.journal").open("ab") as file:
        file.write(b"12345678 100 {half of a li")
    backup(FILE)
    with zipfile.ZipFile(FILE) as archive:
        assert archive.read("journals/engines.journal") == whole


# Refused in one sentence, and no file is left


def damage_the_ledger() -> None:
    tamper(LEDGER, "UPDATE facts SET body = '{}' WHERE fact_id = 3")


def damage_a_journal() -> None:
    file = Path("data/engines.journal")
    file.write_bytes(file.read_bytes().replace(b"CP-1", b"CP-9"))


def cut_the_ledger() -> None:
    file = Path("data/central.db")
    file.write_bytes(file.read_bytes()[:-20_000])


def remove_all() -> None:
    shutil.rmtree("data")


def make_the_file() -> None:
    Path(FILE).write_text("an older backup")


@pytest.mark.parametrize(
    ("spoil", "flags", "said"),
    [
        (damage_the_ledger, [], "The ledger data/central.db is damaged (fact 3 does not follow from the one before)"),
        (cut_the_ledger, [], "evcharging audit"),
        (damage_a_journal, [], "data/engines.journal is damaged in line 3"),
        (remove_all, [], "There is neither a ledger nor a journal in data"),
        (make_the_file, [], "There is a backup.zip already: give the name of a new file"),
        (make_the_file, ["--db-url", "sqlite:///none.db"], "There is no ledger in none.db: give the path of one"),
        (make_the_file, ["--db-url", "mysql://host/name"], "kind mysql is not supported"),
    ],
)
def test_what_cannot_be_backed_up_leaves_no_file(spoil: Callable[[], None], flags: list[str], said: str) -> None:
    spoil()
    before = sorted(Path().iterdir())
    assert said in sentence(backup(FILE, *flags))
    assert sorted(Path().iterdir()) == before


def test_a_place_that_cannot_be_written_to_is_told() -> None:
    assert sentence(backup("none/backup.zip")).startswith("Cannot write none/backup.zip (No such file or directory)")
