"""What Central takes to consume telemetry from a real Kafka: every reading becomes a driver's IN_PROGRESS and is shown.

The bare baseline is a process that consumes the same messages with the same client and decodes them to the same class,
and does nothing else. A second one also sends one message for each, as Central must, but none of its own making: what
came. All are measured in CPU time a message. `python -m benchmarks.telemetry --messages 500000`

`--sealed` measures once more, with a Central to which everybody has to prove who speaks: it checks a seal on each
reading, and seals what it tells drivers.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from confluent_kafka import OFFSET_BEGINNING

from benchmarks.real import PARTITIONS, Raw, answers, kafka, now, program, until
from benchmarks.sealed import enrol, first_keys
from evcharging.adapters.store import Commit
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.common.kafka import CP_TELEMETRY, DRIVER_UPDATES, SCHEMAS, partition_of
from evcharging.common.messages import CPTelemetry
from evcharging.common.utils import to_json
from evcharging.domain.access.keys import KeyKind
from evcharging.domain.charging_point import LastStatus, Point
from evcharging.domain.session import Session, SessionStatus
from evcharging.protocols.seal import stamp_of
from tools.broker.broker import free_ports

LONG_AGO = timedelta(hours=1)
"""When supplies started, so that what is sent at once in a benchmark may be true."""

GIVE_UP_AFTER = 10
"""Seconds without one more message."""


@dataclass(frozen=True)
class TelemetryRun:
    """Microseconds of CPU a message, and the share of readings of which drivers were told."""

    central_us: float
    bare_us: float
    passing_on_us: float
    told: float
    sealed_us: float | None = None

    @property
    def ratio(self) -> float:
        """Central's cost by the bare loop's."""
        return self.central_us / self.bare_us

    @property
    def passing_on_ratio(self) -> float:
        """Central's cost by that of the loop that also sends."""
        return self.central_us / self.passing_on_us


@dataclass(frozen=True)
class TelemetryResult:
    """Medians of several runs."""

    messages: int
    points: int
    central_us: float
    bare_us: float
    passing_on_us: float
    ratio: float
    passing_on_ratio: float
    told: float
    sealed_us: float | None = None


def fill(url: str, points: int, supplying: int) -> None:
    """Write a ledger of so many points, some of which supply."""
    store, started = SqlStore(url), now()
    shards = [str(number) for number in range(PARTITIONS)]
    epochs = store.claim(shards)
    for begin in range(0, points, 1000):
        commit = Commit(epochs=epochs)
        for number in range(begin, min(begin + 1000, points)):
            cp_id = cp(number)
            shard = str(partition_of(cp_id, PARTITIONS))
            commit.records.append((shard, Point(cp_id=cp_id, registered_at=started)))
            commit.records.append((shard, LastStatus(cp_id=cp_id, power_w=22_000)))
            if number < supplying:
                commit.records.append((shard, session(number)))
        store.commit(commit)
    store.close()


def cp(number: int) -> str:
    """The id of a point."""
    return f"CP-{number + 1:05}"


def session(number: int) -> Session:
    """The open session at a point."""
    return Session(
        session_id=f"session-{number}",
        request_id=f"req-{number}",
        driver_id=f"driver-{number}",
        cp_id=cp(number),
        status=SessionStatus.SUPPLYING,
        micro_euros_per_kwh=300_000,
        requested_at=now() - LONG_AGO,
        started_at=now() - LONG_AGO,
    )


def readings(points: int, messages: int) -> list[tuple[bytes, bytes, int]]:
    """Encoded readings, point after point: value, key, partition."""
    seconds, encoded = count(1), list[tuple[bytes, bytes, int]]()
    while len(encoded) < messages:
        second = next(seconds)
        for number in range(points):
            key = cp(number)
            reading = CPTelemetry(
                ts=now(),
                epoch=1,
                seq=second,
                cp_id=key,
                kw=22.0,
                euros=0.001833 * second,
                driver_id=f"driver-{number}",
                session_id=f"session-{number}",
                kwh=0.006111 * second,
                register_mwh=6_111 * second,
            )
            encoded.append((to_json(reading), key.encode(), partition_of(key, PARTITIONS)))
    return encoded[:messages]


def run(bootstrap: str, points: int, messages: int, *, is_sealed: bool) -> TelemetryRun:
    """Central, then the bare loop, on the same messages; and Central once more where all is sealed."""
    encoded = readings(points, messages)
    spent, told = _central(bootstrap, points, encoded, is_sealed=False)
    bare, passing_on = _bare(bootstrap, messages), _bare(bootstrap, messages, "--passing-on")
    sealed = _central(bootstrap, points, encoded, is_sealed=True)[0] if is_sealed else None
    return TelemetryRun(spent, bare, passing_on, told, sealed)


def _central(
    bootstrap: str, points: int, encoded: list[tuple[bytes, bytes, int]], *, is_sealed: bool
) -> tuple[float, float]:
    """Microseconds of CPU that Central takes for a message, and the share of those of which drivers were told."""
    raw, (http, tcp) = Raw(bootstrap), free_ports(2)
    with TemporaryDirectory() as name:
        folder = Path(name)
        ledger = folder / "central.db"
        fill(f"sqlite:///{ledger}", points, points)
        flags = ["--kafka-bootstrap", bootstrap, "--http-port", str(http), "--listen-port", str(tcp)]
        seals = _sealed(folder, points, encoded) if is_sealed else [None] * len(encoded)
        with program(
            "evcharging.apps.ev_central.main",
            folder,
            *flags,
            "--db-url",
            f"sqlite:///{ledger}",
            "--auth",
            "on" if is_sealed else "auto",
        ) as central:
            until(lambda: answers(f"http://127.0.0.1:{http}/health/ready"), lambda: central.said()[-800:])
            time.sleep(3)  # what it costs to start is not a reading's
            before, told = central.cpu_s, raw.count(DRIVER_UPDATES.name)
            for (value, key, partition), seal in zip(encoded, seals, strict=True):
                raw.put(CP_TELEMETRY.name, value, key, partition, seal)
            raw.flush()
            told = _settled(lambda: raw.count(DRIVER_UPDATES.name) - told, len(encoded))
            return (central.cpu_s - before) / len(encoded) * 1e6, told / len(encoded)


def _sealed(folder: Path, points: int, encoded: list[tuple[bytes, bytes, int]]) -> list[bytes | None]:
    """Enrol all points and drivers, and seal each reading with its point's key."""
    ledger, keys = folder / "central.db", folder / "keys.json"
    enrol(ledger, KeyKind.POINT, map(cp, range(points)))
    enrol(ledger, KeyKind.DRIVER, (f"driver-{number}" for number in range(points)))
    made = first_keys(keys, KeyKind.POINT, map(cp, range(points)))
    by_key = {each.id.encode(): stamp_of(*each.made_ready()[0], CP_TELEMETRY.name) for each in made}
    return [by_key[key].seal(value) for value, key, _ in encoded]


def _settled(counted: Callable[[], int], wanted: int) -> int:
    """The count once it is reached, or has not grown for so long that it never will be."""
    counts = [counted()]
    while counts[-1] < wanted and (len(counts) < GIVE_UP_AFTER or counts[-1] > counts[-GIVE_UP_AFTER]):
        time.sleep(1)
        counts.append(counted())
    return counts[-1]


def _bare(bootstrap: str, messages: int, *flags: str) -> float:
    command = [sys.executable, "-m", "benchmarks.telemetry", "--child", bootstrap, "--messages", str(messages), *flags]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300)
    return float(done.stdout)


def _child(bootstrap: str, messages: int, passing_on: bool) -> float:
    raw = Raw(bootstrap)
    reader = raw.reader([CP_TELEMETRY.name], OFFSET_BEGINNING)
    decode = SCHEMAS[CP_TELEMETRY.name].decode
    got = len(reader.consume(1, 30))
    began = time.process_time()
    while got < messages:
        for record in reader.consume(1000, 1.0):
            value = record.value() or b""
            decode(value)
            got += 1
            if passing_on:
                raw.put(DRIVER_UPDATES.name, value, record.key() or b"", record.partition() or 0)
    raw.flush()
    spent = time.process_time() - began
    reader.close()
    return spent / messages * 1e6


def measure(
    points: int = 10_000, messages: int = 500_000, runs: int = 3, *, is_sealed: bool = False
) -> TelemetryResult:
    """Several runs, each on a broker of its own."""
    done = []
    for _ in range(runs):
        with kafka() as bootstrap:
            done.append(run(bootstrap, points, messages, is_sealed=is_sealed))
    return TelemetryResult(
        messages=messages,
        points=points,
        central_us=median(each.central_us for each in done),
        bare_us=median(each.bare_us for each in done),
        passing_on_us=median(each.passing_on_us for each in done),
        ratio=median(each.ratio for each in done),
        passing_on_ratio=median(each.passing_on_ratio for each in done),
        told=median(each.told for each in done),
        sealed_us=median(each.sealed_us or 0 for each in done) if is_sealed else None,
    )


def main() -> None:
    """Print one line, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--messages", type=int, default=500_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--sealed", action="store_true")
    parser.add_argument("--child")
    parser.add_argument("--passing-on", action="store_true")
    options = parser.parse_args()
    if options.child:
        print(_child(options.child, options.messages, options.passing_on))
        return
    result = measure(options.points, options.messages, options.runs, is_sealed=options.sealed)
    if options.json:
        print(json.dumps(asdict(result)))
    else:
        print(
            f"{result.messages:,} readings of {result.points:,} points: {result.central_us:.1f} us CPU each, "
            f"{1e6 / result.central_us:,.0f}/s a core, drivers told of {result.told:.0%}; "
            f"bare {result.bare_us:.1f} us; {result.ratio:.1f} times the bare loop, "
            f"{result.passing_on_ratio:.1f} times one that also sends ({result.passing_on_us:.1f} us)"
        )
        if result.sealed_us is not None:
            print(f"sealed: {result.sealed_us:.1f} us CPU each, {1e6 / result.sealed_us:,.0f}/s a core")


if __name__ == "__main__":
    main()
