"""`make torture`: kills real programs at random and prints what is lost, doubled or off; exit status 1 if any is."""

import shutil
import signal
import sys
import time
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import click

from evcharging.apps.prove import commit_here
from evcharging.common.utils import to_json
from evcharging.tests.stages.postgres import QUICK, running_postgres
from tests.real.conftest import a_broker
from tests.real.torture.plan import plan
from tests.real.torture.report import figures, page, summary
from tests.real.torture.run import torture
from tests.real.torture.town import VICTIMS
from tools.broker import CannotRun

SHOWN = 20
"""How many findings are told; the folder has what is behind them."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--kills", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many are killed")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Chooses who is struck when")
@click.option("--report", type=click.Path(file_okay=False, path_type=Path), help="Folder to write the report to")
def main(kills: int, seed: int, report: Path | None) -> None:
    """Kill and pause Kafka, PostgreSQL, Centrals, engines, monitors and drivers at random, while drivers charge all the
    time, and then join all that was written down and said."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # who ends it ends what it has started too
    folder = Path(mkdtemp(prefix="evcharging-torture-"))
    (folder / "plan.txt").write_text("".join(f"{each.at:8.1f} s  {each}\n" for each in plan(seed, kills, VICTIMS)))
    try:
        shown = _tortured(folder, seed, kills)
    except (AssertionError, CannotRun) as error:
        click.echo(str(error)[-4000:])
        sys.exit(f"Seed {seed}, {kills} kills: it broke off; plan, logs and journals are in {folder}")
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        sys.exit("Interrupted")
    click.echo(summary(shown))
    if report is not None:
        report.mkdir(parents=True, exist_ok=True)
        (report / "torture.md").write_text(page(shown), encoding="utf-8")
        (report / "torture.json").write_bytes(to_json(shown) + b"\n")
    if shown["findings"]:
        click.echo("\n".join(f"- {text}" for text in shown["findings"][:SHOWN]))
        sys.exit(
            f"Seed {seed}, {kills} kills: {len(shown['findings'])} findings; plan, logs and journals are in {folder}"
        )
    shutil.rmtree(folder, ignore_errors=True)


def _tortured(folder: Path, seed: int, kills: int) -> dict[str, Any]:
    began = time.monotonic()

    def log(text: str) -> None:
        click.echo(f"{time.monotonic() - began:5.0f} s  {text}")

    with running_postgres(**QUICK) as postgres, a_broker(folder / "kafka") as broker:
        return figures(torture(folder, broker, postgres, seed, kills, log), seed=seed, commit=commit_here())


if __name__ == "__main__":
    main()
