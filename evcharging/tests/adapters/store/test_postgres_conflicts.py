"""The ledger on a real PostgreSQL in which others are in the way."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from evcharging.adapters.store import Commit, StoreUnavailable
from evcharging.adapters.store.sql.engine import open_engine
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.session import Session
from evcharging.tests.stages.postgres import Postgres
from evcharging.tests.stages.store_world import one, put, session, wait_until

PATIENCE_S = 0.4
WAIT_S = 20.0

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
TAKE = "UPDATE sessions SET detail = 'theirs' WHERE session_id = %s"
LIMIT = "SELECT setting::int FROM pg_settings WHERE name = '{}'"
FAIL_OFTEN = """
CREATE SEQUENCE attempts;
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF nextval('attempts') <= {times} THEN
        RAISE EXCEPTION 'could not serialize' USING ERRCODE = 'serialization_failure';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fail BEFORE INSERT ON facts FOR EACH ROW EXECUTE FUNCTION fail()
"""
FAIL_NO_MORE = "DROP TRIGGER fail ON facts; DROP FUNCTION fail; DROP SEQUENCE attempts"


@pytest.fixture
def store(ledger: str) -> Iterator[SqlStore]:
    with closing(SqlStore(ledger, patience_s=PATIENCE_S)) as store:
        yield store


@contextmanager
def transaction(url: str) -> Iterator[psycopg.Connection]:
    """Somebody else's, which is rolled back."""
    with psycopg.connect(url.replace("+psycopg", "")) as other:
        other.execute("SET deadlock_timeout = '1h'")  # so that it is not the one who gives way
        yield other
        other.rollback()


def test_a_commit_that_is_the_victim_of_a_deadlock_is_done_once(ledger: str) -> None:
    with (
        closing(SqlStore(ledger, patience_s=3 * WAIT_S)) as store,
        transaction(ledger) as between,
        transaction(ledger) as other,
        ThreadPoolExecutor(2) as pool,
    ):
        put(store, session("1"), session("2"), session("3"))
        changed = [("0", session(name, stop=1)) for name in ("1", "2", "3")]
        commit = Commit(epochs=store.claim(["0"]), records=[*changed], serial=1)
        between.execute(TAKE, ["2"])
        other.execute(TAKE, ["3"])
        ours = pool.submit(store.commit, commit)
        wait_until(lambda: waiting(ledger) == 1)
        theirs = pool.submit(other.execute, TAKE, ["1"])
        wait_until(lambda: waiting(ledger) == 2)
        # PostgreSQL looks for a deadlock once in each wait: ours for the third begins when the other's has begun.
        between.rollback()
        theirs.result(3 * WAIT_S)
        other.commit()
        ours.result(3 * WAIT_S)
        assert store.select(Session) == [record for _, record in changed]
        assert len(store.facts(Session)) == 6


def waiting(url: str) -> int:
    """How many wait for a lock."""
    with psycopg.connect(url.replace("+psycopg", "")) as asking:
        [count] = asking.execute(WAITING).fetchone() or [0]
    return int(count)


def test_serialization_failures_are_tried_again_and_not_for_ever(store: SqlStore, postgres: Postgres) -> None:
    failures = {"few": 3, "many": 1000}
    epochs = store.claim(["0"])
    for serial, (name, times) in enumerate(failures.items(), 1):
        postgres.ask(FAIL_OFTEN.format(times=times), "ledger")
        try:
            if name == "few":
                assert len(store.commit(one(serial, epochs))) == 2
            else:
                with pytest.raises(StoreUnavailable, match=r"could not serialize\): others are in the way"):
                    store.commit(one(serial, epochs))
        finally:
            postgres.ask(FAIL_NO_MORE, "ledger")
    assert store.facts(Session) == [session("1")]


def test_a_shard_that_another_holds_too_long_is_told_in_one_sentence(store: SqlStore, ledger: str) -> None:
    commit = one(1, store.claim(["0"]))
    with transaction(ledger) as other:
        other.execute("SELECT * FROM shards FOR UPDATE")
        with pytest.raises(StoreUnavailable, match=r"lock timeout\): another program has been writing"):
            store.commit(commit)
    assert len(store.commit(commit)) == 2


def test_a_program_that_stands_still_in_the_middle_of_a_commit_does_not_keep_its_shard(ledger: str) -> None:
    engine = open_engine(ledger, patience_s=PATIENCE_S, writes=True)
    with closing(SqlStore(ledger, patience_s=3 * WAIT_S)) as store, engine.connect() as still:
        store.claim(["0"])
        still.exec_driver_sql("SELECT * FROM shards FOR UPDATE")
        assert store.claim(["0"]) == {"0": 2}
        with pytest.raises(DBAPIError):
            still.exec_driver_sql("UPDATE shards SET epoch = 1")
    engine.dispose()


def test_the_server_lets_go_of_who_stands_still_before_others_give_up(ledger: str) -> None:
    engine = open_engine(ledger, patience_s=WAIT_S, writes=True)
    with engine.connect() as connection:
        names = ("idle_in_transaction_session_timeout", "lock_timeout")
        stands_still, waits = (connection.exec_driver_sql(LIMIT.format(name)).scalar_one() for name in names)
    engine.dispose()
    assert 0 < 2 * stands_still <= waits == WAIT_S * 1000
