"""What each test of backups begins with."""

from pathlib import Path

import pytest

from evcharging.domain.supply import EngineMemory
from evcharging.tests.stages.audit_world import ledger_with_a_story, supply
from evcharging.tests.stages.backup_stage import LEDGER, write_journal
from evcharging.tests.stages.empty_ledger import empty_ledger


@pytest.fixture(autouse=True)
def network(alone: None) -> None:
    """A folder with a ledger, an engine's journal and a driver's memory in `data`."""
    empty_ledger(Path("data/central.db"))
    ledger_with_a_story(LEDGER)
    write_journal("engines.journal", supply(1), supply(2), supply(3))
    write_journal("driver-alice.requests", EngineMemory(cp_id="stands for a driver"))
