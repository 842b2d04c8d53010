"""A ledger on PostgreSQL: how it is made and kept, and what is said of a server or database that will not do."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect

from evcharging.adapters.store import Commit, StoreUnavailable, StoreUnusable
from evcharging.adapters.store.sql.engine import open_engine
from evcharging.adapters.store.sql.migrations import HEAD, migrate, revision_of
from evcharging.adapters.store.sql.migrations.alembic_runner import downgrade
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.adapters.store.sql.tables import METADATA
from evcharging.domain.charging_point import Point
from evcharging.tests.stages.postgres import GUARDED, Postgres
from evcharging.tests.stages.store_world import order, put

SETTINGS = (
    "synchronous_commit",
    "lock_timeout",
    "statement_timeout",
    "idle_in_transaction_session_timeout",
    "work_mem",
    "transaction_isolation",
)
SENTENCE = r"^(Cannot use the d|D|The d)atabase [^\n]+: [^\n]+$"


@pytest.fixture
def url(postgres: Postgres) -> str:
    """A database in which nothing is."""
    return postgres.url(postgres.new_database())


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    engine = open_engine(url, patience_s=5, writes=True)
    yield engine
    engine.dispose()


# How it is made and kept


def test_migrations_make_exactly_the_tables_that_are_declared(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
        assert revision_of(connection) == HEAD


def test_a_migration_can_be_taken_back_and_done_again(engine: Engine) -> None:
    migrate(engine)
    with engine.begin() as connection:
        downgrade(connection, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    migrate(engine)
    with engine.connect() as connection:
        assert set(METADATA.tables) < set(inspect(connection).get_table_names())


def test_programs_that_start_together_make_the_tables_once(url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        for store in pool.map(SqlStore, [url] * 4):
            store.close()


def test_text_is_ordered_by_its_code_points_whatever_the_database_speaks(engine: Engine) -> None:
    migrate(engine)
    with engine.connect() as connection:
        others = connection.exec_driver_sql(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public' "
            "AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C'"
        )
        assert others.all() == []


def test_every_commit_is_synced_and_every_wait_has_an_end(url: str) -> None:
    engine = open_engine(f"{url}?options=-c%20work_mem=8MB", patience_s=4, writes=True)
    with engine.connect() as connection:
        names = ("synchronous_commit", "lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
        kept = [
            connection.exec_driver_sql(f"SHOW {name}").scalar()
            for name in (*names, "work_mem", "transaction_isolation")
        ]
    engine.dispose()
    assert kept == ["on", "4s", "6s", "2s", "8MB", "read committed"]


def test_a_letter_that_postgresql_cannot_hold_is_replaced_in_tables_and_kept_in_facts(ledger: str) -> None:
    point = Point(cp_id="CP-1", location="a\0b \\u0000 c", site_id="\0")
    shown = Point(cp_id="CP-1", location="a\N{REPLACEMENT CHARACTER}b \\u0000 c", site_id="\N{REPLACEMENT CHARACTER}")
    with closing(SqlStore(ledger)) as store:
        put(store, point)
        assert store.select(Point) == [shown]
        assert store.facts(Point) == [point]


def test_numbers_follow_the_order_of_the_messages_while_others_take_numbers_too(ledger: str) -> None:
    def post(shard: str) -> list[int]:
        with closing(SqlStore(ledger)) as store:
            epochs = store.claim([shard])
            for n in range(20):
                numbers = store.commit(Commit(epochs=epochs, outbox=[(shard, order(f"{n}-{m}")) for m in range(20)]))
                assert numbers == sorted(numbers)
            return [number for number, _ in store.unsent([shard])]

    with ThreadPoolExecutor(2) as pool:
        ones, twos = pool.map(post, ["1", "2"])
    assert len({*ones, *twos}) == 800


# What will not do


@pytest.fixture(scope="session")
def house(postgres: Postgres) -> Postgres:
    """A server with users and databases of several kinds."""
    for statement in (
        f"CREATE USER {GUARDED} PASSWORD 'secret'",
        "CREATE USER stranger",
        "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0",
        "CREATE DATABASE copy",
        "ALTER DATABASE copy SET default_transaction_read_only = on",
    ):
        postgres.ask(statement)
    return postgres


@pytest.mark.parametrize(
    ("user", "database", "said"),
    [
        ("postgres", "none", r'\(database "none" does not exist\): create it'),
        (f"{GUARDED}:secrets", "ledger", r"\(password authentication failed .*\): give the right user and password"),
        (GUARDED, "ledger", r"\(.*no password supplied\): give the right user and password"),
        ("nobody:secret", "ledger", r'\(role "nobody" does not exist\): give the right user and password'),
        ("stranger", "postgres", r"\(permission denied for schema public\): let this user create tables there"),
        ("postgres", "latin", r"^The database latin keeps text in LATIN1: create one with ENCODING 'UTF8'"),
        ("postgres", "ledger?sslmod=x&password=secret", r'\(.*"sslmod"\): correct what follows the \? in the address'),
    ],
)
def test_what_waiting_does_not_help_is_told_in_one_sentence(
    house: Postgres, user: str, database: str, said: str
) -> None:
    with pytest.raises(StoreUnusable, match=SENTENCE) as trouble:
        SqlStore(house.url(database, user=user))
    assert trouble.match(said)
    assert "secret" not in str(trouble.value)


@pytest.mark.parametrize(
    ("database", "said"),
    [
        ("copy", r"read-only transaction\): give a server that may be written to"),
        ("ledger?host=no-such-host.invalid", r"failed to resolve host .*\): check that it is running"),
        ("ledger?sslmode=require&password=secret", r"does not support SSL.*\): check that it is running"),
    ],
)
def test_what_may_pass_is_told_in_one_sentence(house: Postgres, database: str, said: str) -> None:
    with pytest.raises(StoreUnavailable, match=SENTENCE) as trouble:
        SqlStore(house.url(database))
    assert trouble.match(said)
    assert not isinstance(trouble.value, StoreUnusable)
    assert "secret" not in str(trouble.value)


def test_tables_of_another_program_are_left_alone(postgres: Postgres, url: str) -> None:
    name = url.rpartition("/")[2]
    postgres.ask("CREATE TABLE sessions (id INTEGER)", name)
    with pytest.raises(StoreUnusable, match=r"already exists\): give a database that no other program uses"):
        SqlStore(url)
    assert postgres.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", name) == [("sessions",)]
