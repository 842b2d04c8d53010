"""The Spanish words of the console: what Central says in English by a clause of its own is known there."""

import re

import pytest

from evcharging.common.messages import EndReason
from evcharging.domain import charging_point, plausibility
from evcharging.domain.session import HELD, PROPOSED
from evcharging.roles import monitor, orders
from evcharging.roles.central import ending, paying, point_view, supplies
from evcharging.tests.places import ROOT

REASONS = (ROOT / "console" / "src" / "texts" / "es" / "reasons.ts").read_text(encoding="utf-8")
DOUBTS = [said for name, said in vars(plausibility).items() if name.isupper() and isinstance(said, str)]
CLAUSES = [
    *(reason.value for reason in EndReason),
    *DOUBTS,
    HELD.removeprefix("; "),
    PROPOSED,
    monitor.NOT_YET_HEARD,
    monitor.NO_ANSWER,
    orders.TOO_LATE,
    orders.USED,
    ending.NOT_BEGUN,
    paying.NO_CARD,
    paying.AWAY,
    paying.TOO_LITTLE,
    paying.DECLINED,
    point_view.UNHEARD,
    point_view.AHEAD,
    supplies.NOT_STARTED,
]
SENTENCES = [*charging_point.REFUSALS.values(), charging_point.OCCUPIED, ending.OVER, ending.STAYS]
KNOWN = {
    one or two or three
    for one, two, three in re.findall(r"^  (?:'([^']+)'|\"([^\"]+)\"|(\w+)):", REASONS, re.MULTILINE)
}


def test_there_are_doubts() -> None:
    assert len(DOUBTS) > 10


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_clause_of_central_has_a_spanish_one(clause: str) -> None:
    assert clause in KNOWN


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_about_one_thing_has_a_spanish_one(sentence: str) -> None:
    pattern = sentence.replace("{}", r"(?<id>\S+)")
    assert f"/^{pattern}$/" in REASONS
