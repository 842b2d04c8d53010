"""The simulator as a program: `evcharging simulate`."""

import sys
from datetime import timedelta
from functools import partial
from pathlib import Path

import click

from evcharging.apps.shell.options import UserError, settings_command
from evcharging.common.amperes import limit_of
from evcharging.common.config import SimulationSettings
from evcharging.common.messages_power import Strategy
from evcharging.common.utils import counted, to_json
from evcharging.domain.meter import to_kwh
from evcharging.domain.money import to_euros
from evcharging.simulation.export import KINDS, End, as_csv, as_json, rows_of
from evcharging.simulation.report import SimulationReport
from evcharging.simulation.run import SLICES, Scenario, simulate

JSON = click.Option(["--json", "as_line"], is_flag=True, help="Print the result as one line of JSON")


SESSIONS = click.Option(
    ["--sessions"],
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write all sessions into this file, which ends in .csv or .json",
)


@settings_command("simulate", SimulationSettings, extra=(JSON, SESSIONS))
def main(settings: SimulationSettings, as_line: bool, sessions: Path | None) -> None:
    """The same network on virtual time: a day in a second, and the same seed gives the same result.

    \b
    Examples:
      evcharging simulate
      evcharging simulate --points 100 --drivers 300 --hours 24 --seed 7
      evcharging simulate --points 20 --faults-per-day 2 --json
      evcharging simulate --sites 3 --sessions day.csv
      evcharging simulate --sites --drivers 60
      evcharging simulate --strategy edf --site-limit 150kW --vehicles
      evcharging simulate --hours 1 --telemetry-interval 1
    """
    scenario = Scenario(
        points=settings.points,
        drivers=settings.drivers,
        hours=settings.hours,
        seed=settings.seed,
        interval=None if settings.telemetry_interval is None else timedelta(seconds=settings.telemetry_interval),
        pause=timedelta(hours=settings.pause_hours),
        kw_rate=settings.kw_rate,
        euro_rate=settings.euro_rate,
        faults_per_day=settings.faults_per_day,
        sites=max(settings.sites, 1 if settings.site_limit is not None else 0),
        site_limit_ma=None if settings.site_limit is None else limit_of(settings.site_limit),
        strategy=Strategy(settings.strategy),
        vehicles=settings.vehicles,
    )
    _must_be_table(sessions)
    with click.progressbar(length=SLICES, label="Simulating", file=sys.stderr) as bar:
        report = simulate(scenario, lambda share: bar.update(1), partial(_export, sessions))
    click.echo(to_json(report).decode() if as_line else summary(report))


def _must_be_table(path: Path | None) -> None:
    """Raises UserError for a file that could not be written when all is done."""
    if path is not None and path.suffix.lower() not in KINDS:
        raise UserError(f"--sessions {path}: give a name that ends in {' or '.join(KINDS)}")
    if path is not None and not path.absolute().parent.is_dir():
        raise UserError(f"--sessions {path}: there is no folder {path.parent}; create it first")


def _export(path: Path | None, end: End) -> None:
    if path is not None:
        rows = rows_of(end)
        try:
            path.write_text(as_csv(rows) if path.suffix.lower() == ".csv" else as_json(rows), encoding="utf-8")
        except OSError as error:
            raise UserError(f"--sessions {path} cannot be written: {error.strerror}") from None


def summary(report: SimulationReport) -> str:
    """A report for people."""
    lines = [
        (
            "Simulated",
            f"{counted(report.points, 'point')}, {counted(report.drivers, 'driver')},"
            f" {report.hours:g} h, seed {report.seed}",
        ),
        ("Requests", f"{report.requests}, {report.accepted} accepted, {report.denied} denied"),
        *((("Waited", _waited(report)),) if report.waited else ()),
        ("Sessions", f"{report.completed} completed, {report.failed} failed, {report.open} open"),
        ("Energy", f"{to_kwh(report.energy_mwh):.3f} kWh{_going_on(report)}"),
        *_power(report),
        ("Money", f"€{to_euros(report.micro_euros):.2f}"),
        ("Utilisation", f"{report.utilisation:.1%}"),
        *((f"Denied {number}x", reason) for reason, number in report.denials.items()),
    ]
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name:<{width}}  {text}" for name, text in lines)


def _power(report: SimulationReport) -> list[tuple[str, str]]:
    power = report.power
    if power is None:
        return []
    waits = f"{power.current_waits} supplies, {power.mean_current_wait_s / 60:.1f} min on average"
    return [
        ("Peak", f"{power.peak_w / 1000:.3f} kW at one site"),
        ("Unmet", f"{to_kwh(power.unmet_mwh):.3f} kWh that vehicles still wanted when they left"),
        ("No current yet", waits),
    ]


def _waited(report: SimulationReport) -> str:
    still = f", {report.waiting} still wait" if report.waiting else ""
    return f"{report.waited} in a queue, {report.mean_wait_s / 60:.1f} min on average{still}"


def _going_on(report: SimulationReport) -> str:
    return f", and {to_kwh(report.open_energy_mwh):.3f} kWh in sessions that go on" if report.open_energy_mwh else ""
