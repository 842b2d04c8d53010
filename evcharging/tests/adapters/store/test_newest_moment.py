"""How far a ledger's time has come, as an audit judges by it."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evcharging.adapters.store import Store
from evcharging.adapters.store.audit.readings import newest_moment_of
from evcharging.adapters.store.backup.snapshot import snapshot
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.common.utils import changed
from evcharging.domain.charging_point import LastReading, LastStatus, Point
from evcharging.domain.notice import Notice
from evcharging.domain.record import Record
from evcharging.domain.session import SessionStatus, finalised, request_of, supplying
from evcharging.domain.supply import final_reading
from evcharging.tests.stages.audit_world import ENDED, audit, journal, opened, reading, supply, tell
from evcharging.tests.stages.store_world import NOW, put

HOUR = timedelta(hours=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty ledger."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("ledger"))
    return f"sqlite:///{tmp_path}/central.db"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with closing(SqlStore(url)) as store:
        yield store


_, SESSION = opened()
RUNNING = supplying(SESSION, 500, NOW + HOUR)
OVER = finalised(RUNNING, final_reading(supply(), epoch=1, seq=1))
RECORDS: list[tuple[Record, datetime]] = [
    (SESSION, NOW),
    (RUNNING, NOW + HOUR),
    (OVER, ENDED),
    (changed(OVER, status=SessionStatus.SUSPECT, ended_at=NOW + 9999 * HOUR), NOW),
    (Notice(notice_id="N-1", ts=NOW + 2 * HOUR, level="info", text="text"), NOW + 2 * HOUR),
    (LastStatus(cp_id="CP-1", last_seen=NOW + 3 * HOUR), NOW + 3 * HOUR),
    (LastReading(cp_id="CP-1", session_id="S-1", register_mwh=1, heard_at=NOW + 4 * HOUR), NOW + 4 * HOUR),
]


@pytest.mark.parametrize(("record", "moment"), RECORDS)
def test_the_newest_moment_is_the_latest_that_any_record_tells_of(
    url: str, store: Store, record: Record, moment: datetime
) -> None:
    put(store, Point(cp_id="CP-0", registered_at=NOW + 99 * HOUR), record)
    with snapshot(url) as ledger:
        assert newest_moment_of(ledger) == moment


@pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
def test_an_audit_judges_by_the_ledgers_own_time_where_that_is_ahead_of_the_wall(url: str, tmp_path: Path) -> None:
    ahead = datetime(2099, 1, 1, tzinfo=UTC)
    ended = changed(supply(), started_at=ahead - timedelta(seconds=20), ended_at=ahead - timedelta(seconds=10))
    started = supplying(
        changed(SESSION, requested_at=ahead - timedelta(seconds=20)), 500, ahead - timedelta(seconds=20)
    )
    file = journal(tmp_path / "engine.journal", ended)
    tell(
        url, Point(cp_id="CP-1"), request_of(started), started, Notice(notice_id="N", ts=ahead, level="info", text="t")
    )
    report = audit(url, file, now=NOW)
    assert report.findings == []
    assert any("which ended 10 s ago and is not billed yet" in text for text in report.remarks)
    tell(url, Notice(notice_id="N-2", ts=ahead + HOUR, level="info", text="t"))
    report = audit(url, file, now=NOW)
    assert any("which ended 3610 s ago and is not billed yet" in text for text in report.findings)


# Readings, and engines that have forgotten


def last(session_id: str = "S-1", *, cp_id: str = "CP-1", register_mwh: int = 700) -> LastReading:
    return LastReading(cp_id=cp_id, session_id=session_id, register_mwh=register_mwh, heard_at=NOW)


STRANGE = [
    (last("S-9"), "The newest reading of CP-1 is of S-9, which is no session of this ledger"),
    (last(cp_id="CP-2"), "The newest reading of CP-2 is of S-1, which is a session at CP-1"),
    (last(register_mwh=1), "The newest reading of CP-1 is of S-1 and says 1 mWh, that session began at 500 mWh"),
]


@pytest.mark.parametrize("url", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize(("record", "said"), STRANGE)
def test_a_reading_that_does_not_fit_its_session_is_a_difference(url: str, record: LastReading, said: str) -> None:
    tell(url, Point(cp_id="CP-1"), *opened(), supplying(SESSION, 500, NOW), last())
    assert audit(url).findings == []
    tell(url, record)
    [finding] = audit(url).findings
    assert finding.startswith(said)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_an_engine_that_has_forgotten_a_supply_is_told_where_its_journal_was_read(url: str, tmp_path: Path) -> None:
    tell(url, Point(cp_id="CP-1"), *opened(), supplying(SESSION, 500, NOW))
    knows = journal(tmp_path / "knows", changed(supply(), ended_at=None, register_stop_mwh=0, ended_by=None))
    forgot = journal(tmp_path / "forgot", reading(5))
    other = journal(tmp_path / "other", reading(5, cp_id="CP-2"))
    assert audit(url, knows).findings == audit(url, other).findings == audit(url).findings == []
    [finding] = audit(url, forgot).findings
    assert finding.startswith("S-1 is supplying at CP-1, and the journal of CP-1 does not know it: it was lost")
    assert audit(url, forgot, now=NOW + timedelta(seconds=5)).findings == []
