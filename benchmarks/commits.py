"""How many commits and records a second the ledger bears, on SQLite and PostgreSQL, each synced to disk.

Every record comes with a message for the outbox, and the messages of the commit before are marked as sent. The bare
baseline writes the same facts with the database's own driver into one table, a transaction a batch. CPU is that of this
process: PostgreSQL's own comes on top. `python -m benchmarks.commits`
"""

import argparse
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import psycopg

from evcharging.adapters.store import Commit
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.common.messages import StopSupply
from evcharging.common.utils import to_json
from evcharging.domain.session import Session, SessionStatus
from evcharging.tests.stages.postgres import running_postgres

BATCHES = {1: 500, 100: 50, 1000: 10}
"""Records in a commit, and how many commits are made."""

NOW = datetime(2026, 1, 1, tzinfo=UTC)
Write = Callable[[list[Session]], object]


@dataclass(frozen=True)
class Speed:
    """Of one way to write batches of one size."""

    commits_per_second: float
    cpu_us: float


def measure(write: Write, batches: list[list[Session]]) -> Speed:
    """Write all batches; CPU microseconds are those of a record."""
    began, spent = time.perf_counter(), time.process_time()
    for batch in batches:
        write(batch)
    spent = time.process_time() - spent
    return Speed(len(batches) / (time.perf_counter() - began), spent / sum(map(len, batches)) * 1e6)


def sessions(numbers: Iterator[int], size: int, times: int) -> list[list[Session]]:
    """Batches of new sessions."""
    return [[_session(next(numbers)) for _ in range(size)] for _ in range(times)]


def _session(number: int) -> Session:
    return Session(
        session_id=f"session-{number}",
        request_id=f"request-{number}",
        driver_id=f"driver-{number % 500}",
        cp_id=f"CP-{number % 100}",
        status=SessionStatus.SUPPLYING,
        micro_euros_per_kwh=300_000,
        requested_at=NOW,
        started_at=NOW,
        register_start_mwh=number,
    )


def into(store: SqlStore) -> Write:
    """Commits as a host makes them."""
    epochs = store.claim(["0"])
    serials = count(1)
    sent: list[int] = []

    def write(batch: list[Session]) -> None:
        records = [("0", session) for session in batch]
        orders = [("0", StopSupply(ts=NOW, cp_id=session.cp_id, session_id=session.session_id)) for session in batch]
        commit = Commit(epochs=epochs, records=[*records], outbox=[*orders], sent=[*sent], serial=next(serials))
        sent[:] = store.commit(commit)

    return write


def bare_sqlite(file: Path) -> Write:
    """With the module `sqlite3`."""
    connection = sqlite3.connect(file)
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE bare (id TEXT, body TEXT)")

    def write(batch: list[Session]) -> None:
        with connection:
            connection.executemany("INSERT INTO bare VALUES (?, ?)", map(_fact, batch))

    return write


def bare_postgres(url: str) -> Write:
    """With psycopg."""
    connection = psycopg.connect(url.replace("+psycopg", ""))
    with connection.transaction():
        connection.execute("CREATE TABLE bare (id TEXT, body TEXT)")

    def write(batch: list[Session]) -> None:
        with connection.transaction(), connection.cursor() as cursor:
            cursor.executemany("INSERT INTO bare VALUES (%s, %s)", map(_fact, batch))

    return write


def _fact(session: Session) -> tuple[str, str]:
    return session.session_id, to_json(session).decode()


@contextmanager
def databases() -> Iterator[dict[str, tuple[str, Write]]]:
    """By name: the address of an empty ledger, and the bare way to write beside it."""
    with TemporaryDirectory() as name, running_postgres() as server:
        folder = Path(name)
        yield {
            "SQLite": (f"sqlite:///{folder}/central.db", bare_sqlite(folder / "bare.db")),
            "PostgreSQL": (server.url(), bare_postgres(server.url())),
        }


def main() -> None:
    """Print a table; each figure is a median of several runs, in turn with the bare ones."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    runs = parser.parse_args().runs
    numbers = count()
    print("| Database | Records in a commit | Commits/s | Records/s | Bare records/s | CPU a record | Bare |")
    print("|---|---|---|---|---|---|---|")
    with databases() as found:
        for name, (url, bare) in found.items():
            with closing(SqlStore(url)) as store:
                write = into(store)
                write([_session(-1)])
                for size, times in BATCHES.items():
                    pairs = [
                        (measure(write, sessions(numbers, size, times)), measure(bare, sessions(numbers, size, times)))
                        for _ in range(runs)
                    ]
                    print(_line(name, size, *zip(*pairs, strict=True)))


def _line(name: str, size: int, ours: tuple[Speed, ...], bare: tuple[Speed, ...]) -> str:
    commits, bares = (median(speed.commits_per_second for speed in speeds) for speeds in (ours, bare))
    cpu, bare_cpu = (median(speed.cpu_us for speed in speeds) for speeds in (ours, bare))
    return (
        f"| {name} | {size:,} | {commits:,.0f} | {commits * size:,.0f} | {bares * size:,.0f} "
        f"| {cpu:,.0f} µs | {bare_cpu:,.0f} µs |"
    )


if __name__ == "__main__":
    main()
