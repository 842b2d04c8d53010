"""The chain of facts: how a hash is made, and that every commit of a SQL store goes on with it."""

from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from evcharging.adapters.store import Commit
from evcharging.adapters.store.chain import BEGINNING, chain, link
from evcharging.adapters.store.sql.engine import open_engine
from evcharging.adapters.store.sql.migrations import migrate
from evcharging.adapters.store.sql.migrations.alembic_runner import downgrade
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.adapters.store.sql.tables import FACTS, SHARDS
from evcharging.domain.record import Record
from evcharging.tests.stages.postgres import Postgres
from evcharging.tests.stages.store_world import WHOLE, one, session

Links = dict[str, list[str]]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/central.db"
    server: Postgres = request.getfixturevalue("postgres")
    return server.url(server.new_database())


@pytest.fixture
def store(url: str) -> Iterator[SqlStore]:
    with closing(SqlStore(url)) as store:
        yield store


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url, patience_s=5, writes=True)
    yield engine
    engine.dispose()


def written(engine: Engine) -> Links:
    """The hashes of facts that were written, by shard."""
    with engine.connect() as connection:
        rows = connection.execute(select(FACTS.c.shard, FACTS.c.hash).order_by(FACTS.c.fact_id)).all()
    return {shard: [text for other, text in rows if other == shard] for shard in {shard for shard, _ in rows}}


def computed(engine: Engine) -> Links:
    """The hashes that facts should have, by shard."""
    links: Links = {}
    with engine.connect() as connection:
        columns = FACTS.c.shard, FACTS.c.kind, FACTS.c.key, FACTS.c.body
        for shard, kind, key, body in connection.execute(select(*columns).order_by(FACTS.c.fact_id)):
            some = links.setdefault(shard, [])
            some.append(link(some[-1] if some else BEGINNING, shard, kind, key, body))
    return links


def heads(engine: Engine) -> dict[str, str]:
    with engine.connect() as connection:
        return dict(connection.execute(select(SHARDS.c.shard, SHARDS.c.head)).all())


def test_a_hash_is_sha_256_over_the_texts_with_zeros_between_them() -> None:
    assert link("ab", "0", "Session", "S-1", '{"é":1}') == sha256('ab\0000\0Session\0S-1\0{"é":1}'.encode()).hexdigest()


def test_a_key_that_a_database_cannot_hold_has_the_hash_of_the_one_that_it_holds_instead() -> None:
    assert link("", "0", "Point", "a\0b", "{}") == link("", "0", "Point", "a\N{REPLACEMENT CHARACTER}b", "{}")


def test_every_shard_has_a_chain_of_its_own() -> None:
    facts = [{"shard": shard, "kind": "Point", "key": "CP-1", "body": "{}"} for shard in "0100"]
    newest = chain(facts, {"0": "before"})
    assert newest == {"0": facts[3]["hash"], "1": facts[1]["hash"]}
    assert facts[0]["hash"] == link("before", "0", "Point", "CP-1", "{}")
    assert facts[1]["hash"] == link(BEGINNING, "1", "Point", "CP-1", "{}")
    assert facts[2]["hash"] == link(facts[0]["hash"], "0", "Point", "CP-1", "{}")


def test_commits_of_several_shards_go_on_with_their_chains(store: SqlStore, engine: Engine) -> None:
    epochs = store.claim(["0", "1"])
    for serial in (1, 2, 3):
        records: list[tuple[str, Record]] = [(shard, session(f"S-{serial}-{shard}")) for shard in "0110"]
        store.commit(Commit(epochs=epochs, records=records, serial=serial))
    assert {shard: len(links) for shard, links in written(engine).items()} == {"0": 6, "1": 6}
    assert written(engine) == computed(engine)
    assert heads(engine) == {shard: links[-1] for shard, links in written(engine).items()}


def test_the_next_run_of_a_shard_goes_on_with_its_chain(store: SqlStore, engine: Engine) -> None:
    for _ in range(2):
        store.commit(Commit(epochs=store.claim(["0"]), records=[("0", record) for record in WHOLE], serial=1))
    assert written(engine) == computed(engine)


def test_a_commit_that_is_given_again_is_chained_once(store: SqlStore, engine: Engine) -> None:
    commit = one(1, store.claim(["0"]))
    assert store.commit(commit) == store.commit(commit)
    assert [len(links) for links in written(engine).values()] == [1]


def test_a_shard_that_nobody_claimed_has_a_chain_too(store: SqlStore, engine: Engine) -> None:
    for name in ("S-1", "S-2"):
        store.commit(Commit(records=[("7", session(name))]))
    assert [len(links) for links in written(engine).values()] == [2]
    assert written(engine) == computed(engine)


def test_facts_of_an_older_ledger_are_chained_as_they_stand(url: str, engine: Engine) -> None:
    with closing(SqlStore(url)) as store:
        for shard in ("0", "1"):
            store.commit(Commit(epochs=store.claim([shard]), records=[(shard, record) for record in WHOLE]))
        store.commit(Commit(records=[("7", session())]))
    before = written(engine)
    with engine.begin() as connection:
        downgrade(connection, "0002")
        connection.exec_driver_sql("DELETE FROM shards WHERE shard = '7'")
    migrate(engine)
    assert written(engine) == before
    assert heads(engine) == {shard: links[-1] for shard, links in before.items()}
    with closing(SqlStore(url)) as store:
        store.commit(Commit(epochs=store.claim(["0", "7"]), records=[("0", session("S-8")), ("7", session("S-9"))]))
    assert written(engine) == computed(engine)
