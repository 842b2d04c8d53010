"""Many seeds, on as many processors as wanted, and what came of them all told. Knows no screen and no file."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context

from evcharging.proof.rare import Rare
from evcharging.proof.run import Trial, TrialResult, prove
from evcharging.runtime.crash_points import AT_PROVIDER, CrashPoint

TOGETHER = 10
"""Seeds that a processor is given at once."""

CRASHING = ("central", "engine", "driver")
"""The kinds of processes that have durable steps."""

ENOUGH = 200
"""Seeds from which on every rare state must have come about."""


@dataclass(slots=True)
class ProofSummary:
    """What came of many seeds. `strikes`: in how many of them each nemesis was at work."""

    seeds: int = 0
    events: int = 0
    sessions: int = 0
    strikes: Counter[str] = field(default_factory=Counter)
    rare: Counter[str] = field(default_factory=Counter)
    crashes: Counter[tuple[str, str]] = field(default_factory=Counter)
    failures: list[TrialResult] = field(default_factory=list)

    def add(self, verdict: TrialResult) -> None:
        """Count one more."""
        self.seeds += 1
        self.events += verdict.events
        self.sessions += verdict.sessions
        self.strikes.update(verdict.nemeses)
        self.rare.update(verdict.rare)
        self.crashes.update(verdict.crashes)
        if verdict.violation is not None:
            self.failures.append(verdict)

    def missing(self) -> list[str]:
        """What never came about though it should have; nothing where there were too few seeds to say."""
        if self.seeds < ENOUGH:
            return []
        missing = [str(rare) for rare in Rare if not self.rare[rare]]
        for kind in CRASHING:
            points = [point for point in CrashPoint if kind == "central" or point not in AT_PROVIDER]
            missing += [f"the death of a {kind} {point}" for point in points if not self.crashes[kind, point]]
        return missing


def prove_all(trials: Sequence[Trial], jobs: int = 1) -> Iterator[TrialResult]:
    """A verdict on each, in their order, as soon as it is there."""
    if jobs == 1 or len(trials) <= TOGETHER:
        yield from map(prove, trials)
        return
    with get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap(prove, trials, TOGETHER)


def is_the_same(trial: Trial) -> bool:
    """Whether a trial goes the same way twice, byte for byte."""
    return prove(trial).trace == prove(trial).trace
