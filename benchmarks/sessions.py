"""How many complete sessions, from request to ticket and durable, one Central bears on a real Kafka, and how long
drivers wait for ACCEPTED at half of the goal. Drivers, engines and monitors are one bare loop elsewhere (`crowd`).

The bare baseline stands in for Central: it reads requests with the raw client, writes a row for each into the same kind
of database, a transaction a batch, and answers ACCEPTED and COMPLETED. Both are measured in CPU time a session, the
database's own processes not counted. `python -m benchmarks.sessions --database postgresql`
"""

import argparse
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

import psycopg
from confluent_kafka import OFFSET_END

from benchmarks.crowd import Outcome
from benchmarks.real import Program, Raw, answers, kafka, now, program, until
from evcharging.common.kafka import DRIVER_REQUESTS, SCHEMAS
from evcharging.common.messages import DriverRequest, DriverUpdate, UpdateStatus
from evcharging.common.utils import to_json
from evcharging.tests.stages.postgres import running_postgres
from tools.broker.broker import free_ports

GOAL = 1_000
"""Sessions a second."""


@dataclass(frozen=True)
class SessionsRun:
    """At full speed: sessions a second, CPU seconds and microseconds of it a session. At half of the goal: how long
    drivers waited, in ms."""

    per_second: float
    core: float
    cpu_us: float
    bare_us: float
    half_per_second: float
    p50_ms: float
    p99_ms: float
    other_ends: int


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database, `sqlite` or `postgresql`, which syncs every commit to disk."""
    if kind == "sqlite":
        yield f"sqlite:///{folder}/central.db"
    else:
        with running_postgres() as server:
            yield server.url()


def run(kind: str, points: int, seconds: float) -> SessionsRun:
    """One Central on a Kafka and a database of its own, and then the bare loop on others."""
    with kafka() as bootstrap, TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        url = stack.enter_context(database(kind, folder))
        http, tcp = free_ports(2)
        flags = ["--kafka-bootstrap", bootstrap, "--http-port", str(http), "--listen-port", str(tcp), "--db-url", url]
        central = stack.enter_context(program("evcharging.apps.ev_central.main", folder, *flags))
        until(lambda: answers(f"http://127.0.0.1:{http}/health/ready"), lambda: central.said()[-800:])
        full, spent = crowded(bootstrap, central, points, seconds)
        half, _ = crowded(bootstrap, central, points, seconds, rate=GOAL / 2)
    with kafka() as bootstrap, TemporaryDirectory() as name, ExitStack() as stack:
        url = stack.enter_context(database(kind, Path(name)))
        decider = stack.enter_context(program("benchmarks.sessions", Path(name), "--bare", bootstrap, url))
        decider.until_said("deciding")
        bare, bare_spent = crowded(bootstrap, decider, points, seconds, arrives=False)
    waited = quantiles(half.latencies, n=100)
    return SessionsRun(
        per_second=full.completed / full.seconds,
        core=spent / full.seconds,
        cpu_us=spent / full.completed * 1e6,
        bare_us=bare_spent / bare.completed * 1e6,
        half_per_second=half.completed / half.seconds,
        p50_ms=waited[49] * 1000,
        p99_ms=waited[98] * 1000,
        other_ends=full.other_ends + half.other_ends,
    )


def crowded(
    bootstrap: str, server: Program, points: int, seconds: float, *, rate: float | None = None, arrives: bool = True
) -> tuple[Outcome, float]:
    """What came of it, and the CPU seconds that the server spent meanwhile."""
    command = [sys.executable, "-m", "benchmarks.crowd", bootstrap, str(points), str(seconds), str(int(arrives))]
    command += [str(rate)] if rate else []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as crowd:
        if crowd.stdout is None or crowd.stdout.readline() != "there\n":
            raise RuntimeError(f"the points did not arrive: {server.said()[-800:]}")
        before = server.cpu_s
        outcome = Outcome(**json.loads(crowd.stdout.readline()))
        return outcome, server.cpu_s - before


def bare(bootstrap: str, url: str) -> None:
    """Decide everything, for ever, with nothing around it."""
    raw = Raw(bootstrap)
    reader = raw.reader([DRIVER_REQUESTS.name], OFFSET_END)
    reader.consume(1, 2.0)
    write = _sqlite(url) if url.startswith("sqlite") else _postgresql(url)
    print("deciding", flush=True)
    while True:
        records = reader.consume(1000, 0.01)
        requests = [SCHEMAS[DRIVER_REQUESTS.name].decode(record.value() or b"") for record in records]
        if requests:
            write([(request.request_id, to_json(request).decode()) for request in requests])
        for request in requests:
            for status in (UpdateStatus.ACCEPTED, UpdateStatus.COMPLETED):
                raw.send(_answer(request, status))
        raw.producer.poll(0)


def _answer(request: DriverRequest, status: UpdateStatus) -> DriverUpdate:
    return DriverUpdate(
        ts=now(), request_id=request.request_id, driver_id=request.driver_id, cp_id=request.cp_id, status=status
    )


Rows = list[tuple[str, str]]


def _sqlite(url: str) -> Callable[[Rows], object]:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE bare (id TEXT, body TEXT)")

    def write(rows: Rows) -> None:
        with connection:
            connection.executemany("INSERT INTO bare VALUES (?, ?)", rows)

    return write


def _postgresql(url: str) -> Callable[[Rows], object]:
    connection = psycopg.connect(url.replace("+psycopg", ""))
    with connection.transaction():
        connection.execute("CREATE TABLE bare (id TEXT, body TEXT)")
    return partial(_insert, connection)


def _insert(connection: psycopg.Connection, rows: Rows) -> None:
    with connection.transaction():
        connection.cursor().executemany("INSERT INTO bare VALUES (%s, %s)", rows)


def measure(kind: str, points: int = 1_000, seconds: float = 15.0, runs: int = 1) -> SessionsRun:
    """Medians of several runs."""
    done = [asdict(run(kind, points, seconds)) for _ in range(runs)]
    return SessionsRun(**{name: median(each[name] for each in done) for name in done[0]})


def main() -> None:
    """Print one line, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--points", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--bare", nargs=2)
    options = parser.parse_args()
    if options.bare:
        bare(*options.bare)
        return
    result = measure(options.database, options.points, options.seconds, options.runs)
    if options.json:
        print(json.dumps(asdict(result)))
    else:
        print(
            f"{options.database}: {result.per_second:,.0f} sessions/s at {result.core:.2f} core, {result.cpu_us:,.0f} "
            f"us each; bare {result.bare_us:,.0f} us; {result.cpu_us / result.bare_us:.1f} times the bare loop; at "
            f"{result.half_per_second:,.0f}/s ACCEPTED after {result.p50_ms:.0f} ms (p50), {result.p99_ms:.0f} ms "
            f"(p99); {result.other_ends} did not complete"
        )


if __name__ == "__main__":
    main()
