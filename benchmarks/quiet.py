"""How many point-steps a second a simulated day makes on one core, where nothing is said twice and nothing is read.

A point-step is one second of one supplying point. The bare baseline builds the messages and records of each request and
session of such a day in a loop, and does nothing with them: nobody can simulate them for less.
"""

import argparse
import json
import time
from dataclasses import asdict, dataclass
from statistics import median

from evcharging.common.messages import (
    CPStatus,
    DriverRequest,
    DriverUpdate,
    EndReason,
    StartSupply,
    SupplyEnded,
    SupplyStarted,
    UpdateStatus,
)
from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.domain.session import Bill, Request, Session, SessionStatus
from evcharging.simulation.report import SimulationReport
from evcharging.simulation.run import START, Scenario, simulate

HOURS = 24.0
DRIVERS_A_POINT = 3


@dataclass(frozen=True)
class QuietResult:
    """Point-steps for a second of one core, and CPU seconds for the whole day."""

    points: int
    sessions: int
    day_seconds: float
    steps_per_second: float
    bare_per_second: float
    ratio: float


def _request(number: int) -> None:
    name = f"req-{number}"
    DriverRequest(ts=START, request_id=name, driver_id="driver-1", cp_id="CP-001", kwh=12.0)
    Request(
        request_id=name, driver_id="driver-1", cp_id="CP-001", limit_mwh=12_000_000, requested_at=START, accepted=True
    )
    DriverUpdate(ts=START, request_id=name, driver_id="driver-1", cp_id="CP-001", status=UpdateStatus.ACCEPTED)


def _session(number: int) -> None:
    name = f"session-0-1-{number}"
    for status in (SessionStatus.AUTHORISED, SessionStatus.SUPPLYING, SessionStatus.COMPLETED):
        Session(
            session_id=name, request_id="req-1", driver_id="driver-1", cp_id="CP-001", status=status,
            micro_euros_per_kwh=300_000, requested_at=START,
        )  # fmt: skip
    StartSupply(
        ts=START, cp_id="CP-001", session_id=name, request_id="req-1", driver_id="driver-1",
        micro_euros_per_kwh=300_000,
    )  # fmt: skip
    SupplyStarted(ts=START, cp_id="CP-001", session_id=name, register_mwh=0)
    SupplyEnded(
        ts=START, cp_id="CP-001", session_id=name, started_at=START, register_start_mwh=0, register_stop_mwh=1,
        ended_by=EndReason.COMPLETE,
    )  # fmt: skip
    Bill(
        session_id=name, driver_id="driver-1", cp_id="CP-001", started_at=START, ended_at=START, energy_mwh=1,
        micro_euros_per_kwh=300_000, micro_euros=1, ended_by="supply complete",
    )  # fmt: skip
    DriverUpdate(ts=START, request_id="req-1", driver_id="driver-1", cp_id="CP-001", status=UpdateStatus.COMPLETED)
    for state in (CPState.SUPPLYING, CPState.ACTIVATED):
        CPStatus(ts=START, cp_id="CP-001", state=state, kw_rate=22.0, euro_rate=0.3, register_mwh=0)
        PointShown(
            ts=START, cp_id="CP-001", state=state, since=START, location="", euros_per_kwh=0.3, kw_rate=22.0,
            stopped=False,
        )  # fmt: skip


def simulated(points: int, seed: int) -> tuple[SimulationReport, float]:
    """A day, and the CPU seconds that it takes."""
    began = time.process_time()
    report = simulate(Scenario(points=points, drivers=DRIVERS_A_POINT * points, hours=HOURS, seed=seed))
    return report, time.process_time() - began


def bare(report: SimulationReport) -> float:
    """CPU seconds for building the same messages and records, and nothing else."""
    began = time.process_time()
    for number in range(report.requests):
        _request(number)
    for number in range(report.accepted):
        _session(number)
    return time.process_time() - began


def measure(points: int = 300, runs: int = 3) -> QuietResult:
    """Medians over several runs, the bare loop after each."""
    days = [simulated(points, seed) for seed in range(1, runs + 1)]
    pairs = [(report.utilisation * points * HOURS * 3600, seconds, bare(report)) for report, seconds in days]
    return QuietResult(
        points=points,
        sessions=days[0][0].accepted,
        day_seconds=median(seconds for _, seconds, _ in pairs),
        steps_per_second=median(steps / seconds for steps, seconds, _ in pairs),
        bare_per_second=median(steps / seconds for steps, _, seconds in pairs),
        ratio=median(seconds / least for _, seconds, least in pairs),
    )


def main() -> None:
    """Print one line, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=300)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measure(options.points, options.runs)
    if options.json:
        print(json.dumps(asdict(result)))
    else:
        print(
            f"{result.steps_per_second:,.0f} point-steps/s a core, {result.day_seconds:.1f} s a day of {result.points}"
            f" points; bare {result.bare_per_second:,.0f}; {result.ratio:.1f} times the bare loop"
        )


if __name__ == "__main__":
    main()
