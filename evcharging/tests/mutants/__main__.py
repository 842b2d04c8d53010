"""`make mutants`: lets each mutant loose on the proof, prints which invariant found it, and writes it down."""

import sys
from collections.abc import Sequence
from multiprocessing import get_context
from os import cpu_count

import click

from evcharging.common.utils import to_json
from evcharging.tests.mutants.every import MUTANTS
from evcharging.tests.mutants.hunt import Hunted, hunt
from evcharging.tests.mutants.page import page
from evcharging.tests.places import ROOT

FOLDER = ROOT / "docs" / "proof"


@click.command()
@click.option("--jobs", default=cpu_count() or 1, show_default=True, help="How many are hunted at once.")
@click.argument("names", nargs=-1)
def main(jobs: int, names: Sequence[str]) -> None:
    """Hunt the mutants of these NAMES, or all of them: these are then written down in docs/proof."""
    unknown = [name for name in names if name not in MUTANTS]
    if unknown:
        raise click.ClickException(f"There is no mutant {', '.join(unknown)}: give some of {', '.join(MUTANTS)}")
    hunted = _hunt_all(list(names) or list(MUTANTS), jobs)
    failed = [one for one in hunted if one.error is not None]
    for one in failed:
        click.echo(f"{one.mutant} fails by its own code and shows nothing: {one.error}", err=True)
    if not names and not failed:
        (FOLDER / "mutants.md").write_text(page(hunted), encoding="utf-8")
        (FOLDER / "mutants.json").write_bytes(to_json(hunted) + b"\n")
    survivors = [one.mutant for one in hunted if one.seed is None and one.error is None and one.unseen is None]
    found = sum(one.seed is not None for one in hunted)
    click.echo(f"{found} of {len(hunted)} mutants found")
    if survivors:
        raise click.ClickException(f"Nothing finds {', '.join(survivors)}: the proof must look at more")
    sys.exit(bool(failed))


def _hunt_all(names: list[str], jobs: int) -> list[Hunted]:
    hunted: list[Hunted] = []
    with (
        get_context("spawn").Pool(jobs) as pool,
        click.progressbar(length=len(names), label="Hunting", file=sys.stderr, show_pos=True) as bar,
    ):
        for one in pool.imap(hunt, [MUTANTS[name] for name in names]):
            hunted.append(one)
            bar.update(1)
    for one in hunted:
        by = "not found" if one.seed is None else f"{one.invariant} by seed {one.seed}: {one.sentence}"
        click.echo(f"{one.mutant:<24} {by[:120]}")
    return hunted


if __name__ == "__main__":
    main()
