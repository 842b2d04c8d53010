"""What changes of limits cost a fleet of engines in one process on a real Kafka, while all of them supply at 1 Hz: each
change is written into the journal, begins a segment of the meter with a reading, and is acknowledged.

The bare baseline is the same process in the same run, before anybody changes a limit.
`python -m benchmarks.limits --engines 10000 --changes 1000`
"""

import argparse
import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread

from benchmarks.fleet import SLOTS, measured, order_of
from benchmarks.real import Raw, kafka, now, program
from evcharging.apps.network.ids import point_ids
from evcharging.common.kafka import CP_STATUS
from evcharging.common.messages import Limit, SetLimit
from tools.broker.broker import free_ports


@dataclass(frozen=True)
class LimitsRun:
    """Cores of one process without and with so many changes a second, and how many of these were acknowledged a
    second."""

    core: float
    limited_core: float
    acknowledged: float

    @property
    def us_a_change(self) -> float:
        """What one change costs, in microseconds of CPU time."""
        return (self.limited_core - self.core) * 1e6 / self.acknowledged


class Changing:
    """Sends changes of limits to points in turn, until the block is left."""

    def __init__(self, raw: Raw, engines: int, changes: int) -> None:
        self._raw, self._ids, self._a_slot = raw, point_ids(engines), changes // SLOTS
        self._over = Event()
        self._thread = Thread(target=self._change, daemon=True)

    def __enter__(self) -> "Changing":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _change(self) -> None:
        number, epoch = len(self._ids), int(time.time())
        while not self._over.is_set():
            due = time.monotonic() + 1 / SLOTS
            for _ in range(self._a_slot):
                number += 1
                limit = Limit(milliamperes=6_000 + number % 20_000)
                cp_id = self._ids[number % len(self._ids)]
                self._raw.send(SetLimit(ts=now(), epoch=epoch, seq=number, cp_id=cp_id, limit=limit))
            self._raw.producer.poll(0)
            time.sleep(max(0.0, due - time.monotonic()))


def run(engines: int, changes: int, seconds: float) -> LimitsRun:
    """The fleet on a Kafka of its own, first without changes."""
    with kafka() as bootstrap, TemporaryDirectory() as name:
        (port,) = free_ports(1)
        flags = ["--kafka-bootstrap", bootstrap, "--health-port", str(port), "--supply-ticks", "86400"]
        fleet = [*flags, "--cp-count", str(engines), "--log-level", "INFO"]
        with program("evcharging.apps.ev_cp_e.main", Path(name), *fleet) as process:
            process.until_said("Answering the monitors")
            raw = Raw(bootstrap)
            for number, cp_id in enumerate(point_ids(engines)):
                raw.send(order_of(number, cp_id))
            raw.flush()
            core, _, _ = measured(process, raw, engines, seconds)
            with Changing(Raw(bootstrap), engines, changes):
                told, began = raw.count(CP_STATUS.name), time.monotonic()
                limited_core, _, _ = measured(process, raw, engines, seconds)
                acknowledged = (raw.count(CP_STATUS.name) - told) / (time.monotonic() - began)
    return LimitsRun(core, limited_core, acknowledged)


def measure(engines: int = 10_000, changes: int = 1_000, seconds: float = 10.0, runs: int = 3) -> LimitsRun:
    """Medians of several runs."""
    done = [asdict(run(engines, changes, seconds)) for _ in range(runs)]
    return LimitsRun(**{name: median(each[name] for each in done) for name in done[0]})


def main() -> None:
    """Print one line, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--engines", type=int, default=10_000)
    parser.add_argument("--changes", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measure(options.engines, options.changes, options.seconds, options.runs)
    if options.json:
        sys.stdout.write(json.dumps(asdict(result)) + "\n")
    else:
        print(
            f"{options.engines:,} engines at 1 Hz: {result.core:.2f} core; with {result.acknowledged:,.0f} changes of "
            f"limits/s acknowledged {result.limited_core:.2f} core, {result.us_a_change:.0f} us of CPU a change"
        )


if __name__ == "__main__":
    main()
