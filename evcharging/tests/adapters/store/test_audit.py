"""The audit of a ledger, on SQLite and PostgreSQL: a clean one is clean, and whatever somebody changed is found."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from evcharging.adapters.store import Commit, StoreUnavailable
from evcharging.adapters.store.audit.report import MOST, heads_in, line_of
from evcharging.adapters.store.chain import link
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.sql.migrations.alembic_runner import downgrade
from evcharging.adapters.store.sql.move import move
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.adapters.store.sql.tables import FACTS, SHARDS
from evcharging.common.messages import SupplyEnded
from evcharging.common.messages_operators import SettleSession
from evcharging.common.utils import changed, to_json
from evcharging.domain.record import Record
from evcharging.domain.resolution import resolved
from evcharging.domain.session import Session, bill_of, failed, finalised
from evcharging.domain.supply import final_reading
from evcharging.tests.stages.audit_world import (
    ENDED,
    ENERGY_MWH,
    LONG_AFTER,
    ask,
    audit,
    held,
    journal,
    ledger_with_a_story,
    opened,
    reading,
    story,
    supply,
    tamper,
    tell,
    writing,
)
from evcharging.tests.stages.empty_ledger import empty_ledger
from evcharging.tests.stages.store_world import NOW, order, session

FOLLOWS = "does not follow from the one before"
CUT_OFF = "is not the one that its row in shards tells of"


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


# What is clean


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


# Who changed the chain


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["UPDATE facts SET body = REPLACE(body, '300000', '3') WHERE fact_id = FIRST + 4"], FOLLOWS),
        (["UPDATE facts SET key = 'S-9' WHERE fact_id = FIRST + 4"], FOLLOWS),
        (["UPDATE facts SET kind = 'Point' WHERE fact_id = FIRST + 4"], FOLLOWS),
        (["UPDATE facts SET shard = '1' WHERE fact_id = FIRST + 4"], FOLLOWS),
        (["UPDATE facts SET hash = '' WHERE fact_id = FIRST + 4"], FOLLOWS),
        (["DELETE FROM facts WHERE fact_id = FIRST + 4"], FOLLOWS),
        (["DELETE FROM facts WHERE fact_id = FIRST"], FOLLOWS),
        (
            [
                "UPDATE facts SET fact_id = FIRST + 99 WHERE fact_id = FIRST + 3",
                "UPDATE facts SET fact_id = FIRST + 3 WHERE fact_id = FIRST + 4",
                "UPDATE facts SET fact_id = FIRST + 4 WHERE fact_id = FIRST + 99",
            ],
            FOLLOWS,
        ),
        (
            [
                "INSERT INTO facts (fact_id, shard, kind, key, body, hash) "
                "SELECT FIRST + 99, shard, kind, key, body, hash FROM facts WHERE fact_id = FIRST + 4"
            ],
            FOLLOWS,
        ),
        (["DELETE FROM facts WHERE fact_id = FIRST + 10"], CUT_OFF),
        (["DELETE FROM facts WHERE shard = '1'"], CUT_OFF),
        (["UPDATE shards SET head = '' WHERE shard = '0'"], CUT_OFF),
        (["DELETE FROM shards WHERE shard = '0'"], CUT_OFF),
    ],
)
def test_facts_that_were_changed_removed_moved_or_put_in_are_found(url: str, statements: list[str], said: str) -> None:
    first = str(ask(url, "SELECT MIN(fact_id) FROM facts")[0][0])
    tamper(url, *(statement.replace("FIRST", first) for statement in statements))
    assert any(said in text for text in audit(url).findings)


def test_a_head_that_was_kept_shows_a_tail_that_was_cut_off_with_its_head(url: str) -> None:
    kept = audit(url).heads
    cut_off(url)
    assert audit(url).findings == []
    assert any("facts were cut off" in text for text in audit(url, kept=kept).findings)


def cut_off(url: str) -> None:
    """Undo the newest fact, its row and what its shard remembers of it, as somebody would who knows how."""
    tamper(
        url,
        "DELETE FROM facts WHERE kind = 'Notice'",
        "DELETE FROM notices",
        "UPDATE shards SET head = "
        "(SELECT hash FROM facts WHERE fact_id = (SELECT MAX(fact_id) FROM facts WHERE shard = '0')) WHERE shard = '0'",
    )


def test_a_head_that_was_kept_shows_a_chain_that_was_rewritten(url: str) -> None:
    kept = audit(url).heads
    rewrite(url)
    assert not [text for text in audit(url).findings if FOLLOWS in text or CUT_OFF in text]
    assert any("the chain was rewritten" in text for text in audit(url, kept=kept).findings)


def rewrite(url: str) -> None:
    """Change the newest fact of a shard, and its chain, as somebody would who knows how."""
    of_shard = select(FACTS).where(FACTS.c.shard == "1").order_by(FACTS.c.fact_id)
    with writing(url) as engine, engine.begin() as connection:
        *_, before, newest = connection.execute(of_shard).all()
        body = newest.body.replace("supply complete", "no reason")
        head = link(before.hash, "1", newest.kind, newest.key, body)
        connection.execute(FACTS.update().where(FACTS.c.fact_id == newest.fact_id).values(body=body, hash=head))
        connection.execute(SHARDS.update().where(SHARDS.c.shard == "1").values(head=head))


def test_heads_that_were_kept_are_met_again_in_a_chain_that_went_on(url: str) -> None:
    kept = audit(url).heads
    tell(url, *story(4))
    assert audit(url, kept=kept).findings == []
    assert heads_in("\n".join(map(line_of, kept))) == heads_in(to_json({"heads": kept}).decode()) == kept


def test_a_ledger_that_was_moved_is_as_clean_and_the_heads_that_were_kept_are_met_again(
    ledger: str, tmp_path: Path
) -> None:
    old = f"sqlite:///{tmp_path}/central.db"
    ledger_with_a_story(old)
    kept = audit(old).heads
    move(old, ledger)
    tell(ledger, *story(4))
    report = audit(ledger, kept=kept)
    assert (report.findings, report.facts > sum(head.facts for head in kept)) == ([], True)


# Who changed a table


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE tickets SET micro_euros = 1 WHERE session_id = 'S-1'", "Bill S-1 has micro_euros 1 in its table"),
        ("UPDATE sessions SET status = 'OPENED' WHERE session_id = 'S-1'", "Session S-1 has status 'OPENED'"),
        ("UPDATE sessions SET ended_at = NULL WHERE session_id = 'S-1'", "Session S-1 has ended_at None in its table"),
        ("UPDATE points SET stopped = true WHERE cp_id = 'CP-2'", "Point CP-2 has stopped"),
        ("UPDATE notices SET text = 'ab'", "Notice N-1 has text 'ab' in its table"),
        ("DELETE FROM sessions WHERE session_id = 'S-2'", "Session S-2 is missing in its table"),
        (
            "DELETE FROM requests WHERE request_id = 'R-3'",
            "S-3 says that request R-3 led to it; that request does not say so",
        ),
        ("UPDATE requests SET limit_mwh = 5 WHERE request_id = 'R-3'", "Request R-3 is another in its table"),
        (
            "UPDATE requests SET driver_id = 'x' WHERE request_id = 'R-3'",
            "Request R-3 is another in its table",
        ),
        ("UPDATE requests SET reason = 'no' WHERE request_id = 'R-3'", "Request R-3 is another in its table"),
        ("UPDATE requests SET accepted = false WHERE request_id = 'R-3'", "Request R-3 is in its table, and no fact"),
        ("UPDATE sessions SET session_id = 'S-0' WHERE session_id = 'S-2'", "Session S-0 is in its table, and no fact"),
    ],
)
def test_a_table_that_is_not_as_the_facts_say_is_found(url: str, statement: str, said: str) -> None:
    tamper(url, statement)
    assert any(said in text for text in audit(url).findings)


# What does not fit together


def over(number: int = 1) -> Session:
    record = story(number)[-2]
    assert isinstance(record, Session)
    return record


@pytest.mark.parametrize(
    ("records", "said"),
    [
        (story()[:-1], f"S-1 at CP-1 delivered {ENERGY_MWH} mWh and has no bill"),
        ([*story()[:1], bill_of(over())], "The bill of S-1 at CP-1 has no session"),
        ([*story()[:-1], changed(bill_of(over()), micro_euros=1)], "says micro_euros 1, its session makes it 18333"),
        ([*story()[:-1], changed(bill_of(over()), energy_mwh=0)], "says energy_mwh 0, its session makes it 61111"),
        ([*story()[:-2], bill_of(over())], "S-1 at CP-1 has a bill, but is SUPPLYING without final readings"),
        ([*held(), bill_of(over())], "S-1 at CP-1 is SUSPECT and has a bill, which must be held"),
        ([*story(), changed(bill_of(over()), ended_by="x"), bill_of(over())], "S-1 was billed more than once"),
        ([*story(), changed(over(), session_id="S-2")], "Request R-1 has 2 sessions"),
        ([*story()[:1], *story()[2:]], "S-1 says that request R-1 led to it; that request does not say so"),
        (story()[:2], "Request R-1 was accepted and has no session"),
        ([*opened(1), *opened(2), changed(opened(2)[1], cp_id="CP-1")], "CP-1 has 2 open sessions"),
    ],
)
def test_what_does_not_fit_together_is_found(empty: str, records: list[Record], said: str) -> None:
    tell(empty, *records)
    assert any(said in text for text in audit(empty).findings)


def test_a_bill_that_is_held_is_told_and_is_no_difference(empty: str) -> None:
    tell(empty, *held())
    report = audit(empty)
    assert report.findings == []
    assert report.remarks == ["The bill of S-1 at CP-1 is held: the clock is wrong; the bill is held"]


def test_a_bill_that_was_settled_by_hand_is_what_the_operator_said_and_no_difference(empty: str) -> None:
    *before, suspect = held()
    assert isinstance(suspect, Session)
    order = SettleSession(
        ts=ENDED, request_id="settle-1", cp_id="CP-1", session_id="S-1", energy_mwh=7, note="seen", by="operator"
    )
    session = resolved(suspect, order, ENDED)
    tell(empty, *before, suspect, session, bill_of(session))
    report = audit(empty)
    assert (bill_of(session).energy_mwh, report.findings, report.remarks) == (7, [], [])


def test_a_session_without_energy_needs_no_bill(empty: str) -> None:
    final: SupplyEnded = changed(final_reading(supply(), epoch=1, seq=1), register_stop_mwh=500)
    tell(empty, *story()[:-2], finalised(over(), final))
    assert audit(empty).findings == []


def test_a_fact_that_nobody_can_read_is_found(empty: str) -> None:
    tell(empty, *story())
    tamper(empty, "UPDATE facts SET body = '[' WHERE kind = 'Bill'")
    assert any("The newest fact of Bill S-1 cannot be read" in text for text in audit(empty).findings)


def test_facts_of_a_kind_that_this_program_does_not_know_are_found(empty: str) -> None:
    tell(empty, *story())
    tamper(empty, "UPDATE facts SET kind = 'Gift' WHERE kind = 'Bill'")
    assert any("1 facts are of the kind Gift" in text for text in audit(empty).findings)


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


# Journals


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
