"""`evcharging restore`: what was backed up comes back, to wherever it is wanted."""

import shutil
from pathlib import Path

from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.session import Session
from evcharging.tests.stages.audit_world import audit, story, supply, tell
from evcharging.tests.stages.backup_stage import FILE, LEDGER, answers, backup, files, restore, write_journal


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
