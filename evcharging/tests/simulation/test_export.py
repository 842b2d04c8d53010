"""The sessions of a simulation as a table: the same whatever is read meanwhile, and what it adds up to."""

import csv
import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from evcharging.apps.shell.cli import main
from evcharging.common.utils import changed
from evcharging.simulation.run import Scenario, simulate

DAY = ("simulate", "--points", "4", "--drivers", "12", "--hours", "5", "--seed", "3", "--sites", "2", "--json")


def run(tmp_path: Path, name: str, *more: str) -> tuple[dict[str, object], str]:
    file = tmp_path / name
    result = CliRunner().invoke(main, [*DAY, "--sessions", str(file), *more], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    report: dict[str, object] = json.loads(result.stdout.splitlines()[-1])
    return report, file.read_text(encoding="utf-8")


def test_a_table_of_sessions_adds_up_to_the_report(tmp_path: Path) -> None:
    report, text = run(tmp_path, "day.json")
    rows = json.loads(text)
    assert len(rows) == report["accepted"]
    billed = [row for row in rows if row["euros"] is not None]
    assert round(sum(row["kwh"] for row in billed) * 10**6) == report["energy_mwh"]
    assert round(sum(row["euros"] for row in billed) * 10**6) == report["micro_euros"]
    going_on = [row for row in rows if row["ended_at"] is None]
    assert len(going_on) == report["open"] != 0
    assert round(sum(row["kwh"] for row in going_on) * 10**6) == report["open_energy_mwh"] != 0
    assert {row["site_id"] for row in rows} == {"SITE-001", "SITE-002"}


def test_csv_has_the_columns_of_json_and_the_same_rows(tmp_path: Path) -> None:
    _, text = run(tmp_path, "day.json")
    _, table = run(tmp_path, "day.csv")
    rows = list(csv.DictReader(table.splitlines()))
    assert rows == [
        {name: "" if value is None else str(value) for name, value in row.items()} for row in json.loads(text)
    ]


def test_readings_change_no_row(tmp_path: Path) -> None:
    assert run(tmp_path, "quiet.csv") == run(tmp_path, "read.csv", "--telemetry-interval", "30")


def test_energy_of_a_session_that_goes_on_is_what_has_flowed() -> None:
    quiet = Scenario(points=3, drivers=9, hours=3, seed=5, pause=timedelta(minutes=20))
    assert simulate(quiet) == simulate(changed(quiet, interval=timedelta(seconds=7)))
    assert simulate(quiet).open_energy_mwh > 0


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("day.txt", "give a name that ends in .csv or .json"),
        ("day", "give a name that ends in .csv or .json"),
        ("nowhere/day.csv", "create it first"),
    ],
)
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_simulated(
    tmp_path: Path, name: str, sentence: str
) -> None:
    result = CliRunner().invoke(main, [*DAY, "--sessions", str(tmp_path / name)])
    assert result.exit_code == 1
    assert "Simulating" not in result.output
    assert sentence in result.output
    assert list(tmp_path.iterdir()) == []
