"""The smallest trial that still fails as a given one does: fewer nemeses, less time. Knows no screen."""

from collections.abc import Callable
from dataclasses import replace

from evcharging.proof.run import Trial, TrialResult, prove

SHARES = (0.25, 0.5, 0.75, 0.9)
"""To which part of its time a trial may be cut at once."""


def shrink(verdict: TrialResult, prove: Callable[[Trial], TrialResult] = prove) -> TrialResult:
    """The verdict of the smallest trial, by leaving out one thing after another for as long as the same invariant
    fails."""
    smallest, found = verdict, True
    while found:
        found = False
        for trial in _smaller(smallest):
            tried = prove(trial)
            if tried.violation and verdict.violation and tried.violation[0] == verdict.violation[0]:
                smallest, found = tried, True
                break
    return smallest


def _smaller(verdict: TrialResult) -> list[Trial]:
    trial = Trial(verdict.seed, verdict.nemeses, verdict.chaos)
    fewer = [
        replace(trial, nemeses=tuple(other for other in verdict.nemeses if other != name)) for name in verdict.nemeses
    ]
    shorter = [replace(trial, chaos=round(verdict.chaos * share, 1)) for share in SHARES]
    return [*fewer, *(other for other in shorter if 1 <= (other.chaos or 0) < verdict.chaos)]
