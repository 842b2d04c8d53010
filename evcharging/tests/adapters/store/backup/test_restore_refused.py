"""What is not restored: over what is in use, beside what does not fit, without a yes; nothing is changed then."""

import shutil
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from click.testing import CliRunner

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.backup import restore as restore_module
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.ops import restore as program
from evcharging.tests.stages.audit_world import story, supply, tell
from evcharging.tests.stages.backup_stage import (
    FILE,
    LEDGER,
    answers,
    backup,
    files,
    restore,
    use_a_journal,
    use_the_ledger,
    write_journal,
)
from evcharging.tests.stages.cli_stage import sentence


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


def test_a_restore_for_which_there_is_no_space_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    backup(FILE)
    before = files()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))
    assert "free some space; nothing was changed" in sentence(restore(FILE, "--yes"))
    assert files() == before
