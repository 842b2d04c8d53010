"""The simulator as a program: `evcharging simulate`."""

import sys
from datetime import timedelta

import click

from evcharging.apps.shell.options import settings_command
from evcharging.common.config import SimulationSettings
from evcharging.common.utils import counted, to_json
from evcharging.domain.meter import to_kwh
from evcharging.domain.tariff import to_euros
from evcharging.simulation.report import SimulationReport
from evcharging.simulation.run import SLICES, Scenario, simulate

JSON = click.Option(["--json", "as_json"], is_flag=True, help="Print the result as one line of JSON")


@settings_command("simulate", SimulationSettings, extra=(JSON,))
def main(settings: SimulationSettings, as_json: bool) -> None:
    """The same network on virtual time: a day in seconds, and the same seed gives the same result.

    \b
    Examples:
      evcharging simulate
      evcharging simulate --points 100 --drivers 300 --hours 24 --seed 7
      evcharging simulate --points 20 --faults-per-day 2 --json
    """
    scenario = Scenario(
        points=settings.points,
        drivers=settings.drivers,
        hours=settings.hours,
        seed=settings.seed,
        interval=timedelta(seconds=settings.telemetry_interval),
        pause=timedelta(hours=settings.pause_hours),
        kw_rate=settings.kw_rate,
        euro_rate=settings.euro_rate,
        faults_per_day=settings.faults_per_day,
        sites=settings.sites,
    )
    with click.progressbar(length=SLICES, label="Simulating", file=sys.stderr) as bar:
        report = simulate(scenario, lambda share: bar.update(1))
    click.echo(to_json(report).decode() if as_json else summary(report))


def summary(report: SimulationReport) -> str:
    """A report for people."""
    lines = [
        (
            "Simulated",
            f"{counted(report.points, 'point')}, {counted(report.drivers, 'driver')},"
            f" {report.hours:g} h, seed {report.seed}",
        ),
        ("Requests", f"{report.requests}, {report.accepted} accepted, {report.denied} denied"),
        ("Sessions", f"{report.completed} completed, {report.failed} failed, {report.open} open"),
        ("Energy", f"{to_kwh(report.energy_mwh):.3f} kWh"),
        ("Money", f"€{to_euros(report.micro_euros):.2f}"),
        ("Utilisation", f"{report.utilisation:.1%}"),
        *((f"Denied {number}x", reason) for reason, number in report.denials.items()),
    ]
    width = max(len(name) for name, _ in lines)
    return "\n".join(f"{name:<{width}}  {text}" for name, text in lines)
