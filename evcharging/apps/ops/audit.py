"""The audit as a program: `evcharging audit`. Decides nothing: what is wrong is said by the rules and the store."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.audit.audit import Audit
from evcharging.adapters.store.audit.report import AuditReport, Head, heads_in, line_of
from evcharging.adapters.store.backup.snapshot import snapshot
from evcharging.adapters.store.sql.engine import BadStoreUrl
from evcharging.apps.ops.audit_actions import OPTIONS, action_lines, moment
from evcharging.apps.shell.options import UserError, settings_command
from evcharging.common.config import CentralSettings
from evcharging.common.setting import settings_of
from evcharging.common.utils import to_json

OTHERS = frozenset(setting.field for setting in settings_of(CentralSettings)) - {"db_url"}
JOURNALS = click.Option(
    ["--journal", "journals"], type=click.Path(path_type=Path), multiple=True, help="An engine's journal; any number"
)
EXPECT = click.Option(
    ["--expect"], type=click.Path(path_type=Path), help="What an earlier audit printed, whose heads must be met again"
)
JSON = click.Option(["--json", "as_json"], is_flag=True, help="Print the result as one line of JSON")


class Unreadable(UserError):
    """Nothing was audited: exit status 2."""

    exit_code = 2


@settings_command("audit", CentralSettings, leave_out=OTHERS, extra=(JOURNALS, EXPECT, JSON, *OPTIONS))
def main(
    settings: CentralSettings,
    journals: tuple[Path, ...],
    expect: Path | None,
    as_json: bool,
    actions: bool,
    actor: str | None,
    subject: str | None,
    since: str | None,
) -> None:
    """Recompute every table and bill of a ledger from its facts, and check its chains and engines' journals; or, with
    --actions, print who did what.

    It only reads, also beside a running Central. Exit status 0: no difference; 1: differences; 2: not readable.

    \b
    Examples:
      evcharging audit
      evcharging audit --journal data/engines.journal
      evcharging audit > audit.txt
      evcharging audit --expect audit.txt
      evcharging audit --actions --subject CP-001
    """
    if not actions and (actor, subject, since) != (None, None, None):
        raise Unreadable("--actor, --subject and --since choose among actions: say --actions too")
    try:
        if actions:
            for line in action_lines(settings.db_url, actor, subject, _since(since), as_json=as_json):
                click.echo(line)
            return
        kept = _heads(expect) if expect else []
        report = _audit(settings.db_url, journals, kept)
    except (StoreUnavailable, BadStoreUrl) as error:
        raise Unreadable(str(error)) from None
    click.echo(to_json(report).decode() if as_json else "\n".join(lines(report)))
    sys.exit(1 if report.differences else 0)


def _since(text: str | None) -> datetime | None:
    try:
        return moment(text)
    except ValueError as error:
        raise Unreadable(str(error)) from None


def _audit(url: str, journals: tuple[Path, ...], kept: list[Head]) -> AuditReport:
    with (
        snapshot(url) as ledger,
        click.progressbar(length=1, label="Auditing", file=sys.stderr, hidden=not sys.stderr.isatty()) as bar,
    ):

        def show(done: int, of: int) -> None:
            bar.length = of
            bar.update(done)

        return Audit(ledger, datetime.now(UTC), show).run(journals, kept)


def _heads(file: Path) -> list[Head]:
    try:
        heads = heads_in(file.read_text())
    except OSError as error:
        raise Unreadable(f"Cannot read {file} ({error.strerror}): give what an audit printed") from None
    except ValueError as error:
        raise Unreadable(f"Cannot read {file} ({error}): give what an audit printed") from None
    if not heads:
        raise Unreadable(f"There are no heads in {file}: give what an audit printed")
    return heads


def lines(report: AuditReport) -> list[str]:
    """A report for people: the heads, a sentence a finding, and a summary."""
    money, energy = report.micro_euros / 1_000_000, report.energy_mwh / 1_000_000_000
    found = f"{report.differences:,} {'difference' if report.differences == 1 else 'differences'}"
    return [
        *map(line_of, report.heads),
        *report.remarks,
        *report.findings,
        f"{report.facts:,} facts, {report.sessions:,} sessions, {report.bills:,} bills, {energy:,.6f} MWh, "
        f"{money:,.2f} EUR: {found if report.differences else 'no difference'}",
    ]


if __name__ == "__main__":
    main()
