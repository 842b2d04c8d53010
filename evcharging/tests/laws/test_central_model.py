"""The real Central does what a model of the specification says, on every database: whatever comes in whatever order,
and whenever it dies. Afterwards its tables are what its facts make of them."""

from pathlib import Path

from hypothesis.stateful import run_state_machine_as_test

from evcharging.tests.laws.central_against_model import CentralAgainstModel
from evcharging.tests.laws.depth import searched
from evcharging.tests.stages.empty_ledger import empty_ledger
from evcharging.tests.stages.postgres import Postgres


def test_central_on_sqlite_does_what_the_model_says(tmp_path: Path) -> None:
    class OnSqlite(CentralAgainstModel):
        def __init__(self) -> None:
            for left in tmp_path.glob("central.db*"):
                left.unlink()
            super().__init__(empty_ledger(tmp_path / "central.db"))

    run_state_machine_as_test(OnSqlite, settings=searched(10, steps=40))


def test_central_on_postgresql_does_what_the_model_says(postgres: Postgres) -> None:
    class OnPostgresql(CentralAgainstModel):
        def __init__(self) -> None:
            super().__init__(postgres.emptied("ledger"))

    run_state_machine_as_test(OnPostgresql, settings=searched(10, steps=40))
