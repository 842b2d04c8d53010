"""Backing up what a network has recorded: `evcharging backup`."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.backup.archive import Manifest
from evcharging.adapters.store.backup.backup import back_up, journals_in
from evcharging.adapters.store.sql.engine import BadStoreUrl, file_of
from evcharging.apps.shell.access_place import keys_file
from evcharging.apps.shell.journals import FOLDER
from evcharging.apps.shell.options import UserError, settings_command
from evcharging.apps.shell.status import VERSION
from evcharging.common.config import CentralSettings
from evcharging.common.setting import settings_of
from evcharging.common.utils import counted

SETTINGS = {setting.field: setting for setting in settings_of(CentralSettings)}
OTHERS = frozenset(SETTINGS) - {"db_url"}
FILE = click.Argument(["file"], type=click.Path(path_type=Path))
DATA = click.Option(
    ["--data"], type=click.Path(path_type=Path), default=FOLDER, show_default=True, help="Folder that has the journals"
)
STEPS = 1000


@settings_command("backup", CentralSettings, leave_out=OTHERS, extra=(FILE, DATA))
def main(settings: CentralSettings, file: Path, data: Path) -> None:
    """Put the ledger and the journals of engines and drivers into one new FILE.

    All may run meanwhile. The ledger is as it was at one moment, and checked. A machine that has engines and no ledger
    backs up its journals. A ledger on PostgreSQL is backed up with pg_dump, right before this. Secret keys stay out.

    \b
    Examples:
      evcharging backup ../evcharging-monday.zip
      evcharging backup ../engines.zip --data /var/lib/evcharging
    """
    try:
        ledger = ledger_in(settings)
        journals = journals_in(data)
        if ledger is None and not journals:
            raise UserError(f"There is neither a ledger nor a journal in {data}: name them with --db-url and --data")
        with progress("Backing up") as show:
            manifest = back_up(file, ledger, journals, version=VERSION, now=datetime.now(UTC), progress=show)
    except (StoreUnavailable, BadStoreUrl) as error:
        raise UserError(str(error)) from None
    if file_of(settings.db_url) is None:
        click.echo("The ledger is on a PostgreSQL server and not in this backup: back it up with pg_dump", err=True)
    keys = keys_file(settings)
    if keys.exists():
        click.echo(
            f"{keys} has secrets and is not in this backup: keep a copy of it in a safe place of its own", err=True
        )
    click.echo(summary(file, manifest))


def ledger_in(settings: CentralSettings) -> Path | None:
    """The file that has the ledger; None where it is on a server, or not on this machine."""
    path = file_of(settings.db_url)
    if path is None or path.is_file():
        return path
    if settings.db_url != SETTINGS["db_url"].default:
        raise UserError(f"There is no ledger in {path}: give the path of one")
    return None


@contextmanager
def progress(label: str) -> Iterator[Callable[[str, int, int], None]]:
    """Shows on a terminal how far something is."""
    with click.progressbar(length=STEPS, label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:

        def show(what: str, done: int, of: int) -> None:
            bar.label = f"{label}: {what.lower()}"
            bar.update(STEPS * done // max(of, 1) - bar.pos)

        yield show


def summary(file: Path, manifest: Manifest) -> str:
    """What is in a backup, for people."""
    facts = sum(head.facts for head in manifest.heads)
    what = [f"the ledger with {facts:,} facts"] if manifest.ledger else []
    what += [counted(len(manifest.journals), "journal")] if manifest.journals else []
    return f"Backed up {' and '.join(what)} into {file}, {file.stat().st_size:,} bytes"


if __name__ == "__main__":
    main()
