"""What came of the mutants, for people. Knows no file."""

from collections.abc import Sequence

from evcharging.proof.many import ENOUGH
from evcharging.tests.mutants.hunt import Hunted


def page(hunted: Sequence[Hunted]) -> str:
    """All of them as Markdown: what was found, and what was not."""
    found = [one for one in hunted if one.seed is not None]
    lines = [
        "# What the proof finds",
        "",
        f"Each of {len(hunted)} mechanisms was broken on purpose, one at a time; the simulation found {len(found)} of "
        f"these mutants within {ENOUGH} seeds, each by a seed in which all is well when nothing is broken. Written by "
        "`make mutants`; for programs: [mutants.json](mutants.json).",
        "",
        *_table(
            ("Mutant", "What is broken", "Found by", "Seeds it took"),
            [(f"`{one.mutant}`", one.broken, one.invariant or "", f"{(one.seed or 0) + 1}") for one in found],
        ),
        "",
    ]
    missed = [one for one in hunted if one.seed is None]
    if missed:
        rows = [(f"`{one.mutant}`", one.broken, one.unseen or "It should be.") for one in missed]
        lines += ["## What is not found, and why", "", *_table(("Mutant", "What is broken", "Why"), rows), ""]
    return "\n".join(lines)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
