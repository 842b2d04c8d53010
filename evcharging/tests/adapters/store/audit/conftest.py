"""The ledgers that are audited: on SQLite and on PostgreSQL."""

from pathlib import Path

import pytest

from evcharging.tests.stages.audit_world import ledger_with_a_story
from evcharging.tests.stages.empty_ledger import empty_ledger


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a ledger in which nothing is."""
    if request.param == "postgresql":
        address: str = request.getfixturevalue("ledger")
        return address
    return empty_ledger(tmp_path / "central.db")


@pytest.fixture
def url(empty: str) -> str:
    ledger_with_a_story(empty)
    return empty
