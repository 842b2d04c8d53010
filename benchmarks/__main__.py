"""All benchmarks in one run, as a table: `python -m benchmarks`, or `make bench`. Takes about half an hour; those over
Kafka need Java, and Maven the first time.

Every figure stands beside a bare baseline measured in the same run; on a shared machine the ratio is what to trust.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from benchmarks import fleet, links, live, power, quiet, restart, sessions, telemetry, virtual
from benchmarks.history import measured as history
from benchmarks.history.past import Plan


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    reached: str
    goal: str
    bare: str
    ratio: str


def simulated(runs: int) -> Row:
    """Virtual time."""
    result = virtual.measure(runs=runs)
    return Row(
        "Virtual time, every message published and handled",
        f"{result.steps_per_second:,.0f} point-steps/s a core",
        "200,000",
        f"{result.bare_per_second:,.0f}",
        f"{result.ratio:.1f}",
    )


def quiet_day(runs: int) -> Row:
    """Virtual time in which nothing is said twice."""
    result = quiet.measure(runs=runs)
    return Row(
        f"A quiet day of {result.points:,} points, {result.sessions:,} sessions",
        f"{result.steps_per_second:,.0f} point-steps/s a core, {result.day_seconds:.1f} s",
        "1,000,000",
        f"{result.bare_per_second:,.0f}",
        f"{result.ratio:.1f}",
    )


def embedded(runs: int) -> Row:
    """The whole network in one live process."""
    result = live.measure(runs=runs)
    return Row(
        f"One live process, {result.points:,} points at 1 Hz, all roles",
        f"{result.network.core:.3f} core, {result.network.rss_mb:.0f} MB",
        "0.2 core, 150 MB",
        f"{result.bare.core:.3f} core, {result.bare.rss_mb:.0f} MB",
        f"{result.ratio:.1f}",
    )


def framed(runs: int) -> Row:
    """Framed TCP links."""
    result = links.measure(runs=runs)
    return Row(
        f"{result.links:,} framed TCP links at 1 Hz",
        f"{result.framed.core:.3f} core, {result.framed.rss_mb:.0f} MB",
        "0.25 core",
        f"{result.echo.core:.3f} core, {result.echo.rss_mb:.0f} MB",
        f"{result.ratio:.1f}",
    )


def fleet_of_engines(runs: int) -> Row:
    """A fleet of engines over Kafka."""
    engines = 10_000
    result = fleet.measure(engines, runs=runs)
    return Row(
        f"{engines:,} engines in one process over Kafka, {result.per_second:,.0f} readings/s",
        f"{result.core:.2f} core, {result.rss_mb:.0f} MB, up in {result.boot_s:.1f} s",
        "0.5 core, 150 MB, 5 s",
        f"{result.bare_core:.2f} core, {result.bare_rss_mb:.0f} MB",
        f"{result.core / result.bare_core:.1f}",
    )


def readings(runs: int) -> Row:
    """Central takes telemetry from Kafka."""
    result = telemetry.measure(runs=runs)
    return Row(
        f"Central takes readings of {result.points:,} points from Kafka, and tells their drivers",
        f"{1e6 / result.central_us:,.0f}/s a core",
        "50,000/s, 3 times the bare",
        f"{1e6 / result.bare_us:,.0f}/s; {1e6 / result.passing_on_us:,.0f}/s where it sends too",
        f"{result.ratio:.1f}; {result.passing_on_ratio:.1f}",
    )


def complete_sessions(database: str, runs: int) -> Row:
    """From request to ticket, over Kafka and a database."""
    result = sessions.measure(database, runs=runs)
    return Row(
        f"Complete sessions over Kafka, durable in {database}; ACCEPTED at {result.half_per_second:,.0f}/s",
        f"{result.per_second:,.0f}/s at {result.core:.2f} core; p50 {result.p50_ms:.0f} ms, p99 {result.p99_ms:.0f} ms",
        "1,000/s; p99 100 ms at 500/s",
        f"{result.bare_us:,.0f} µs CPU each",
        f"{result.cpu_us / result.bare_us:.1f}",
    )


def back_again(runs: int) -> Row:
    """Central killed and started again."""
    points, supplying = 10_000, 2_000
    result = restart.measure(points, supplying, runs)
    return Row(
        f"Central killed with {points:,} points and {supplying:,} open sessions: serving; all links back",
        f"{result.serving_s:.1f} s; {result.links_s:.1f} s; {result.lost:.0f} sessions lost",
        "5 s; 10 s; 0",
        f"{result.bare_s:.1f} s for as many connections",
        f"{result.links_s / result.bare_s:.1f}",
    )


def read_back(runs: int) -> Row:
    """Pages and series over a long history."""
    plan = Plan()
    result = history.measure(plan, times=2 * runs + 1)
    return Row(
        f"{len(result.pages)} pages and series over {plan.sessions:,} sessions in SQLite, each warm",
        f"{result.slowest.median_ms:.0f} ms at most ({result.slowest.what}), half of them {result.usual_ms:.0f} ms",
        f"{history.GOAL_MS:.0f} ms",
        f"{result.lookup_ms:.1f} ms for a session by its key",
        f"{result.slowest.median_ms / result.lookup_ms:.0f}; {result.usual_ms / result.lookup_ms:.1f}",
    )


def shared_power(runs: int) -> Row:
    """What a site's circuits carry, shared among its points."""
    result = power.measure(runs=runs)
    return Row(
        f"The power of a site shared among {result.points:,} points, by the slowest strategy; by turns",
        f"{result.slowest_ms:.1f} ms; {result.scarce_ms:.1f} ms",
        f"{power.GOAL_MS} ms",
        f"{result.bare_ms:.2f} ms",
        f"{result.ratio:.1f}",
    )


BENCHMARKS: dict[str, Callable[[int], Row]] = {
    "virtual": simulated,
    "quiet": quiet_day,
    "live": embedded,
    "links": framed,
    "fleet": fleet_of_engines,
    "telemetry": readings,
    "sqlite": partial(complete_sessions, "sqlite"),
    "postgresql": partial(complete_sessions, "postgresql"),
    "restart": back_again,
    "history": read_back,
    "power": shared_power,
}


def main() -> None:
    """Measure what is asked for, and print the table in Markdown."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("which", nargs="*", help="all, if none is named")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, of which the median is shown (default 3)")
    options = parser.parse_args()
    unknown = [name for name in options.which if name not in BENCHMARKS]
    if unknown:
        parser.error(f"there is no benchmark {unknown[0]!r}: there are {', '.join(BENCHMARKS)}")
    rows = []
    for name in options.which or BENCHMARKS:
        print(f"Measuring {name} ...", file=sys.stderr, flush=True)
        rows.append(BENCHMARKS[name](options.runs))
    print("| What | Reached | Goal | Bare baseline | Times the bare |")
    print("|---|---|---|---|---|")
    for row in rows:
        print(f"| {row.what} | {row.reached} | {row.goal} | {row.bare} | {row.ratio} |")


if __name__ == "__main__":
    main()
