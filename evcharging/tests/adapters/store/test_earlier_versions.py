"""What earlier versions have written can be used: a ledger is brought up to date and audits clean, journals are read.

Each folder of `fixtures/` is named for the newest revision of ledgers when it was written, and ends with the end of its
process without a last word. `0004`: six supplies and two refusals. `0005`: nine sessions, two of which lost their
journal (one settled by hand, one held), a new price, a stopped point and a retired one. `0010`: eleven bills by a
tariff with an edge, and two supplies that go on. `0014`: what was ordered and refused, with who asked, people and keys,
and two supplies that go on."""

import gzip
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from shutil import copy

import pytest

from evcharging.adapters.store import Store
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.sql import migrations
from evcharging.adapters.store.sql.move import move
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.common.site_description import PlacedPoint, SiteDescription, SitePlan
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.charging_point import LastReading, Point
from evcharging.domain.driving import DriverMemory
from evcharging.domain.session import Bill, Request, Session, SessionStatus
from evcharging.domain.site import Site
from evcharging.domain.supply import EngineMemory, Reading, Supply
from evcharging.domain.totals import EVERYTHING, Step
from evcharging.tests.places import FIXTURES
from evcharging.tests.stages.audit_world import audit
from evcharging.tests.stages.postgres import Postgres
from evcharging.tests.stages.store_world import NOW, put

SHARDS = [str(number) for number in range(8)]


@dataclass(frozen=True)
class Written:
    """What must be found in it. `sessions`, `bills`, `requests` and `facts` of points, energy in mWh and micro-euro;
    stopped and retired points; `held` sessions; all facts, supplies in the journal, drivers' memories."""

    counts: tuple[int, int, int, int]
    billed: tuple[int, int]
    stopped: set[str]
    retired: set[str]
    held: int
    audited: tuple[int, int]
    journals: dict[str, tuple[int, int, int]]
    unsent: int


EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)
VERSIONS = {
    "0004": Written(
        counts=(6, 6, 8, 23),
        billed=(29_328, 8_796),
        stopped={"CP-002"},
        retired=set(),
        held=0,
        audited=(60, 6),
        journals={"engines.journal": (3, 3, 0), "driver-alice.requests": (0, 0, 2)},
        unsent=1,
    ),
    "0005": Written(
        counts=(9, 7, 11, 43),
        billed=(312_428, 101_061),
        stopped={"CP-002"},
        retired={"CP-003"},
        held=1,
        audited=(104, 5),
        journals={"engines.journal": (3, 3, 0), "drivers.requests": (0, 0, 2)},
        unsent=0,
    ),
    "0006": Written(
        counts=(10, 8, 10, 37),
        billed=(488_888, 146_664),
        stopped={"CP-002"},
        retired={"CP-009"},
        held=0,
        audited=(93, 10),
        journals={"engines.journal": (2, 3, 0), "drivers.requests": (0, 0, 2)},
        unsent=0,
    ),
    "0007": Written(
        counts=(29, 29, 39, 83),
        billed=(99_633_096, 29_889_933),
        stopped={"CP-002"},
        retired={"CP-009"},
        held=0,
        audited=(252, 29),
        journals={"engines.journal": (3, 3, 0), "drivers.requests": (0, 0, 2)},
        unsent=0,
    ),
    "0009": Written(
        counts=(70, 70, 98, 7),
        billed=(4_231_359, 1_269_387),
        stopped={"CP-002"},
        retired={"CP-009"},
        held=0,
        audited=(327, 70),
        journals={"engines.journal": (4, 4, 0), "drivers.requests": (0, 0, 4)},
        unsent=0,
    ),
    "0010": Written(
        counts=(18, 16, 18, 8),
        billed=(11_733_328, 10_683_200),
        stopped={"CP-002"},
        retired={"CP-009"},
        held=0,
        audited=(86, 18),
        journals={"engines.journal": (3, 3, 0), "drivers.requests": (0, 0, 2)},
        unsent=0,
    ),
    "0014": Written(
        counts=(16, 14, 16, 10),
        billed=(598_106, 1_983_797),
        stopped={"CP-002"},
        retired={"CP-009"},
        held=0,
        audited=(107, 16),
        journals={"engines.journal": (2, 3, 0), "drivers.requests": (0, 0, 2)},
        unsent=0,
    ),
}


def must_be_as_it_was(store: Store, written: Written) -> None:
    sessions, bills, points = store.select(Session), store.select(Bill), store.select(Point)
    assert (len(sessions), len(bills), len(store.select(Request)), len(store.facts(Point))) == written.counts
    assert (sum(bill.energy_mwh for bill in bills), sum(bill.micro_euros for bill in bills)) == written.billed
    assert {point.cp_id for point in points if point.stopped} == written.stopped
    assert {point.cp_id for point in points if point.retired_at} == written.retired
    assert sum(session.status is SessionStatus.SUSPECT for session in sessions) == written.held
    assert len(store.unsent(SHARDS)) == written.unsent
    days = store.series(EVERYTHING, Step.DAY, EARLIEST, LATEST)
    assert (sum(day.energy_mwh for day in days), sum(day.micro_euros for day in days)) == written.billed


def must_go_on(url: str, version: str) -> None:
    written, journal = VERSIONS[version], FIXTURES / version / "engines.journal"
    with closing(SqlStore(url)) as store:
        must_be_as_it_was(store, written)
    before = audit(url, journal)
    assert ((before.facts, before.supplies), before.findings) == (written.audited, [])
    with closing(SqlStore(url)) as store:
        [first, *_] = store.select(Session)
        put(store, LastReading(cp_id=first.cp_id, session_id=first.session_id, register_mwh=9_999, heard_at=NOW))
        put(store, Point(cp_id="CP-002", retired_at=NOW))
    after = audit(url, journal, kept=before.heads)
    assert (after.facts, after.findings) == (before.facts + 1, [])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_ledger_of_an_earlier_version_is_brought_up_to_date_and_audits_clean(tmp_path: Path, version: str) -> None:
    (tmp_path / "central.db").write_bytes(gzip.decompress((FIXTURES / version / "central.db.gz").read_bytes()))
    must_go_on(f"sqlite:///{tmp_path}/central.db", version)


@pytest.mark.parametrize("version", VERSIONS)
def test_so_is_one_on_postgresql(postgres: Postgres, version: str) -> None:
    name = postgres.new_database()
    dump = gzip.decompress((FIXTURES / version / "ledger.sql.gz").read_bytes()).decode()
    # Lines that begin with a backslash are for PostgreSQL's own client.
    postgres.ask("\n".join(line for line in dump.splitlines() if not line.startswith("\\")), name)
    must_go_on(postgres.url(name), version)


def test_what_was_done_and_refused_is_told_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "central.db").write_bytes(gzip.decompress((FIXTURES / "0014" / "central.db.gz").read_bytes()))
    with closing(SqlStore(f"sqlite:///{tmp_path}/central.db")) as store:
        actions = store.facts(OperatorAction)
        assert (len(actions), sum(each.refusal is not None for each in actions)) == (25, 4)
        stop, plug = (next(each for each in actions if each.action == name) for name in ("stop", "plug"))
        assert (stop.actor_kind, stop.subject, stop.before, stop.after) == (
            "local",
            "CP-002",
            '{"stopped":false}',
            '{"stopped":true}',
        )
        assert plug.refusal == "CP-009 is offline and cannot plug"
        assert {each.account_id for each in store.accounts.accounts()} == {"acc-1", "acc-2"}


def test_one_that_has_its_totals_is_not_added_up_again_since_that_takes_minutes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added_up: list[str] = []
    monkeypatch.setattr(migrations, "rebuild", lambda connection: added_up.append(connection.engine.url.database))
    for version in VERSIONS:
        file = tmp_path / version
        file.write_bytes(gzip.decompress((FIXTURES / version / "central.db.gz").read_bytes()))
        SqlStore(f"sqlite:///{file}").close()
    assert [Path(name).name for name in added_up] == ["0004", "0005", "0006"]


@pytest.mark.parametrize("version", VERSIONS)
def test_one_that_is_moved_before_it_was_opened_has_its_totals_too(tmp_path: Path, version: str) -> None:
    (tmp_path / "central.db").write_bytes(gzip.decompress((FIXTURES / version / "central.db.gz").read_bytes()))
    move(f"sqlite:///{tmp_path}/central.db", f"sqlite:///{tmp_path}/new.db")
    with closing(SqlStore(f"sqlite:///{tmp_path}/new.db")) as store:
        must_be_as_it_was(store, VERSIONS[version])


@pytest.mark.parametrize("version", VERSIONS)
def test_a_site_of_a_ledger_of_an_earlier_version_can_be_described(tmp_path: Path, version: str) -> None:
    url = f"sqlite:///{tmp_path}/central.db"
    (tmp_path / "central.db").write_bytes(gzip.decompress((FIXTURES / version / "central.db.gz").read_bytes()))
    plan = SitePlan(points=(PlacedPoint(cp_id="CP-001", x_m=2.5, y_m=0.1, angle=90),))
    north = Site(site_id="SITE-1", description=SiteDescription(name="North", plan=plan), described_at=NOW)
    with closing(SqlStore(url)) as store:
        assert store.select(Site) == []
        put(store, north)
    with closing(SqlStore(url)) as store:
        assert store.select(Site) == store.facts(Site) == [north]
    assert audit(url).findings == []


@pytest.mark.parametrize(("version", "name"), [(each, name) for each in VERSIONS for name in VERSIONS[each].journals])
def test_journals_of_an_earlier_version_are_read_and_go_on(tmp_path: Path, version: str, name: str) -> None:
    copy(FIXTURES / version / name, tmp_path)
    with closing(JournalStore(tmp_path / name)) as store:
        found = tuple(len(store.select(kind)) for kind in (Supply, EngineMemory, DriverMemory))
        assert len(store.select(Reading)) == found[0]
        put(store, EngineMemory(cp_id="CP-009"))
    assert found == VERSIONS[version].journals[name]
    with closing(JournalStore(tmp_path / name)) as store:
        assert store.select(EngineMemory)[-1] == EngineMemory(cp_id="CP-009")
