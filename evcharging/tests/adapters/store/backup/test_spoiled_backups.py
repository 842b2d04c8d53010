"""A backup that somebody changed or that is not whole is refused, and nothing is changed."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from evcharging.adapters.store.backup.archive import MANIFEST
from evcharging.adapters.store.sql.migrations import HEAD
from evcharging.tests.stages.backup_stage import FILE, backup, files, restore
from evcharging.tests.stages.cli_stage import sentence


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
