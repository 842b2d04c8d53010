"""The audit of a ledger, on SQLite and PostgreSQL: a clean one is clean, and what waits is told."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evcharging.adapters.store import Commit, StoreUnavailable
from evcharging.adapters.store.audit.report import MOST
from evcharging.adapters.store.sql.migrations.alembic_runner import downgrade
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.session import Session, failed
from evcharging.tests.stages.audit_world import (
    ENDED,
    ENERGY_MWH,
    audit,
    held,
    journal,
    opened,
    reading,
    story,
    supply,
    tell,
    writing,
)
from evcharging.tests.stages.empty_ledger import empty_ledger
from evcharging.tests.stages.store_world import NOW, order, session


def test_an_empty_ledger_is_clean(empty: str) -> None:
    report = audit(empty)
    assert (report.differences, report.facts, report.heads) == (0, 0, [])


def test_a_ledger_that_nobody_changed_is_clean_and_its_sums_are_told(url: str) -> None:
    report = audit(url)
    assert (report.findings, report.remarks) == ([], [])
    assert (report.facts, report.sessions, report.bills) == (16, 3, 3)
    assert (report.energy_mwh, report.micro_euros) == (3 * ENERGY_MWH, 3 * 18_333)
    assert [(head.shard, head.facts) for head in report.heads] == [("0", 11), ("1", 5)]


def test_an_audit_sees_one_moment_while_others_write(url: str, tmp_path: Path) -> None:
    tell(url, *opened(4))
    with closing(SqlStore(url)) as store:
        report = audit(url, journal(tmp_path / "journal", supply(1), reading(700_000)))
        assert report.findings == []
        store.commit(Commit(epochs=store.claim(["0"]), records=[("0", session_failed())]))
    assert audit(url).findings == []


def session_failed() -> Session:
    return failed(opened(4)[1], ENDED, "the charging point did not start in time")


def test_a_ledger_of_an_older_version_is_clean_once_it_is_brought_up_to_date(url: str) -> None:
    with writing(url) as engine, engine.begin() as connection:
        downgrade(connection, "0002")
    with pytest.raises(StoreUnavailable, match="is of revision 0002, this program reads"):
        audit(url)
    SqlStore(url).close()
    assert audit(url).findings == []


STORIES = st.lists(
    st.tuples(st.sampled_from("0123"), st.lists(st.integers(1, 12), max_size=4, unique=True), st.booleans()),
    max_size=8,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(commits=STORIES)
def test_any_story_of_commits_is_clean(tmp_path_factory: pytest.TempPathFactory, commits: object) -> None:
    url = empty_ledger(tmp_path_factory.mktemp("story") / "central.db")
    assert isinstance(commits, list)
    told: set[int] = set()
    with closing(SqlStore(url)) as store:
        epochs = store.claim("0123")
        for serial, (shard, numbers, again) in enumerate(commits, start=1):
            records = [record for n in numbers if n not in told for record in (held(n) if n % 5 == 0 else story(n))]
            told |= set(numbers)
            commit = Commit(epochs=epochs, records=[(shard, record) for record in records], serial=serial)
            for _ in range(1 + again):
                store.commit(commit)
    report = audit(url)
    assert report.findings == []
    assert report.sessions == len(told)


def test_messages_that_wait_are_told_with_the_age_of_the_oldest(empty: str) -> None:
    with closing(SqlStore(empty)) as store:
        store.commit(Commit(epochs=store.claim(["0"]), outbox=[("0", order("a")), ("0", order("b"))]))
    report = audit(empty, now=NOW + timedelta(seconds=90))
    assert (report.waiting, report.findings) == (2, [])
    assert report.remarks == [
        "2 messages wait to be sent, the oldest for 90 s to central.commands: see that Central and Kafka run"
    ]


def test_sentences_beyond_many_are_counted(empty: str) -> None:
    tell(empty, *(session(f"S-{number}") for number in range(MOST)))
    report = audit(empty)
    assert report.differences == MOST + 1  # each without its request, and all at one point
    assert report.findings[-1] == "... and 1 other"
