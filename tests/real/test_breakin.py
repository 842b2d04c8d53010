"""A smaller form of the break-in: nobody gets in, nothing false has an effect, and nobody learns what is there."""

from pathlib import Path

from tests.real.breakin.report import figures, page, summary
from tests.real.breakin.run import Tries, breakin
from tools.broker.broker import Broker

FEW = Tries(things=200, passwords=200, ids=200, values=40, p99_ms=5000, apart_ms=100)
"""Times are judged where the machine has nothing else to do."""


def test_nobody_breaks_into_real_programs(broker: Broker, tmp_path: Path) -> None:
    outcome = breakin(tmp_path, broker, FEW, print)
    shown = figures(outcome, commit="")
    assert outcome.findings == [], summary(shown)
    assert shown["false_things"] >= FEW.things
    assert "Effects of them | 0 | 0 |" in page(shown)
