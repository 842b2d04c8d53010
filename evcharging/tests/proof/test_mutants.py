"""What is broken on purpose is found, by what it breaks, and by nothing else."""

from collections.abc import Callable

import pytest

from evcharging.adapters.store import memory
from evcharging.adapters.store.guard import check_runs
from evcharging.domain.session import Session
from evcharging.proof.many import ENOUGH
from evcharging.proof.run import Trial, prove
from evcharging.roles.central import supplies
from evcharging.tests.mutants.every import MUTANTS
from evcharging.tests.mutants.hunt import Hunted, hunt
from evcharging.tests.mutants.mutant import Mutant, Target
from evcharging.tests.mutants.page import page


@pytest.mark.parametrize(
    ("name", "invariant"),
    [("no-busy-check", "I4"), ("bill-twice", "I2"), ("everybody-suspect", "I12"), ("doubts-for-ever", "I14")],
)
def test_a_mutant_is_found_by_what_it_breaks(name: str, invariant: str) -> None:
    with MUTANTS[name].applied():
        found = {verdict.violation[0] for verdict in map(prove, map(Trial, range(5))) if verdict.violation}
    assert invariant in found
    assert hunt(MUTANTS[name], seeds=5).invariant in found


def test_nothing_is_found_where_nothing_is_broken() -> None:
    harmless = Mutant(
        "harmless", "Nothing is broken.", lambda: [(memory, "check_runs", check_runs)], unseen="It is not."
    )
    assert hunt(harmless, seeds=5) == Hunted("harmless", "Nothing is broken.", unseen="It is not.")


def test_what_was_broken_is_whole_again() -> None:
    whole = Session.is_finalised
    with MUTANTS["bill-twice"].applied():
        assert Session.is_finalised is not whole
    assert Session.is_finalised is whole


def misfit() -> list[Target]:
    return [(supplies, "why_implausible", lambda session: None)]


def clumsy() -> list[Target]:
    def doubt(session: Session | None, *others: object, **known: object) -> object:
        return getattr(session, "no such thing")

    return [(supplies, "why_implausible", doubt)]


@pytest.mark.parametrize(
    ("targets", "error"),
    [(misfit, "got an unexpected keyword argument 'known_mwh'"), (clumsy, "has no attribute 'no such thing'")],
)
def test_a_mutant_that_fails_by_its_own_code_has_shown_nothing(targets: Callable[[], list[Target]], error: str) -> None:
    hunted = hunt(Mutant("broken itself", "", targets), seeds=5)
    assert hunted.seed is None
    assert error in (hunted.error or "")


def test_every_mutant_says_what_it_breaks_and_breaks_something_that_is_there() -> None:
    assert len(MUTANTS) >= 20
    for mutant in MUTANTS.values():
        assert mutant.sentence.endswith("."), mutant.name
        assert all(hasattr(owner, name) for owner, name, _ in mutant.targets()), mutant.name


def test_the_page_tells_what_was_found_from_what_was_not() -> None:
    found = Hunted("careless", "It is careless.", 4, "I2", "it was billed twice")
    missed = Hunted("harmless", "It does nothing.", unseen="Nobody can tell.")
    text = page([found, missed])
    assert "Each of 2 mechanisms was broken on purpose, one at a time; the simulation found 1 of these" in text
    assert f"within {ENOUGH} seeds" in text
    assert "| `careless` | It is careless. | I2 | 5 |" in text
    assert "| `harmless` | It does nothing. | Nobody can tell. |" in text.partition("## What is not found, and why")[2]
