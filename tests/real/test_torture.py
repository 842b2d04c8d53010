"""All of it is tortured at once, and nothing is lost."""

from pathlib import Path

from evcharging.tests.stages.postgres import Postgres
from tests.real.torture.plan import KINDS
from tests.real.torture.report import figures, summary
from tests.real.torture.run import torture
from tools.broker.broker import Broker

KILLS, SEED = 20, 1


def test_when_all_are_killed_at_random_nothing_is_lost_doubled_or_off(
    broker: Broker, postgres: Postgres, tmp_path: Path
) -> None:
    outcome = torture(tmp_path, broker, postgres, SEED, KILLS, print)
    shown = figures(outcome, seed=SEED, commit="")
    assert outcome.findings == [], summary(shown)
    assert summary(shown).startswith("lost 0, doubled 0, off 0 mWh\n")
    assert min(shown["victims"][kind]["kills"] for kind in KINDS) > 0
    assert shown["tickets"] > 1000
