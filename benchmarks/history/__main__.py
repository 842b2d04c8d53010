"""How quickly years of history are read: makes a ledger in bulk, and measures each page and series over HTTP.

The history is made of the records of a past that never was, as a Central would keep them, but for their facts, which no
page reads. Each page is asked for once and then seven times through the whole app in this process; beside it a bare app
asks the database's own driver for a session by its key. `python -m benchmarks.history --database postgresql`
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from benchmarks.history.beside import Beside
from benchmarks.history.ledgers import MadeLedger
from benchmarks.history.measured import GOAL_MS, HistoryRun, measure
from benchmarks.history.past import Plan


def _sizes(made: MadeLedger) -> None:
    print("| Table or index | MB | Rows |")
    print("|---|---|---|")
    for size in sorted(made.sizes, key=lambda each: -each.size_bytes):
        if size.size_bytes >= 100_000:
            rows = f"{made.rows[size.name]:,}" if size.name in made.rows else ""
            print(f"| {size.name} | {size.size_bytes / 1e6:,.1f} | {rows} |")


def _pages(run: HistoryRun) -> None:
    print("| What is asked for | Median ms | Worst ms | Times the bare lookup |")
    print("|---|---|---|---|")
    for page in (*run.bare, *run.pages):
        status = "" if page.status == 200 else f" (answered with {page.status})"
        times = page.median_ms / run.lookup_ms
        print(f"| {page.what}{status} | {page.median_ms:,.1f} | {page.worst_ms:,.1f} | {times:,.1f} |")


def _beside(found: Beside) -> None:
    print(f"\n{found.decided_per_second:,.0f} sessions/s of {found.rate:,.0f}\n")
    print("| Commits | p50 ms | p99 ms | Times as long | Pages/s |")
    print("|---|---|---|---|---|")
    ways = {"alone": found.alone, "beside a reader, read by Central": found.itself, "by its process": found.process}
    for what, took in ways.items():
        times = f"{took.p50_ms / found.alone.p50_ms:.1f}; {took.p99_ms / found.alone.p99_ms:.1f}"
        print(f"| {what} | {took.p50_ms:.1f} | {took.p99_ms:.1f} | {times} | {took.pages_per_second:.0f} |")


def _print(run: HistoryRun) -> None:
    made, plan = run.ledger, run.plan
    values = made.bytes_of("meter_values")
    charged = max(made.rows["meter_values"], 1)
    print(
        f"{plan.sessions:,} sessions in {run.database}: {made.bytes_of() / 1e9:.2f} GB, made in {made.made_s:,.0f} s; "
        f"{(made.bytes_of() - values) / plan.sessions:,.0f} bytes a session, {values / charged:,.0f} a meter value\n"
    )
    _sizes(made)
    print()
    _pages(run)
    print(f"\nOver {GOAL_MS:.0f} ms: {'; '.join(page.what for page in run.slow) or 'none'}")
    if run.beside is not None:
        _beside(run.beside)


def main() -> None:
    """Print tables, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    usual = Plan()
    for name, value in asdict(usual).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=int, default=value, help=f"default {value:,}")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--keep", type=Path, help="a folder: what is made is kept there, and reused")
    parser.add_argument(
        "--load", type=float, default=0.0, help="sessions a second that are decided, alone and beside a reader"
    )
    parser.add_argument("--json", action="store_true")
    options = vars(parser.parse_args())
    plan = Plan(**{name: options[name] for name in asdict(usual)})
    try:
        run = measure(plan, options["database"], keep=options["keep"], rate=options["load"])
    except ValueError as error:
        parser.error(str(error))
    if options["json"]:
        print(json.dumps({**asdict(run), "slow": [page.what for page in run.slow]}))
    else:
        _print(run)


if __name__ == "__main__":
    main()
