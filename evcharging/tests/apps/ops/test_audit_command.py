"""`evcharging audit` as people and scripts meet it: what it prints, and its exit status."""

import json
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.journal.reading import read_journal
from evcharging.apps.ops.audit import main
from evcharging.domain.supply import Supply
from evcharging.tests.stages.audit_world import held, journal, ledger_with_a_story, supply, tamper, tell
from evcharging.tests.stages.empty_ledger import empty_ledger

SUMMARY = "16 facts, 3 sessions, 3 bills, 0.000183 MWh, 0.05 EUR: "


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A ledger with a story."""
    ledger_with_a_story(empty_ledger(tmp_path / "central.db"))
    return tmp_path / "central.db"


def audited(file: Path, *flags: str) -> Result:
    return CliRunner().invoke(main, ["--db-url", f"sqlite:///{file}", *flags])


def test_a_clean_ledger_is_a_summary_below_its_heads(file: Path) -> None:
    result = audited(file)
    *heads, summary = result.stdout.splitlines()
    assert (result.exit_code, summary) == (0, f"{SUMMARY}no difference")
    assert [line.split(" ")[:2] + line.split(" ")[3:] for line in heads] == [["head", "11", "0"], ["head", "5", "1"]]


def test_a_difference_is_a_sentence_and_exit_status_1(file: Path) -> None:
    tamper(f"sqlite:///{file}", "UPDATE tickets SET energy_mwh = 0 WHERE session_id = 'S-1'")
    result = audited(file)
    *_, first, second, by_hour, by_day, summary = result.stdout.splitlines()
    assert result.exit_code == 1
    assert first == (
        "Bill S-1 has energy_mwh 0 in its table, its newest fact says 61111: "
        "the facts say how it was; see who changed the table"
    )
    assert second.startswith("The bill of S-1 at CP-1 says energy_mwh 0, its session makes it 61111: compare it")
    totals = "are of 3 bills, 183333 mWh and 54999 micro-euro, and there are 3 bills of 122222 mWh and"
    assert by_hour.startswith(f"The totals by the hour {totals}")
    assert by_day.startswith(f"The totals by the day {totals}")
    assert summary.endswith(": 4 differences")


def test_what_is_worth_knowing_is_told_without_a_difference(file: Path) -> None:
    tell(f"sqlite:///{file}", *held(4))
    result = audited(file)
    assert result.exit_code == 0
    assert "The bill of S-4 at CP-4 is held: the clock is wrong; the bill is held" in result.stdout.splitlines()


def test_what_an_audit_printed_is_what_the_next_one_expects(file: Path, tmp_path: Path) -> None:
    for flags in ([], ["--json"]):
        (tmp_path / "audit.txt").write_text(audited(file, *flags).stdout)
        assert audited(file, "--expect", str(tmp_path / "audit.txt")).exit_code == 0
    tamper(f"sqlite:///{file}", "DELETE FROM facts WHERE shard = '1'", "DELETE FROM shards WHERE shard = '1'")
    result = audited(file, "--expect", str(tmp_path / "audit.txt"))
    assert result.exit_code == 1
    assert "Shard 1 has 0 facts and had 5 when its head was noted: facts were cut off" in result.stdout


def test_scripts_get_one_line_of_json(file: Path, tmp_path: Path) -> None:
    result = audited(file, "--json", "--journal", str(journal(tmp_path / "journal", supply())))
    report = json.loads(result.stdout)
    assert (report["facts"], report["supplies"], report["differences"], report["findings"]) == (16, 1, 0, [])
    assert [head["facts"] for head in report["heads"]] == [11, 5]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--db-url", "sqlite:///{folder}/none.db"], "There is no ledger in {folder}/none.db: give the path of one"),
        (
            ["--db-url", "sqlite:///{folder}/empty.db"],
            "There is no ledger in {folder}/empty.db: give the address of one",
        ),
        (["--db-url", "sqlite:///{folder}/text"], "(file is not a database): move this file away or give another path"),
        (["--db-url", "mysql://host/name"], "A database of the kind mysql is not supported"),
        (["--journal", "{folder}/none"], "Cannot read the journal {folder}/none (No such file or directory)"),
        (["--journal", "{folder}/text"], "{folder}/text is not a journal of this program"),
        (["--expect", "{folder}/none"], "Cannot read {folder}/none (No such file or directory)"),
        (["--expect", "{folder}/text"], "There are no heads in {folder}/text: give what an audit printed"),
        (["--expect", "{folder}/odd"], "Cannot read {folder}/odd ('head 1 2' is not a head)"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_and_exit_status_2(file: Path, flags: list[str], said: str) -> None:
    folder = str(file.parent)
    (file.parent / "empty.db").touch()
    (file.parent / "text").write_text("These are notes.\n" * 100)
    (file.parent / "odd").write_text("head 1 2\n")
    result = audited(file, *(flag.format(folder=folder) for flag in flags))
    assert result.exit_code == 2
    assert said.format(folder=folder) in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (file.parent / "none.db").exists()


def test_an_audit_writes_nothing(file: Path) -> None:
    before = file.read_bytes()
    audited(file)
    assert file.read_bytes() == before


def test_a_journal_that_is_damaged_is_refused_and_an_unfinished_line_is_not(tmp_path: Path) -> None:
    file = journal(tmp_path / "journal", supply(1), supply(2))
    whole = file.read_bytes()
    file.write_bytes(whole[:-5])
    assert [record.key for record in read_journal(file, Supply)] == ["CP-1"]
    file.write_bytes(whole.replace(b"CP-1", b"CP-7"))
    with pytest.raises(StoreUnavailable, match=r"is damaged in line 3 \(its checksum is wrong\)"):
        list(read_journal(file, Supply))
    file.write_bytes(whole)
    with closing(JournalStore(file)):
        assert len(list(read_journal(file, Supply))) == 2
