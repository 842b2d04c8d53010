"""`evcharging backup` and `evcharging restore`: what is put into a file while all is in use, and what comes back."""

import json
import os
import shutil
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from click.testing import CliRunner, Result

from evcharging.adapters.store import Commit, StoreUnavailable, StoreUnusable
from evcharging.adapters.store.backup import restore as restore_module
from evcharging.adapters.store.backup.archive import MANIFEST
from evcharging.adapters.store.backup.restore import unfinished
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.sql.migrations import HEAD
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.ops import restore as program
from evcharging.domain.session import Bill, Session
from evcharging.domain.supply import EngineMemory, Supply
from evcharging.tests.stages.audit_world import audit, ledger_with_a_story, story, supply, tamper, tell
from evcharging.tests.stages.cli_stage import evcharging, sentence
from evcharging.tests.stages.empty_ledger import empty_ledger
from evcharging.tests.stages.postgres import Postgres
from evcharging.tests.stages.store_world import put, session

LEDGER = "sqlite:///data/central.db"
FILE = "backup.zip"


@pytest.fixture(autouse=True)
def network(alone: None) -> None:
    """A folder with a ledger, an engine's journal and a driver's memory in `data`."""
    empty_ledger(Path("data/central.db"))
    ledger_with_a_story(LEDGER)
    write_journal("engines.journal", supply(1), supply(2), supply(3))
    write_journal("driver-alice.requests", EngineMemory(cp_id="stands for a driver"))


def write_journal(name: str, *records: Supply | EngineMemory) -> None:
    with closing(JournalStore(Path("data", name))) as store:
        put(store, *records)


def files() -> dict[str, bytes]:
    """What is in `data` and is no lock."""
    return {path.name: path.read_bytes() for path in Path("data").iterdir() if path.suffix != ".lock"}


def backup(*arguments: str) -> Result:
    return evcharging("backup", *arguments)


def restore(*arguments: str) -> Result:
    return evcharging("restore", *arguments)


def answers() -> list[object]:
    with closing(SqlStore(LEDGER)) as ledger, closing(JournalStore("data/engines.journal")) as journal:
        return [ledger.select(Session), ledger.select(Bill), ledger.facts(Bill), journal.select(Supply)]


# There and back


def test_what_was_backed_up_comes_back_whatever_happened_since() -> None:
    before = answers()
    result = backup(FILE)
    assert result.stdout.startswith("Backed up the ledger with 16 facts and 2 journals into backup.zip, ")
    tell(LEDGER, *story(4))
    write_journal("engines.journal", supply(4))
    Path("data/central.db-wal").write_bytes(b"left by a program that was killed")
    result = restore(FILE, "--yes")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Restored the ledger and 2 journals of 20")
    assert "data/central.db is there and will be lost" in result.stderr
    assert "data/central.db-wal is there and will be lost" in result.stderr
    assert set(files()) == {"central.db", "engines.journal", "driver-alice.requests"}
    assert answers() == before
    assert audit(LEDGER, Path("data/engines.journal")).findings == []


def test_a_backup_comes_back_into_an_empty_folder() -> None:
    before = answers()
    backup(FILE)
    shutil.rmtree("data")
    assert restore(FILE, "--yes").exit_code == 0
    assert answers() == before


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


def test_a_machine_without_a_ledger_backs_up_its_journals_and_has_them_back() -> None:
    Path("data/central.db").unlink()
    assert backup(FILE).stdout.startswith("Backed up 2 journals into ")
    before = files()
    write_journal("engines.journal", supply(4))
    assert restore(FILE, "--yes").exit_code == 0
    assert files() == before


def test_a_ledger_on_a_server_is_left_to_pg_dump_and_journals_are_backed_up() -> None:
    server = ("--db-url", "postgresql://user@host/name")
    result = backup(FILE, *server)
    assert "back it up with pg_dump" in result.stderr
    assert result.stdout.startswith("Backed up 2 journals into ")
    Path("data/central.db").unlink()
    assert restore(FILE, "--yes", *server).exit_code == 0
    backup_of_a_file = backup("other.zip")
    assert backup_of_a_file.exit_code == 0


def test_other_folders_and_addresses_can_be_named() -> None:
    Path("data").rename("elsewhere")
    where = ("--data", "elsewhere", "--db-url", "sqlite:///elsewhere/central.db")
    assert backup(FILE, *where).exit_code == 0
    there = ("--data", "new/journals", "--db-url", "sqlite:///new/ledger/central.db")
    assert restore(FILE, "--yes", *there).exit_code == 0
    assert len(SqlStore("sqlite:///new/ledger/central.db").select(Session)) == 3
    assert Path("new/journals/engines.journal").read_bytes() == Path("elsewhere/engines.journal").read_bytes()


# Refused in one sentence, and nothing is changed


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


def rewritten(change: Callable[[dict[str, bytes]], object]) -> str:
    """A backup whose entries were changed by somebody."""
    backup(FILE)
    with zipfile.ZipFile(FILE) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    change(entries)
    with zipfile.ZipFile("changed.zip", "w") as archive:
        for name, body in entries.items():
            archive.writestr(name, body)
    return "changed.zip"


def manifest_with(entries: dict[str, bytes], old: str, new: str) -> None:
    entries[MANIFEST] = entries[MANIFEST].replace(old.encode(), new.encode())


def another_byte(entries: dict[str, bytes]) -> None:
    entries["ledger.db"] = entries["ledger.db"][:-1] + b"x"


def a_way_out(entries: dict[str, bytes]) -> None:
    entries["journals/../../evil"] = entries.pop("journals/engines.journal")
    manifest_with(entries, "journals/engines.journal", "journals/../../evil")


def a_folder_up(entries: dict[str, bytes]) -> None:
    entries["journals/.."] = entries.pop("journals/engines.journal")
    manifest_with(entries, "journals/engines.journal", "journals/..")


def an_absolute_path(entries: dict[str, bytes]) -> None:
    entries["/tmp/evil"] = entries.pop("journals/engines.journal")  # noqa: S108
    manifest_with(entries, "journals/engines.journal", "/tmp/evil")  # noqa: S108


def one_too_many(entries: dict[str, bytes]) -> None:
    entries["journals/more"] = b"x"


def one_too_few(entries: dict[str, bytes]) -> None:
    del entries["journals/engines.journal"]


def too_long(entries: dict[str, bytes]) -> None:
    entries["journals/engines.journal"] += bytes(1000)


def no_manifest(entries: dict[str, bytes]) -> None:
    del entries[MANIFEST]


def a_manifest_of_nonsense(entries: dict[str, bytes]) -> None:
    entries[MANIFEST] = b"[1]"


def a_later_form(entries: dict[str, bytes]) -> None:
    manifest_with(entries, '"format":1', '"format":2')


def a_later_ledger(entries: dict[str, bytes]) -> None:
    manifest_with(entries, f'"revision":"{HEAD}"', '"revision":"9999"')


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (another_byte, "ledger.db in it is damaged"),
        (a_way_out, "it names a file 'journals/../../evil'"),
        (a_folder_up, "it names a file 'journals/..'"),
        (an_absolute_path, "it names a file '/tmp/evil'"),
        (one_too_many, "what is in it is not what its manifest says"),
        (one_too_few, "what is in it is not what its manifest says"),
        (too_long, "what is in it is not what its manifest says"),
        (no_manifest, "it has no manifest"),
        (a_manifest_of_nonsense, "its manifest cannot be read"),
        (a_later_form, "in a form that this version does not know"),
        (a_later_ledger, "was made by a newer version of this program"),
    ],
)
def test_a_backup_that_was_changed_is_refused(change: Callable[[dict[str, bytes]], object], said: str) -> None:
    file = rewritten(change)
    before = files()
    assert said in sentence(restore(file, "--yes"))
    assert files() == before


def test_a_backup_that_is_cut_short_or_none_at_all_is_refused() -> None:
    backup(FILE)
    whole = Path(FILE).read_bytes()
    before = files()
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        Path("part.zip").write_bytes(whole[:length])
        assert "part.zip is not a whole backup" in sentence(restore("part.zip", "--yes"))
    middle = bytearray(whole)
    middle[len(whole) // 3] ^= 0xFF
    Path("part.zip").write_bytes(middle)
    assert "part.zip" in sentence(restore("part.zip", "--yes"))
    assert sentence(restore("none.zip", "--yes")).startswith("Cannot read none.zip (No such file or directory)")
    assert sentence(restore("data", "--yes")).startswith("Cannot read data (Is a directory)")
    assert files() == before


def use_the_ledger() -> object:
    return SqlStore(LEDGER)


def use_a_journal() -> object:
    return JournalStore("data/engines.journal")


@pytest.mark.parametrize("use", [use_the_ledger, use_a_journal])
def test_nothing_is_restored_while_a_program_uses_the_ledger_or_a_journal(use: Callable[[], SqlStore]) -> None:
    backup(FILE)
    with closing(use()):
        before = files()
        said = sentence(restore(FILE, "--yes"))
        assert "is in use: stop the program that uses it, and restore then" in said
        assert files() == before
    assert restore(FILE, "--yes").exit_code == 0


def test_no_program_can_begin_to_use_what_is_being_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    backup(FILE)
    refusals: list[str] = []
    put_in_place = restore_module._put_in_place

    def and_try(*arguments: Any) -> None:
        for use in (use_the_ledger, use_a_journal):
            with pytest.raises(StoreUnavailable) as refusal:
                use()
            refusals.append(str(refusal.value))
        put_in_place(*arguments)

    monkeypatch.setattr(restore_module, "_put_in_place", and_try)
    assert restore(FILE, "--yes").exit_code == 0
    assert len(refusals) == 2


def another_journal() -> str:
    write_journal("other.journal", supply(1))
    return "data/other.journal"


def another_ledger() -> str:
    SqlStore("sqlite:///data/second.db").close()
    return "data/second.db"


@pytest.mark.parametrize("add", [another_journal, another_ledger])
def test_what_the_backup_does_not_have_is_not_mixed_with_it(add: Callable[[], str]) -> None:
    backup(FILE)
    name, before = add(), answers()
    said = sentence(restore(FILE, "--yes"))
    assert said.startswith(f"The backup backup.zip does not have {name}, which would not fit what it has: move")
    assert answers() == before


def test_a_backup_of_journals_alone_is_not_put_beside_a_ledger() -> None:
    backup(FILE, "--db-url", "postgresql://user@host/name")
    assert "does not have data/central.db" in sentence(restore(FILE, "--yes"))


def test_a_ledger_of_a_file_is_not_restored_to_a_server() -> None:
    backup(FILE)
    assert "evcharging move-ledger" in sentence(restore(FILE, "--yes", "--db-url", "postgresql://user@host/name"))


def test_without_a_terminal_and_without_yes_nothing_is_changed() -> None:
    backup(FILE)
    before = files()
    assert "give --yes; nothing was changed" in sentence(restore(FILE))
    assert files() == before


@pytest.mark.parametrize(("typed", "code"), [("y\n", 0), ("n\n", 1), ("\n", 1)])
def test_on_a_terminal_one_is_asked(monkeypatch: pytest.MonkeyPatch, typed: str, code: int) -> None:
    backup(FILE)
    tell(LEDGER, *story(4))
    before = answers()
    monkeypatch.setattr(program, "is_terminal", lambda: True)
    assert CliRunner().invoke(program.main, [FILE], input=typed).exit_code == code
    assert (answers() == before) == (code == 1)


# Broken off


class Killed(BaseException):
    """As by kill -9: nothing is tidied up."""


STEPS = ("unlink", "replace")


@pytest.mark.parametrize("step", range(1, 7))
def test_a_restore_that_is_killed_anywhere_leaves_the_old_state_or_is_refused_until_it_is_finished(
    monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    backup(FILE)
    with closing(SqlStore(LEDGER)), closing(JournalStore("data/engines.journal")):
        pass
    wanted = answers()
    tell(LEDGER, *story(4))
    write_journal("engines.journal", supply(4))
    old = answers()
    with monkeypatch.context() as patch:
        die_at(patch, step)
        try:
            restore(FILE, "--yes")
        except Killed:
            pass
        else:
            pytest.fail("a restore has fewer steps")
    if unfinished(Path("data")):
        for use in (use_the_ledger, use_a_journal):
            with pytest.raises(StoreUnusable, match=r"^A restore of files in \S+ was broken off: finish it with `evch"):
                use()
        assert restore().stdout == "Finished the restore that was broken off\n"
        assert answers() == wanted
    else:
        assert answers() in (old, wanted)
    assert restore(FILE, "--yes").exit_code == 0
    assert answers() == wanted
    assert set(files()) == {"central.db", "engines.journal", "driver-alice.requests"}


def die_at(patch: pytest.MonkeyPatch, step: int) -> None:
    """Die before the n-th change of a folder, and do nothing any more then."""
    done = [0]

    def dying(change: Callable[..., object]) -> Callable[..., object]:
        def go(path: Path, *arguments: object, **named: object) -> object:
            if path.name.endswith((".restored", "unfinished", "central.db-wal", "central.db")):
                done[0] += 1
                if done[0] >= step:
                    raise Killed
            return change(path, *arguments, **named)

        return go

    for name in STEPS:
        patch.setattr(Path, name, dying(getattr(Path, name)))


def test_a_restore_for_which_there_is_no_space_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    backup(FILE)
    before = files()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    assert "free some space; nothing was changed" in sentence(restore(FILE, "--yes"))
    assert files() == before


def test_nothing_to_finish_and_nothing_to_restore_is_told() -> None:
    assert sentence(restore()) == "There is no restore to be finished: give the FILE of a backup"


# PostgreSQL's own tools, as the page about operations says


def test_a_ledger_on_postgresql_comes_back_by_its_own_tools(postgres: Postgres) -> None:
    url = postgres.url(postgres.new_database())
    ledger_with_a_story(url)
    with closing(SqlStore(url)) as store:
        before = [store.select(Session), store.facts(Bill)]
    postgres.tool("pg_dump", "--format=custom", "--file", "ledger.dump", url.replace("+psycopg", ""))
    fresh = postgres.url(postgres.new_database())
    postgres.tool("pg_restore", "--exit-on-error", "--dbname", fresh.replace("+psycopg", ""), "ledger.dump")
    with closing(SqlStore(fresh)) as store:
        assert [store.select(Session), store.facts(Bill)] == before
    assert audit(fresh).findings == []
