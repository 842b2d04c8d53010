"""Lets one mutant loose on the proof. A mutant that fails by its own code has shown nothing, and is told apart."""

from dataclasses import dataclass
from functools import partial
from inspect import getfile
from traceback import walk_tb

from evcharging.proof.many import ENOUGH
from evcharging.proof.run import Trial, prove
from evcharging.tests.mutants.mutant import Mutant

OWN_ERRORS = (TypeError, NameError, AttributeError)


@dataclass(frozen=True, slots=True)
class Hunted:
    """What came of a mutant. `seed`, `invariant` and `sentence`: what found it; `unseen`: why nothing did; `error`: how
    the mutant itself failed."""

    mutant: str
    broken: str
    seed: int | None = None
    invariant: str | None = None
    sentence: str | None = None
    unseen: str | None = None
    error: str | None = None


class Unfit(Exception):
    """The mutant itself fails."""


def hunt(mutant: Mutant, seeds: int = ENOUGH) -> Hunted:
    """Run seeds until one finds the mutant, which finds nothing without it."""
    look_into = partial(_look_into, getfile(mutant.targets))
    try:
        for seed in range(seeds):
            with mutant.applied():
                verdict = prove(Trial(seed), broke_off=look_into)
            if verdict.violation is not None and prove(Trial(seed)).violation is None:
                return Hunted(mutant.name, mutant.sentence, seed, *verdict.violation)
    except Unfit as error:
        return Hunted(mutant.name, mutant.sentence, error=str(error))
    return Hunted(mutant.name, mutant.sentence, unseen=mutant.unseen)


def _look_into(file: str, error: Exception) -> None:
    """Raise Unfit if the replacement was called as it cannot be, or failed in its own lines, which are in this file."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OWN_ERRORS) and (_begins_in(file, cause) or "<locals>" in str(cause)):
            raise Unfit(f"{type(cause).__name__}: {cause}")
        cause = cause.__cause__ or cause.__context__


def _begins_in(file: str, error: BaseException) -> bool:
    frames = [frame.f_code.co_filename for frame, _ in walk_tb(error.__traceback__)]
    return bool(frames) and frames[-1] == file
