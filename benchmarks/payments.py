"""What payments cost: complete sessions a second on a real Kafka without payments, with the provider in the process,
and with `evcharging psp` over HTTP; and how long drivers wait for ACCEPTED in each case, at the same rate. The bare
baseline is the same run without payments. `python -m benchmarks.payments --database postgresql`"""

import argparse
import json
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from benchmarks.real import answers, kafka, program, until
from benchmarks.sessions import crowded, database
from tools.broker.broker import free_ports

RATE = 40.0
"""Requests a second at which it is measured how long drivers wait."""

WAYS = ("off", "simulated", "psp")


@dataclass(frozen=True)
class PaidRun:
    """Sessions a second at full speed, with microseconds of CPU each; and how long drivers waited at a low rate."""

    way: str
    per_second: float
    cpu_us: float
    p50_ms: float
    p99_ms: float
    other_ends: int


def run(way: str, kind: str, points: int, seconds: float, delay: float) -> PaidRun:
    """One Central, paid in this way; `delay` is what the provider takes for each answer over HTTP, in s."""
    with kafka() as bootstrap, TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        url = stack.enter_context(database(kind, folder))
        http, tcp, provider = free_ports(3)
        flags = ["--kafka-bootstrap", bootstrap, "--http-port", str(http), "--listen-port", str(tcp), "--db-url", url]
        if way == "psp":
            words = ["--http-port", str(provider), "--file", str(folder / "psp.db"), "--delay", str(delay)]
            psp = stack.enter_context(program("evcharging.apps.psp.main", folder, *words))
            psp.until_said("no money moves")
            flags += ["--payments", f"http://127.0.0.1:{provider}"]
        elif way == "simulated":
            flags += ["--payments", "simulated", "--payments-file", str(folder / "payments.db")]
        central = stack.enter_context(program("evcharging.apps.ev_central.main", folder, *flags))
        until(lambda: answers(f"http://127.0.0.1:{http}/health/ready"), lambda: central.said()[-800:])
        full, spent = crowded(bootstrap, central, points, seconds)
        calm, _ = crowded(bootstrap, central, points, seconds, rate=RATE)
    waited = quantiles(calm.latencies, n=100)
    return PaidRun(
        way=way,
        per_second=full.completed / full.seconds,
        cpu_us=spent / full.completed * 1e6,
        p50_ms=waited[49] * 1000,
        p99_ms=waited[98] * 1000,
        other_ends=full.other_ends + calm.other_ends,
    )


def main() -> None:
    """Print a line for each way, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="postgresql")
    parser.add_argument("--points", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=15.0)
    parser.add_argument("--delay", type=float, default=0.0, help="what the provider takes for an answer over HTTP (s)")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    done = [run(way, options.database, options.points, options.seconds, options.delay) for way in WAYS]
    if options.json:
        print(json.dumps([asdict(each) for each in done]))
        return
    for each in done:
        print(
            f"{each.way}: {each.per_second:,.0f} sessions/s ({each.per_second / done[0].per_second:.2f} of those "
            f"without), {each.cpu_us:,.0f} us each; at {RATE:g}/s ACCEPTED after {each.p50_ms:.0f} ms (p50), "
            f"{each.p99_ms:.0f} ms (p99); {each.other_ends} did not complete"
        )


if __name__ == "__main__":
    main()
