"""What a fleet of engines costs in one process on a real Kafka, each supplying and metering at 1 Hz, its register in
the journal; and how soon it is up.

The bare baseline is a process that makes, encodes and sends the same readings with the raw client, in fifty slots of
each second, and does nothing else. `python -m benchmarks.fleet --engines 10000`
With `--sealed` each engine has a key: it checks what Central says, and seals each reading.
"""

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks.real import Program, Raw, kafka, now, program, until
from benchmarks.sealed import first_keys, give_keys
from evcharging.adapters.own_seals import OwnSeals
from evcharging.adapters.seals import NO_SEALS, Seals
from evcharging.apps.network.ids import point_ids
from evcharging.common.kafka import CP_TELEMETRY
from evcharging.common.messages import CPTelemetry, StartSupply
from evcharging.domain.access.keys import KeyKind
from tools.broker.broker import free_ports

SLOTS = 50


@dataclass(frozen=True)
class FleetRun:
    """One process over some seconds; `boot_s` from its start until it answers monitors."""

    boot_s: float
    core: float
    rss_mb: float
    per_second: float
    bare_core: float
    bare_rss_mb: float


def run(engines: int, seconds: float, *, is_sealed: bool) -> FleetRun:
    """The fleet, then the bare loop, each on a Kafka of its own."""
    with kafka() as bootstrap, TemporaryDirectory() as name:
        (port,), folder = free_ports(1), Path(name)
        seals = _keys(folder, engines) if is_sealed else NO_SEALS
        flags = ["--kafka-bootstrap", bootstrap, "--health-port", str(port), "--supply-ticks", "86400"]
        fleet = [*flags, "--cp-count", str(engines), "--log-level", "INFO"]
        with program("evcharging.apps.ev_cp_e.main", folder, *fleet) as process:
            boot = process.until_said("Answering the monitors")
            raw = Raw(bootstrap)
            for number, cp_id in enumerate(point_ids(engines)):
                raw.send(order_of(number, cp_id), seals)
            raw.flush()
            core, rss, rate = measured(process, raw, engines, seconds)
    with kafka() as bootstrap, TemporaryDirectory() as name:
        flags = ["--bare", bootstrap, "--engines", str(engines)]
        with program("benchmarks.fleet", Path(name), *flags) as process:
            bare_core, bare_rss, _ = measured(process, Raw(bootstrap), engines, seconds)
    return FleetRun(boot, core, rss, rate, bare_core, bare_rss)


def _keys(folder: Path, engines: int) -> Seals:
    """The seals of all points, whose engines find their keys in the folder."""
    file, ids = folder / "keys.json", point_ids(engines)
    give_keys(folder, file, ids)
    return OwnSeals(first_keys(file, KeyKind.POINT, ids))


def order_of(number: int, cp_id: str) -> StartSupply:
    """Central's order to a point, to supply without end."""
    return StartSupply(
        ts=now(),
        epoch=int(time.time()),
        seq=number + 1,
        cp_id=cp_id,
        session_id=f"session-{number}",
        request_id=f"req-{number}",
        driver_id=f"driver-{number}",
        micro_euros_per_kwh=300_000,
    )


def measured(process: Program, raw: Raw, engines: int, seconds: float) -> tuple[float, float, float]:
    """Cores, MB and readings a second, once every engine has sent two."""
    until(lambda: raw.count(CP_TELEMETRY.name) > 2 * engines, lambda: process.said()[-800:])
    before, sent, began = process.cpu_s, raw.count(CP_TELEMETRY.name), time.monotonic()
    time.sleep(seconds)
    spent, passed = process.cpu_s - before, time.monotonic() - began
    return spent / passed, process.rss_mb, (raw.count(CP_TELEMETRY.name) - sent) / passed


def bare(bootstrap: str, engines: int) -> None:
    """Send a reading of each point a second, for ever."""
    raw, ids, second = Raw(bootstrap), point_ids(engines), 0
    while True:
        for slot in range(SLOTS):
            due = time.monotonic() + 1 / SLOTS
            for number in range(slot, engines, SLOTS):
                raw.send(_reading(ids[number], number, second))
            raw.producer.poll(0)
            time.sleep(max(0.0, due - time.monotonic()))
        second += 1


def _reading(cp_id: str, number: int, second: int) -> CPTelemetry:
    return CPTelemetry(
        ts=now(),
        epoch=1,
        seq=second,
        cp_id=cp_id,
        kw=22.0,
        euros=0.001833 * second,
        driver_id=f"driver-{number}",
        session_id=f"session-{number}",
        kwh=0.006111 * second,
        register_mwh=6_111 * second,
    )


def measure(engines: int = 10_000, seconds: float = 10.0, runs: int = 3, *, is_sealed: bool = False) -> FleetRun:
    """Medians of several runs."""
    done = [asdict(run(engines, seconds, is_sealed=is_sealed)) for _ in range(runs)]
    return FleetRun(**{name: median(each[name] for each in done) for name in done[0]})


def main() -> None:
    """Print one line, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engines", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--sealed", action="store_true")
    parser.add_argument("--bare")
    options = parser.parse_args()
    if options.bare:
        bare(options.bare, options.engines)
        return
    result = measure(options.engines, options.seconds, options.runs, is_sealed=options.sealed)
    if options.json:
        sys.stdout.write(json.dumps(asdict(result)) + "\n")
    else:
        print(
            f"{options.engines:,} engines at {result.per_second:,.0f} readings/s: up in {result.boot_s:.1f} s, "
            f"{result.core:.2f} core, {result.rss_mb:.0f} MB; bare {result.bare_core:.2f} core, "
            f"{result.bare_rss_mb:.0f} MB; {result.core / result.bare_core:.1f} times the bare loop"
        )


if __name__ == "__main__":
    main()
