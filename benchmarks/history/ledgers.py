"""A ledger with a past in it: made once, and kept where that is wanted. Knows no page."""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

from sqlalchemy import func, select

from benchmarks.history.fill import fill_postgres, fill_sqlite
from benchmarks.history.past import Plan
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.adapters.store.sql.tables import METADATA
from evcharging.tests.stages.postgres import NOBODY, Postgres

FILLING = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "1h",
    "autovacuum": "off",
}
"""Of the server that fills a ledger; the one that is measured has PostgreSQL's own settings."""

SIZES = """
SELECT coalesce(of.relname, self.relname), self.relname, pg_relation_size(self.oid) FROM pg_class self
LEFT JOIN pg_index ON indexrelid = self.oid LEFT JOIN pg_class of ON of.oid = indrelid
WHERE self.relkind IN ('r', 'i') AND self.relnamespace = 'public'::regnamespace ORDER BY 1, 2
"""
ROWS = "SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
SQLITE_SIZES = """
SELECT tbl_name, dbstat.name, sum(pgsize) FROM dbstat JOIN sqlite_master ON sqlite_master.name = dbstat.name
GROUP BY 1, 2 ORDER BY 1, 2
"""
PLAN = "plan.json"


@dataclass(frozen=True)
class Size:
    """Bytes on disk of a table, or of an index of it."""

    table: str
    name: str
    size_bytes: int


@dataclass(frozen=True)
class MadeLedger:
    """Where it is, how long it took to make it, in seconds, and what it takes on disk; rows by table."""

    url: str
    made_s: float
    sizes: list[Size]
    rows: dict[str, int]

    def bytes_of(self, *tables: str) -> int:
        """What these tables take, with their indexes; all of them, if none is named."""
        return sum(each.size_bytes for each in self.sizes if not tables or each.table in tables)


@contextmanager
def ledger(kind: str, plan: Plan, keep: Path | None = None) -> Iterator[MadeLedger]:
    """One on `sqlite` or `postgresql`, until the block is left; in the folder where it is kept, if it is there already.
    Raises ValueError where there is another one."""
    with _folder(keep) as folder, _opened(kind, plan, folder) as found:
        yield found


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with TemporaryDirectory(prefix="evcharging-history-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextmanager
def _opened(kind: str, plan: Plan, folder: Path) -> Iterator[MadeLedger]:
    said = {"kind": kind, **asdict(plan)}
    note = folder / PLAN
    known = json.loads(note.read_text()) if note.exists() else {}
    made_s = known.pop("made_s", None)
    if known and known != said:
        raise ValueError(f"{folder} has another past: {known}")
    if not known and any(folder.iterdir()):
        raise ValueError(f"{folder} holds something else, or what was never completed: give an empty folder")
    if not known:
        began = monotonic()
        _make(kind, plan, folder)
        made_s = monotonic() - began
        note.write_text(json.dumps({**said, "made_s": made_s}))
    if kind == "sqlite":
        file = folder / "central.db"
        yield MadeLedger(f"sqlite:///{file}", made_s, *_sqlite_sizes(file))
    else:
        with _server(folder, {}) as server:
            yield MadeLedger(server.url(), made_s, *_postgres_sizes(server))


def _make(kind: str, plan: Plan, folder: Path) -> None:
    if kind == "sqlite":
        file = folder / "central.db"
        SqlStore(f"sqlite:///{file}").close()
        fill_sqlite(str(file), plan)
    else:
        with _server(folder, FILLING) as server:
            SqlStore(server.url()).close()
            fill_postgres(server.url().replace("+psycopg", ""), plan)


@contextmanager
def _server(folder: Path, settings: dict[str, str]) -> Iterator[Postgres]:
    if os.geteuid() == 0:
        shutil.chown(folder, NOBODY)
    server = Postgres(folder, settings)
    try:
        server.start()
        yield server
        server.ask("CHECKPOINT")
    finally:
        server.stop()


def _postgres_sizes(server: Postgres) -> tuple[list[Size], dict[str, int]]:
    sizes = [Size(str(table), str(name), int(str(size))) for table, name, size in server.ask(SIZES)]
    return sizes, {str(name): int(str(count)) for name, count in server.ask(ROWS)}


def _sqlite_sizes(file: Path) -> tuple[list[Size], dict[str, int]]:
    with closing(sqlite3.connect(file)) as connection:
        sizes = [Size(*row) for row in connection.execute(SQLITE_SIZES)]
        counts = {table.name: str(select(func.count()).select_from(table)) for table in METADATA.sorted_tables}
        rows = {name: connection.execute(count).fetchone()[0] for name, count in counts.items()}
    return sizes, rows
