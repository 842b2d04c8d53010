"""The books as a program: `evcharging books`. Decides nothing."""

import sys
from datetime import datetime
from pathlib import Path

import click

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.audit.trial import entries_in, trial
from evcharging.adapters.store.backup.snapshot import Snapshot, snapshot
from evcharging.adapters.store.sql.engine import BadStoreUrl
from evcharging.apps.ops.audit_actions import moment
from evcharging.apps.shell.csv_rows import csv_lines
from evcharging.apps.shell.entry_rows import ENTRY_COLUMNS, entry_rows
from evcharging.apps.shell.options import UserError, settings_command
from evcharging.common.config import CentralSettings
from evcharging.common.setting import settings_of
from evcharging.common.utils import BadJson, to_json
from evcharging.domain.receipt import euros
from evcharging.domain.trial import TrialBalance

OTHERS = frozenset(setting.field for setting in settings_of(CentralSettings)) - {"db_url"}
FROM = click.Option(["--from", "since"], help="Only entries from this moment on, ISO 8601 with a time zone")
TO = click.Option(["--to", "until"], help="Only entries before this moment")
JSON = click.Option(["--json", "as_json"], is_flag=True, help="Print the result as one line of JSON")
CSV = click.Option(
    ["--csv", "file"], type=click.Path(path_type=Path), help="Also write every posting as a line of this file"
)
MOST_ITEMS = 20


class BooksUnreadable(UserError):
    """No books were read: exit status 2."""

    exit_code = 2


@settings_command("books", CentralSettings, leave_out=OTHERS, extra=(FROM, TO, JSON, CSV))
def main(settings: CentralSettings, since: str | None, until: str | None, as_json: bool, file: Path | None) -> None:
    """Print the trial balance of a ledger and what is open, without its provider of payments.

    It only reads, also beside a running Central. Exit status 0: all adds up to 0; 1: it does not; 2: not readable.

    \b
    Examples:
      evcharging books
      evcharging books --from 2026-01-01T00:00Z --to 2026-02-01T00:00Z --csv january.csv
    """
    try:
        begin, end = moment(since, "--from"), moment(until, "--to")
        with snapshot(settings.db_url) as ledger:
            found = trial(ledger, begin, end)
            if file is not None:
                _write(ledger, begin, end, file)
    except (StoreUnavailable, BadStoreUrl) as error:
        raise BooksUnreadable(str(error)) from None
    except BadJson as error:
        raise BooksUnreadable(f"An entry cannot be read ({error}): `evcharging audit` says which") from None
    except OSError as error:
        raise BooksUnreadable(f"Cannot write {file} ({error.strerror})") from None
    except ValueError as error:
        raise BooksUnreadable(str(error)) from None
    click.echo(to_json(found).decode() if as_json else "\n".join(lines(found)))
    if found.sum_micro_euros:
        click.echo(f"The books add up to {found.sum_micro_euros} micro-euro, and not to 0", err=True)
        sys.exit(1)


def _write(ledger: Snapshot, since: datetime | None, until: datetime | None, file: Path) -> None:
    with file.open("wb") as out:
        out.write(csv_lines([ENTRY_COLUMNS]))
        for entry in entries_in(ledger, since, until):
            out.write(csv_lines(entry_rows(entry)))


def lines(found: TrialBalance) -> list[str]:
    """Books for people."""
    width = max((len(each.account) for each in found.accounts), default=7)
    head = f"{'account':{width}} {'debit':>16} {'credit':>16} {'balance':>16}"
    rows = [
        f"{each.account:{width}} {euros(each.debit):>16} {euros(each.credit):>16} {euros(each.balance):>16}"
        for each in found.accounts
    ]
    items = [f"open: {each.subject_id} {euros(each.micro_euros)} EUR" for each in found.receivables[:MOST_ITEMS]]
    more = len(found.receivables) - MOST_ITEMS
    return [
        *([head, *rows] if rows else []),
        *items,
        *([f"... and {more} more that are open"] if more > 0 else []),
        f"{found.entries:,} entries, billed {_cents(found.billed_cents)}, captured {_cents(found.captured_cents)},"
        f" refunded {_cents(found.refunded_cents)}, {found.open_holds} open holds:"
        f" all adds up to {euros(found.sum_micro_euros)} EUR",
    ]


def _cents(cents: int) -> str:
    return f"{cents / 100:,.2f} EUR"


if __name__ == "__main__":
    main()
