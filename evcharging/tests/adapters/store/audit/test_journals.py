"""Engines' journals beside the ledger: one that agrees is clean, and what one says otherwise is found."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.common.utils import changed
from evcharging.domain.record import Record
from evcharging.domain.session import Session, idling
from evcharging.tests.stages.audit_world import (
    ENDED,
    ENERGY_MWH,
    LONG_AFTER,
    audit,
    journal,
    reading,
    story,
    supply,
    tell,
)
from evcharging.tests.stages.store_world import NOW


def test_a_journal_that_agrees_is_clean(url: str, tmp_path: Path) -> None:
    readings = [reading(500), supply(1), reading(500 + ENERGY_MWH), supply(1)]
    report = audit(url, journal(tmp_path / "one", *readings), journal(tmp_path / "two", supply(2), supply(3)))
    assert (report.findings, report.remarks, report.supplies) == ([], [], 3)


def test_a_journal_is_read_beside_the_engine_that_writes_it(url: str, tmp_path: Path) -> None:
    file = journal(tmp_path / "journal", supply(1))
    with closing(JournalStore(file)), file.open("ab") as writer:
        writer.write(b"0000")
        writer.flush()
        assert audit(url, file).findings == []
        assert file.read_bytes().endswith(b"0000")


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (changed(supply(), register_stop_mwh=1_000), "its journal says from 500 to 1000 mWh"),
        (changed(supply(), cp_id="CP-2"), "and the ledger has it at CP-1"),
        (changed(supply(), session_id="S-9"), "The journal has the supply S-9 at CP-1, and the ledger no such session"),
        (
            changed(supply(), register_stop_mwh=499),
            "The register of CP-1 ran backwards in its journal, from 500 to 499",
        ),
    ],
)
def test_a_journal_that_says_otherwise_is_found(url: str, tmp_path: Path, record: Record, said: str) -> None:
    assert any(said in text for text in audit(url, journal(tmp_path / "journal", record)).findings)


def test_registers_that_ran_backwards_are_found(url: str, tmp_path: Path) -> None:
    backwards = journal(tmp_path / "journal", supply(1), reading(700_000), reading(699_999), supply(4, start=0))
    assert any("ran backwards in its journal, from 700000 to 699999" in text for text in audit(url, backwards).findings)


@pytest.mark.parametrize(("age_s", "differences"), [(59, 0), (61, 1)])
def test_a_supply_that_just_ended_is_on_its_way_and_missing_later(
    empty: str, tmp_path: Path, age_s: int, differences: int
) -> None:
    tell(empty, *story()[:-2])
    report = audit(empty, journal(tmp_path / "journal", supply()), now=ENDED + timedelta(seconds=age_s))
    assert report.differences == differences
    assert f"ended {age_s} s ago and is not billed yet" in [*report.findings, *report.remarks][0]


def test_a_supply_that_began_after_the_moment_of_the_audit_is_no_difference(empty: str, tmp_path: Path) -> None:
    file = journal(tmp_path / "journal", supply())
    assert audit(empty, file, now=NOW).findings == []
    assert audit(empty, file, now=LONG_AFTER).differences == 1


@pytest.mark.parametrize(("supply_now", "differences"), [({"plugged": True}, 0), ({"unplugged_at": ENDED}, 1)])
def test_an_idle_session_is_held_to_its_figures_and_missing_once_its_vehicle_has_left(
    empty: str, tmp_path: Path, supply_now: dict[str, Any], differences: int
) -> None:
    *before, ended, _ = story()
    assert isinstance(ended, Session)
    tell(empty, *before, idling(ended, ENDED))
    file = journal(tmp_path / "journal", changed(supply(), **supply_now))
    report = audit(empty, file, now=ENDED + timedelta(seconds=61))
    assert report.differences == differences
    assert not differences or "The stay of S-1 at CP-1, which ended 61 s ago" in report.findings[0]
