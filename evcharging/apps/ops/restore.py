"""Restoring what a backup holds: `evcharging restore`."""

import sys
from pathlib import Path

import click

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.backup.archive import Archive, opened
from evcharging.adapters.store.backup.restore import Restore, finish, held, unfinished
from evcharging.adapters.store.sql.engine import BadStoreUrl, file_of
from evcharging.apps.ops.backup import DATA, OTHERS, progress
from evcharging.apps.shell.options import UserError, settings_command
from evcharging.common.config import CentralSettings
from evcharging.common.utils import counted, iso

FILE = click.Argument(["file"], type=click.Path(path_type=Path), required=False)
YES = click.Option(["--yes"], is_flag=True, help="Do not ask")


@settings_command("restore", CentralSettings, leave_out=OTHERS, extra=(FILE, DATA, YES))
def main(settings: CentralSettings, file: Path | None, data: Path, yes: bool) -> None:
    """Put the ledger and the journals of a backup FILE in place of those that are there.

    Stop the programs first. All of the backup is checked before anything is changed. A restore that was broken off is
    finished without FILE.

    \b
    Examples:
      evcharging restore ../evcharging-monday.zip
      evcharging restore ../engines.zip --data /var/lib/evcharging --yes
    """
    try:
        ledger = file_of(settings.db_url)
        finished = _finish(data, ledger)
        if file is not None:
            with opened(file) as archive:
                _restore(archive, ledger, data, yes=yes)
        elif not finished:
            raise UserError("There is no restore to be finished: give the FILE of a backup")
    except (StoreUnavailable, BadStoreUrl) as error:
        raise UserError(str(error)) from None
    except OSError as error:
        raise UserError(f"Cannot read {error.filename or file} ({error.strerror}): give the path of a backup") from None


def _finish(data: Path, ledger: Path | None) -> bool:
    for folder in {data, ledger.parent if ledger else data}:
        moves = unfinished(folder)
        if moves:
            finish(folder, moves)
            click.echo("Finished the restore that was broken off")
            return True
    return False


def _restore(archive: Archive, ledger: Path | None, data: Path, *, yes: bool) -> None:
    manifest = archive.manifest
    if manifest.ledger and ledger is None:
        raise UserError(
            f"The ledger in {archive.file} is a file of SQLite: give --db-url sqlite:///data/central.db, and move it "
            "to PostgreSQL then with `evcharging move-ledger`"
        )
    restore = Restore(archive, ledger or data, data)
    with progress("Restoring") as show:
        done = 0

        def advance(size: int) -> None:
            nonlocal done
            done += size
            show("check" if done <= manifest.size else "write", done, 2 * manifest.size)

        archive.check(advance)
        with held([*restore.places], data):
            _must_be_meant(restore, archive, yes=yes)
            restore.run(advance)
    parts = ["the ledger"] if manifest.ledger else []
    parts += [counted(len(manifest.journals), "journal")] if manifest.journals else []
    click.echo(
        f"Restored {' and '.join(parts)} of {iso(manifest.made_at)}; see with `evcharging audit` that all is well"
    )


def _must_be_meant(restore: Restore, archive: Archive, *, yes: bool) -> None:
    click.echo(f"The backup of {iso(archive.manifest.made_at)} goes to {', '.join(map(str, restore.places))}", err=True)
    for path in restore.overwritten:
        click.echo(f"{path} is there and will be lost", err=True)
    if yes:
        return
    if not is_terminal():
        raise UserError("Nobody can be asked whether this is meant: give --yes; nothing was changed")
    if not click.confirm("Go on?", err=True):
        raise UserError("Nothing was changed")


def is_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty()


if __name__ == "__main__":
    main()
