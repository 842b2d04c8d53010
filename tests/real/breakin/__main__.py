"""`python -m tests.real.breakin`: tries to break into real programs and prints what came of it; exit status 1 if
anything did."""

import shutil
import signal
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

import click

from evcharging.apps.prove import commit_here
from evcharging.common.utils import to_json
from tests.real.breakin.report import figures, page, summary
from tests.real.breakin.run import Tries, breakin
from tests.real.conftest import a_broker
from tools.broker import CannotRun

LEAST = 100


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--tries", type=click.IntRange(LEAST, 100_000), default=10_000, show_default=True, help="False things")
@click.option("--report", type=click.Path(file_okay=False, path_type=Path), help="Folder to write the report to")
def main(tries: int, report: Path | None) -> None:
    """Replay, alter and guess all that lets in or is believed, at real programs that are secured; and look for what has
    come of it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # who ends it ends what it has started too
    folder = Path(mkdtemp(prefix="evcharging-breakin-"))
    town = folder / "town"
    town.mkdir()
    began = time.monotonic()

    def log(text: str) -> None:
        click.echo(f"{time.monotonic() - began:5.0f} s  {text}")

    try:
        with a_broker(folder / "kafka") as broker:
            wanted = Tries(things=tries, passwords=tries, ids=max(tries // 10, LEAST))
            shown = figures(breakin(town, broker, wanted, log), commit=commit_here())
    except (AssertionError, CannotRun) as error:
        click.echo(str(error)[-4000:])
        sys.exit(f"It broke off; logs and data are in {folder}")
    except KeyboardInterrupt:
        shutil.rmtree(folder, ignore_errors=True)
        sys.exit("Interrupted")
    click.echo(summary(shown))
    if report is not None:
        report.mkdir(parents=True, exist_ok=True)
        (report / "access.md").write_text(page(shown), encoding="utf-8")
        (report / "access.json").write_bytes(to_json(shown) + b"\n")
    if shown["findings"]:
        click.echo("\n".join(f"- {text}" for text in shown["findings"]))
        sys.exit(f"{len(shown['findings'])} findings; logs and data are in {folder}")
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
