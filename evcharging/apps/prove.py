"""The proof as a program: `evcharging prove`."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import click

from evcharging.apps.shell.options import UserError, settings_command
from evcharging.common.config import ProofSettings
from evcharging.common.utils import to_json
from evcharging.proof.many import ProofSummary, is_the_same, prove_all
from evcharging.proof.nemeses import NEMESES
from evcharging.proof.report import command_of, failure, figures, page
from evcharging.proof.run import Trial, TrialResult
from evcharging.proof.shrink import shrink

ONE_IN = 20
"""Of so many seeds one is run twice."""

FAILURES = 5
"""How many failures are told in full; of each other one there is a line."""

LINE = 200

NONE = "none"

OPTIONS = (
    click.Option(["--shrink", "shrinking"], is_flag=True, help="Find the smallest trial that still fails"),
    click.Option(["--nemeses"], help="Which nemeses strike, instead of a random choice: names with commas, or none"),
    click.Option(["--chaos"], type=click.FloatRange(1, 600), help="For how many seconds they strike"),
    click.Option(["--report"], type=click.Path(file_okay=False, path_type=Path), help="Folder to write the report to"),
)


@settings_command("prove", ProofSettings, extra=OPTIONS)
def main(
    settings: ProofSettings, shrinking: bool, nemeses: str | None, chaos: float | None, report: Path | None
) -> None:
    """The real roles, hosts, bus and stores on virtual time with faults from a seed, and what must hold all the same.

    \b
    Examples:
      evcharging prove
      evcharging prove --seeds 25000 --report docs/proof
      evcharging prove --first 188 --seeds 1 --shrink
      evcharging prove --first 188 --seeds 1 --nemeses outages,kill-central --chaos 20
    """
    names = _names(nemeses)
    trials = [Trial(seed, names, chaos) for seed in range(settings.first, settings.first + settings.seeds)]
    tally, began, commit = ProofSummary(), time.perf_counter(), commit_here()
    with click.progressbar(
        prove_all(trials, settings.jobs), len(trials), label="Proving", file=sys.stderr, show_pos=True
    ) as verdicts:
        for verdict in verdicts:
            tally.add(verdict)
    differs = [trial for trial in trials[::ONE_IN] if not is_the_same(trial)]
    shown = figures(
        tally,
        first=settings.first,
        seconds=time.perf_counter() - began,
        commit=commit,
        replayed=len(trials[::ONE_IN]) - len(differs),
    )
    if report is not None:
        report.mkdir(parents=True, exist_ok=True)
        (report / "simulation.md").write_text(page(shown), encoding="utf-8")
        (report / "simulation.json").write_bytes(to_json(shown) + b"\n")
    click.echo(
        f"{tally.seeds:,} seeds, {tally.events:,} events, {tally.sessions:,} sessions, {len(tally.failures)} violations"
    )
    for verdict in tally.failures[:FAILURES]:
        click.echo(f"\n{failure(shrink(verdict) if shrinking else verdict, commit)}")
    if others := tally.failures[FAILURES:]:
        click.echo("\nThe others:")
    for verdict in others:
        click.echo(f"  seed {verdict.seed} {' '.join(verdict.violation or ())}"[:LINE])
    _refuse(tally, [trial.seed for trial in differs], shrinking)


def _names(nemeses: str | None) -> tuple[str, ...] | None:
    if nemeses is None:
        return None
    names = tuple(name for name in nemeses.split(",") if name != NONE)
    unknown = [name for name in names if name not in NEMESES]
    if unknown:
        raise UserError(f"There is no nemesis {unknown[0]}: give some of {', '.join(NEMESES)}")
    return names


def _refuse(tally: ProofSummary, differing: list[int], shrinking: bool) -> None:
    """End with one sentence where something was not shown."""
    if tally.failures:
        hint = "" if shrinking else f"; {_shorter(tally.failures[0])}"
        raise UserError(f"{len(tally.failures)} of {tally.seeds} seeds violate what must hold{hint}")
    if differing:
        raise UserError(f"Seed {differing[0]} does not go the same way twice (I16)")
    missing = tally.missing()
    if missing:
        raise UserError(f"Nothing is shown, for this never came about: {'; '.join(missing)}")


def _shorter(verdict: TrialResult) -> str:
    return f"{command_of(verdict)} --shrink finds the smallest trial"


def commit_here() -> str:
    """What the source that runs is called, as far as that is known."""
    git = shutil.which("git")
    if git is None:
        return "unknown"
    here = Path(__file__).parent
    said = subprocess.run(
        [git, "describe", "--always", "--dirty"], cwd=here, capture_output=True, text=True, check=False
    )
    return said.stdout.strip() or "unknown"
