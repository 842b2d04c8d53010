"""What earlier versions have written can be used: a ledger is brought up to date and audits clean, journals are read.

`fixtures/0004` was written by the version before ledgers had the table `readings`: six supplies and two refusals, and
then the end of its process without a last word."""

import gzip
from contextlib import closing
from pathlib import Path
from shutil import copy

import pytest

from evcharging.adapters.store import Store
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.charging_point import LastReading, Point
from evcharging.domain.driving import DriverMemory
from evcharging.domain.session import Bill, Request, Session
from evcharging.domain.supply import EngineMemory, Reading, Supply
from evcharging.tests.places import FIXTURES
from evcharging.tests.stages.audit_world import audit
from evcharging.tests.stages.postgres import Postgres
from evcharging.tests.stages.store_world import NOW, put

WRITTEN = FIXTURES / "0004"


def must_be_as_it_was(store: Store) -> None:
    sessions, bills = store.select(Session), store.select(Bill)
    assert (len(sessions), len(bills), len(store.select(Request)), len(store.facts(Point))) == (6, 6, 8, 23)
    assert (sum(bill.energy_mwh for bill in bills), sum(bill.micro_euros for bill in bills)) == (29_328, 8_796)
    assert [(point.cp_id, point.stopped) for point in store.select(Point)] == [
        ("CP-001", False),
        ("CP-002", True),
        ("CP-003", False),
    ]
    assert {point.retired_at for point in (*store.select(Point), *store.facts(Point))} == {None}
    assert len(store.unsent(["0", "1"])) == 1


def must_go_on(url: str) -> None:
    with closing(SqlStore(url)) as store:
        must_be_as_it_was(store)
    before = audit(url, WRITTEN / "engines.journal")
    assert (before.facts, before.supplies, before.findings) == (60, 6, [])
    with closing(SqlStore(url)) as store:
        [first, *_] = store.select(Session)
        put(store, LastReading(cp_id=first.cp_id, session_id=first.session_id, register_mwh=9_999, heard_at=NOW))
        put(store, Point(cp_id="CP-002", retired_at=NOW))
    after = audit(url, WRITTEN / "engines.journal", kept=before.heads)
    assert (after.facts, after.findings) == (61, [])


def test_a_ledger_of_the_version_before_is_brought_up_to_date_and_audits_clean(tmp_path: Path) -> None:
    (tmp_path / "central.db").write_bytes(gzip.decompress((WRITTEN / "central.db.gz").read_bytes()))
    must_go_on(f"sqlite:///{tmp_path}/central.db")


def test_so_is_one_on_postgresql(postgres: Postgres) -> None:
    name = postgres.new_database()
    dump = gzip.decompress((WRITTEN / "ledger.sql.gz").read_bytes()).decode()
    # Lines that begin with a backslash are for PostgreSQL's own client.
    postgres.ask("\n".join(line for line in dump.splitlines() if not line.startswith("\\")), name)
    must_go_on(postgres.url(name))


@pytest.mark.parametrize("name", ["engines.journal", "driver-alice.requests"])
def test_journals_of_the_version_before_are_read_and_go_on(tmp_path: Path, name: str) -> None:
    copy(WRITTEN / name, tmp_path)
    with closing(JournalStore(tmp_path / name)) as store:
        found = {kind: len(store.select(kind)) for kind in (Supply, Reading, EngineMemory, DriverMemory)}
        put(store, EngineMemory(cp_id="CP-009"))
    assert found[Supply] == found[EngineMemory] == (3 if name == "engines.journal" else 0)
    assert found[DriverMemory] == (0 if name == "engines.journal" else 2)
    with closing(JournalStore(tmp_path / name)) as store:
        assert store.select(EngineMemory)[-1] == EngineMemory(cp_id="CP-009")
