"""A ledger on PostgreSQL is backed up by PostgreSQL's own tools, as the page about operations says."""

from contextlib import closing

from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.session import Bill, Session
from evcharging.tests.stages.audit_world import audit, ledger_with_a_story
from evcharging.tests.stages.postgres import Postgres


def test_a_ledger_on_postgresql_comes_back_by_its_own_tools(postgres: Postgres) -> None:
    url = postgres.url(postgres.new_database())
    ledger_with_a_story(url)
    with closing(SqlStore(url)) as store:
        before = [store.select(Session), store.facts(Bill)]
    postgres.tool("pg_dump", "--format=custom", "--file", "ledger.dump", url.replace("+psycopg", ""))
    fresh = postgres.url(postgres.new_database())
    postgres.tool("pg_restore", "--exit-on-error", "--dbname", fresh.replace("+psycopg", ""), "ledger.dump")
    with closing(SqlStore(fresh)) as store:
        assert [store.select(Session), store.facts(Bill)] == before
    assert audit(fresh).findings == []
