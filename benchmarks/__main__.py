"""All benchmarks in one run, as a table: `python -m benchmarks`, or `make bench`. Takes about five minutes.

Every figure stands beside a bare baseline measured in the same run; on a shared machine the ratio is what to trust.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import links, live, virtual


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


BENCHMARKS: dict[str, Callable[[int], Row]] = {"virtual": simulated, "live": embedded, "links": framed}


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
