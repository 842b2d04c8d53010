"""The keys of charging points, for whoever has the machine on which Central's ledger is: `evcharging points`."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from functools import partial

import click

from evcharging.adapters.key_files import KeyFileUnusable
from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.accounts import Accounts, Overtaken
from evcharging.adapters.store.sql.engine import BadStoreUrl
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.shell.actions import by_command
from evcharging.apps.shell.key_desk import KeyDesk, NotEnrolled, monitor_command
from evcharging.apps.shell.options import CONTEXT, UserError
from evcharging.common.config import CentralSettings, read
from evcharging.common.setting_values import checked_id
from evcharging.common.utils import counted, iso
from evcharging.domain.access.keys import Identity, KeyKind

COMMAND_LINE = by_command("command")

DB_URL = click.option("--db-url", help="Central's ledger, if not as CENTRAL_DB_URL says")


@click.group("points", context_settings=CONTEXT)
def main() -> None:
    """Keys of charging points: give one to a point, take it back, see who has one.

    \b
    Examples:
      evcharging points enrol CP-001
      evcharging points list
    """


@main.command("enrol", context_settings=CONTEXT)
@click.argument("cp_id")
@DB_URL
@click.option("--host", default="localhost", show_default=True, help="Central's address, as the point reaches it")
def enrol(cp_id: str, db_url: str | None, host: str) -> None:
    """Print the command that gives a point its key, once and within 24 hours.

    \b
    Example:
      evcharging points enrol CP-001 --host central.example
    """
    settings = _settings(db_url)
    try:
        checked_id(cp_id)
    except ValueError as error:
        raise UserError(f"{cp_id!r}: {error}") from None
    with _accounts(settings) as accounts:
        enrolment = _desk(accounts).invite(cp_id, COMMAND_LINE)
    click.echo(f"Until {iso(enrolment.expires_at)} this gives {cp_id} its key, once:")
    click.echo(
        "  " + monitor_command(cp_id, enrolment.token, host, settings.http_port, tls=settings.tls_cert is not None)
    )


@main.command("revoke", context_settings=CONTEXT)
@click.argument("cp_id")
@DB_URL
def revoke(cp_id: str, db_url: str | None) -> None:
    """Let no key of a point count any more, within five seconds."""
    with _accounts(_settings(db_url)) as accounts:
        try:
            _desk(accounts).revoke(cp_id, COMMAND_LINE)
        except (NotEnrolled, Overtaken) as error:
            raise UserError(str(error)) from None
    click.echo(f"No key of {cp_id} counts any more; its link is cut within five seconds")


@main.command("list", context_settings=CONTEXT)
@DB_URL
def show(db_url: str | None) -> None:
    """Say which points have a key, and which version counts."""
    with _accounts(_settings(db_url)) as accounts:
        found = accounts.identities(KeyKind.POINT)
    click.echo(f"{counted(len(found), 'point')} with a key")
    for identity in found:
        click.echo(_line(identity))


def _line(identity: Identity) -> str:
    if identity.revoked_at is not None:
        return f"  {identity.id}  revoked at {iso(identity.revoked_at)}"
    older = f", the one before until {iso(identity.older_until)}" if identity.older_until else ""
    return f"  {identity.id}  version {identity.version}{older}"


def _settings(db_url: str | None) -> CentralSettings:
    settings: CentralSettings = read(CentralSettings, {} if db_url is None else {"db_url": db_url})
    return settings


def _desk(accounts: Accounts) -> KeyDesk:
    return KeyDesk(accounts, _no_key, partial(datetime.now, UTC))


def _no_key(kind: KeyKind, owner: str, version: int) -> bytes:
    """This command shows no key, and needs no secret of Central."""
    return b""


@contextmanager
def _accounts(settings: CentralSettings) -> Iterator[Accounts]:
    try:
        with closing(SqlStore(settings.db_url)) as store:
            yield store.accounts
    except (StoreUnavailable, BadStoreUrl, KeyFileUnusable) as error:
        raise UserError(str(error)) from None


if __name__ == "__main__":
    main()
