"""How many point-steps a second virtual time makes on one core, with every message of the live system.

A point-step is one second of one supplying point: its reading, Central's update to the driver, the monitor's question,
the engine's answer, and a third of a report. The bare baseline builds those same messages in a loop and does nothing
with them: nobody can simulate them for less.
"""

import argparse
import json
import time
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import count
from statistics import median

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.common.messages import CPTelemetry, DriverUpdate, HealthReport, UpdateStatus
from evcharging.common.messages_link import EngineHealth, HealthQuery
from evcharging.roles.driver import ChargeIntent, Driver
from evcharging.roles.engine.setup import EngineSetup
from evcharging.runtime.virtual import VirtualTime
from evcharging.simulation.network import Network
from evcharging.simulation.run import START

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class VirtualResult:
    """CPU seconds for a point-step, and how many fit into a second of one core."""

    points: int
    seconds: int
    steps_per_second: float
    bare_per_second: float
    ratio: float


def build(points: int) -> VirtualTime:
    """A network in which every point is supplying, after the first seconds."""
    ids = [f"CP-{number:05}" for number in range(points)]
    numbers = count()
    drivers = [
        Driver(f"driver-{cp_id}", iter([ChargeIntent(cp_id=cp_id, wait=2 * SECOND)]), lambda: f"req-{next(numbers)}")
        for cp_id in ids
    ]
    clock = VirtualTime(START)
    Network(clock.host, MemoryBus(1), START, engines=[EngineSetup(cp_id=i, ticks=None) for i in ids], drivers=drivers)
    clock.run_until(START + 5 * SECOND)
    return clock


def simulated(clock: VirtualTime, seconds: int) -> float:
    """CPU seconds that the next `seconds` of the network take."""
    began = time.process_time()
    clock.run_until(clock.now + seconds * SECOND)
    return time.process_time() - began


def bare(points: int, seconds: int) -> float:
    """CPU seconds for building the same messages, and nothing else."""
    began = time.process_time()
    for second in range(seconds):
        now = START + second * SECOND
        for _ in range(points):
            _messages(now, second)
    return time.process_time() - began


def _messages(now: datetime, second: int) -> None:
    HealthQuery(ts=now, cp_id="CP-00001")
    EngineHealth(ts=now, cp_id="CP-00001", asked="CP-00001", well=True)
    CPTelemetry(
        ts=now, epoch=1, seq=second, cp_id="CP-00001", kw=22.0, euros=0.1, driver_id="driver-CP-00001",
        session_id="session-0-1-1", kwh=0.3, register_mwh=second,
    )  # fmt: skip
    DriverUpdate(
        ts=now, epoch=1, seq=second, request_id="req-1", driver_id="driver-CP-00001", cp_id="CP-00001",
        status=UpdateStatus.IN_PROGRESS, session_id="session-0-1-1", kw=22.0, kwh=0.3, euros=0.1,
    )  # fmt: skip
    if second % 3 == 0:
        HealthReport(ts=now, cp_id="CP-00001", well=True)


def measure(points: int = 1_000, seconds: int = 60, runs: int = 5) -> VirtualResult:
    """Medians over several runs, the bare loop after each."""
    clock = build(points)
    pairs = [(simulated(clock, seconds), bare(points, seconds)) for _ in range(runs)]
    steps = points * seconds
    return VirtualResult(
        points=points,
        seconds=seconds,
        steps_per_second=steps / median(pair[0] for pair in pairs),
        bare_per_second=steps / median(pair[1] for pair in pairs),
        ratio=median(pair[0] / pair[1] for pair in pairs),
    )


def main() -> None:
    """Print one line, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=1_000)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measure(options.points, options.seconds, options.runs)
    if options.json:
        print(json.dumps(asdict(result)))
    else:
        print(
            f"{result.steps_per_second:,.0f} point-steps/s a core; bare {result.bare_per_second:,.0f}; "
            f"{result.ratio:.1f} times the bare loop"
        )


if __name__ == "__main__":
    main()
