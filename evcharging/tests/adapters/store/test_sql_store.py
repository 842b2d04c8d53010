"""The store in a SQL database: its tables, its migrations, its readers and its troubles."""

import sqlite3
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Engine, inspect, make_url, select

from evcharging.adapters.store import Commit, StoreUnavailable
from evcharging.adapters.store.sql.engine import BadStoreUrl, open_engine, read_url
from evcharging.adapters.store.sql.migrations import HEAD, migrate, revision_of
from evcharging.adapters.store.sql.migrations.alembic_runner import downgrade
from evcharging.adapters.store.sql.nearest import of_a_point
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.adapters.store.sql.tables import METADATA, SEARCHED, TABLES
from evcharging.adapters.store.sql.troubles import trouble
from evcharging.common.utils import field_names
from evcharging.domain.charging_point import LastStatus, Point
from evcharging.domain.notice import Notice
from evcharging.domain.record import Record
from evcharging.domain.records import LEDGER
from evcharging.domain.session import Session
from evcharging.tests.stages.store_world import NOW, put, session


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "central.db"


@pytest.fixture
def store(file: Path) -> Iterator[SqlStore]:
    store = SqlStore(url_of(file), patience_s=0.05)
    yield store
    store.close()


@pytest.fixture
def engine(file: Path) -> Iterator[Engine]:
    engine = open_engine(url_of(file), patience_s=1, writes=True)
    yield engine
    engine.dispose()


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


# Tables and migrations


def test_every_kind_in_the_ledger_has_a_table() -> None:
    assert tuple(TABLES) == LEDGER


@pytest.mark.parametrize("kind", LEDGER)
def test_every_field_has_its_column_and_every_column_its_field(kind: type[Record]) -> None:
    assert {column.name for column in TABLES[kind].c} == {"born", *field_names(kind)}
    assert TABLES[kind].c[kind.key_field].unique


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
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
        assert revision_of(connection) is None
    migrate(engine)
    with engine.connect() as connection:
        assert set(METADATA.tables) < set(inspect(connection).get_table_names())


def test_programs_that_start_together_make_the_tables_once(file: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        for store in pool.map(SqlStore, [url_of(file)] * 4):
            store.close()


def test_a_database_that_is_up_to_date_is_opened_without_alembic(
    store: SqlStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "evcharging.adapters.store.sql.migrations.alembic_runner", None)
    SqlStore(url_of(file)).close()
    with pytest.raises(ModuleNotFoundError):
        SqlStore(url_of(file.with_name("new.db")))


def test_a_database_of_a_newer_program_is_refused(store: SqlStore, file: Path) -> None:
    store.close()
    ask(file, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreUnavailable, match=r"newer version of this program \(revision 9999, this one knows"):
        SqlStore(url_of(file))


def test_a_database_with_tables_of_another_program_is_left_alone(file: Path) -> None:
    ask(file, "CREATE TABLE sessions (id INTEGER)")
    with pytest.raises(StoreUnavailable, match=r"already exists.*no other program uses"):
        SqlStore(url_of(file))
    assert ask(file, "SELECT name FROM sqlite_master") == [("sessions",)]


# How it is kept


def test_every_commit_is_synced_to_the_disk(engine: Engine) -> None:
    with engine.connect() as connection:
        settings = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
    assert settings == ["wal", 2]


def test_a_table_shows_plain_values(store: SqlStore, file: Path) -> None:
    put(store, session(), Point(cp_id="CP-1", stopped=True))
    assert ask(file, "SELECT status, requested_at, started_at FROM sessions") == [
        ("AUTHORISED", 1772368215123456, None)
    ]
    assert ask(file, "SELECT cp_id, stopped, site_id FROM points") == [("CP-1", 1, None)]
    assert ask(file, "SELECT shard, kind, key FROM facts") == [("0", "Session", "S-1"), ("0", "Point", "CP-1")]


@pytest.mark.parametrize(
    ("moment", "kept"),
    [
        (datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-2))), datetime.max.replace(tzinfo=UTC)),
        (datetime(1, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))), datetime.min.replace(tzinfo=UTC)),
    ],
)
def test_a_moment_that_a_time_zone_puts_outside_of_all_years_can_still_be_read(
    store: SqlStore, moment: datetime, kept: datetime
) -> None:
    put(store, LastStatus(cp_id="CP-1", last_seen=moment))
    assert [status.last_seen for status in store.select(LastStatus)] == [kept]


@pytest.mark.parametrize("column", SEARCHED, ids=str)
def test_a_page_of_a_long_table_is_read_from_an_index_without_sorting(engine: Engine, column: Column[str]) -> None:
    migrate(engine)
    born = column.table.c.born
    page = select(column.table).where(column.in_(["x"]), born < 9).order_by(born.desc()).limit(50)
    with engine.connect() as connection:
        literal = page.compile(engine, compile_kwargs={"literal_binds": True})
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {literal}").all())
    assert f"USING INDEX ix_{column.table.name}_{column.name}" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("kind", [Notice, Session])
@pytest.mark.parametrize("later", [False, True])
def test_the_nearest_record_of_a_point_is_read_from_an_index_without_sorting(
    engine: Engine, kind: type[Record], later: bool
) -> None:
    migrate(engine)
    with engine.connect() as connection:
        wanted = select(of_a_point(kind, NOW, {}, later=later).scalar_subquery()).select_from(TABLES[Point])
        literal = wanted.compile(engine, compile_kwargs={"literal_binds": True})
        plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {literal}").all())
    assert f"USING COVERING INDEX ix_{kind.table}_past (cp_id=? AND {kind.moment}{'>' if later else '<'}?)" in plan
    assert "TEMP B-TREE" not in plan


def test_readers_in_other_threads_see_whole_commits_and_never_wait(store: SqlStore) -> None:
    epochs = store.claim(["0"])

    def pairs(_: int) -> int:
        return len(store.select(Session))

    with ThreadPoolExecutor(4) as pool:
        reads = pool.map(pairs, range(200))
        for n in range(50):
            store.commit(Commit(epochs=epochs, records=[("0", session(f"A-{n}")), ("0", session(f"B-{n}"))]))
        assert {count % 2 for count in reads} == {0}
    assert pairs(0) == 100


def test_what_stands_can_be_read_while_another_program_writes(store: SqlStore, file: Path) -> None:
    put(store, session())
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("DELETE FROM sessions")
    assert store.select(Session) == [session()]
    with pytest.raises(StoreUnavailable, match=r"locked.*another program has been writing to it for too long"):
        put(store, session("S-2"))
    other.execute("ROLLBACK")
    other.close()
    put(store, session("S-2"))
    assert store.select(Session) == [session(), session("S-2")]


# Addresses and troubles


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("data/central.db", "is not a URL; write one such as sqlite:///"),
        ("", "is not a URL"),
        ("postgresql://user:secret@host:port/name", "is not a URL"),
        ("mysql://user:secret@host/name", "kind mysql is not supported; write sqlite:///"),
        ("sqlite://", "in memory does not last; give a file"),
        ("sqlite:///:memory:", "in memory does not last; give a file"),
    ],
)
def test_an_address_that_cannot_be_one_is_refused_in_one_sentence(text: str, said: str) -> None:
    with pytest.raises(BadStoreUrl, match=r"^[A-Z][^\n]+$") as refusal:
        SqlStore(text)
    assert said in str(refusal.value)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_all_ways_to_write_a_postgresql_address_mean_one_driver(scheme: str) -> None:
    assert read_url(f"{scheme}://user@host/name").drivername == "postgresql+psycopg"


def test_a_password_is_never_said() -> None:
    url = make_url("postgresql+psycopg://user:secret@host/name?password=secret")
    assert str(trouble(url, OSError("connection refused\nmore"))) == (
        "Cannot use the database postgresql://user:***@host/name (connection refused): "
        "check that it is running and that the address is right"
    )


def test_the_folders_of_a_database_are_made(tmp_path: Path) -> None:
    SqlStore(url_of(tmp_path / "a" / "b" / "central.db")).close()
    assert (tmp_path / "a" / "b" / "central.db").is_file()


def in_place_of_a_file(folder: Path) -> Path:
    (folder / "directory").mkdir()
    return folder / "directory"


def below_a_file(folder: Path) -> Path:
    (folder / "file").touch()
    return folder / "file" / "central.db"


def not_a_database(folder: Path) -> Path:
    (folder / "notes.txt").write_text("These are notes, not tables.\n" * 100)
    return folder / "notes.txt"


def where_nobody_may_write(_: Path) -> Path:
    return Path("/proc/evcharging/central.db")


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (in_place_of_a_file, "unable to open database file): give the path of a file"),
        (below_a_file, "for the database (File exists): give another path"),
        (not_a_database, "file is not a database): move this file away"),
        (where_nobody_may_write, "give another path"),
    ],
)
def test_a_database_that_cannot_be_used_is_told_in_one_sentence(
    tmp_path: Path, place: Callable[[Path], Path], said: str
) -> None:
    file = place(tmp_path)
    with pytest.raises(StoreUnavailable, match=r"^Cannot [^\n]+$") as trouble:
        SqlStore(url_of(file))
    assert said in str(trouble.value)


def ask(file: Path, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    with connection:
        rows = connection.execute(statement).fetchall()
    connection.close()
    return rows
