"""A restore that is killed anywhere: the old state is there, or nothing is used until it is finished."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from evcharging.adapters.store import StoreUnusable
from evcharging.adapters.store.backup.restore import unfinished
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.sql.store import SqlStore
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


def test_nothing_to_finish_and_nothing_to_restore_is_told() -> None:
    assert sentence(restore()) == "There is no restore to be finished: give the FILE of a backup"
