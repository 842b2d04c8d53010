"""People who may sign in, on the command line: `evcharging users`. Whoever can read the ledger's database may do all of
this; Central may run meanwhile, and follows within a second."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import click

from evcharging.adapters.key_files import KeyFileUnusable, KeysFile, renew_signing_key
from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.accounts import LastAdministrator, NameTaken, Overtaken
from evcharging.adapters.store.sql.engine import BadStoreUrl, file_of
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.ops.users_shown import ShownLink, link_lines, named, shown, table
from evcharging.apps.shell.access_place import is_local, keys_file, setup_address
from evcharging.apps.shell.actions import by_command
from evcharging.apps.shell.options import CONTEXT, UserError, settings_command
from evcharging.apps.shell.people import BadChoice, NoSuchAccount, People, SecretLink
from evcharging.apps.shell.same_keys import SameKeys
from evcharging.common.config import CentralSettings
from evcharging.common.setting import settings_of
from evcharging.common.utils import to_json, utc
from evcharging.domain.access.keys import KeyKind
from evcharging.domain.access.modes import Auth, Mode, mode_of
from evcharging.domain.access.people import Account
from evcharging.domain.access.permissions import AccountRole
from evcharging.domain.charging_point import Point
from evcharging.domain.session import Session

OTHERS = frozenset(setting.field for setting in settings_of(CentralSettings)) - {"db_url"}
COMMAND_LINE = by_command("users")

NAME = click.Argument(["name"])
ROLE = click.Option(
    ["--role"], type=click.Choice([role.value for role in AccountRole]), required=True, help="What the account is for"
)
DRIVER_ID = click.Option(["--driver-id"], metavar="ID", help="A driver's ID, as the ledger has it")
YES = click.Option(["--yes"], is_flag=True, help="Do not ask")
JSON = click.Option(["--json", "as_json"], is_flag=True, help="Print one line of JSON")

Done = Callable[..., None]


@click.group("users", context_settings=CONTEXT)
def main() -> None:
    """Say who may sign in.

    Nobody is given a password: whoever is added sets one by a link that counts once, for an hour. Central may run
    meanwhile, and follows within a second.

    \b
    Examples:
      evcharging users link                              a link for the first administrator
      evcharging users add "Ana Torres" --role operator
      evcharging users list
      evcharging users disable "Ana Torres"
      evcharging users erase "Ana Torres"
    """


def _command(name: str, *extra: click.Parameter, group: click.Group = main) -> Callable[[Done], click.Command]:
    """A command of this group, with the address of the ledger beside its own options."""

    def make(function: Done) -> click.Command:
        command = settings_command(name, CentralSettings, leave_out=OTHERS, extra=extra)(function)
        group.add_command(command)
        return command

    return make


@_command("add", NAME, ROLE, DRIVER_ID, YES, JSON)
def add(settings: CentralSettings, name: str, role: str, driver_id: str | None, yes: bool, as_json: bool) -> None:
    """Add somebody, and print the link by which they set a password.

    The first administrator turns a Central on this machine alone from open to secure, once the link is used.

    \b
    Example:
      evcharging users add "Ana Torres" --role admin
    """
    with _people(settings, makes=True) as (store, people):
        if role == AccountRole.ADMIN:
            _say_what_turns_secure(settings, store, asks=not yes)
        newcomer = people.add(COMMAND_LINE, name, AccountRole(role), driver_id)
    _show_link(settings, newcomer.link, newcomer.account, as_json)


@_command("link", click.Argument(["name"], required=False), JSON)
def link(settings: CentralSettings, name: str | None, as_json: bool) -> None:
    """Print a link by which somebody sets a new password; without a NAME, one for the first administrator.

    Earlier links for the same count no more.

    \b
    Examples:
      evcharging users link
      evcharging users link "Ana Torres"
    """
    with _people(settings, makes=name is None) as (store, people):
        account = None if name is None else _found(store, name)
        if account is None:
            made = people.setup_link(COMMAND_LINE)
            _say_what_turns_secure(settings, store, asks=False)
        else:
            made = people.link(COMMAND_LINE, account.account_id)
    _show_link(settings, made, account, as_json)


@_command("list", JSON)
def list_all(settings: CentralSettings, as_json: bool) -> None:
    """Print who may sign in.

    \b
    Example:
      evcharging users list
    """
    with _people(settings) as (store, _):
        accounts = store.accounts.accounts()
    click.echo(to_json([shown(each) for each in accounts]).decode() if as_json else "\n".join(table(accounts)))


@_command("disable", NAME, click.Option(["--undo"], is_flag=True, help="Let somebody in again"), JSON)
def disable(settings: CentralSettings, name: str, undo: bool, as_json: bool) -> None:
    """Let somebody in no more, wherever they are signed in.

    \b
    Examples:
      evcharging users disable "Ana Torres"
      evcharging users disable "Ana Torres" --undo
    """
    with _people(settings) as (store, people):
        account = people.change(COMMAND_LINE, _found(store, name).account_id, disabled=not undo)
    click.echo(to_json(shown(account)).decode() if as_json else "\n".join(table([account])))


@_command("erase", NAME, YES)
def erase(settings: CentralSettings, name: str, yes: bool) -> None:
    """Forget who somebody was: name, password and all that lets them in.

    What they did stays in the ledger, under an ID that says nothing of them and that nobody is given again. There is no
    way back but a backup, which has the name until it is removed itself.

    \b
    Example:
      evcharging users erase "Ana Torres"
    """
    with _people(settings) as (store, people):
        account_id = _found(store, name).account_id
        _must_agree(f"Erase {name} ({account_id})?", yes)
        people.erase(COMMAND_LINE, account_id)
    click.echo(f"Nothing is left of who {account_id} was")


@_command("renew-signing-key")
def renew(settings: CentralSettings) -> None:
    """Sign access tokens by a new key from here on; those that were signed before count until they expire.

    \b
    Example:
      evcharging users renew-signing-key
    """
    try:
        keys = renew_signing_key(keys_file(settings))
    except (KeyFileUnusable, BadStoreUrl) as error:
        raise UserError(str(error)) from None
    click.echo(f"Access tokens are signed by key {keys.signing.newest} from here on")


@_command("use-keys")
def use_keys(settings: CentralSettings) -> None:
    """Say that the secret keys of the file are those of the ledger, where Central is not started since it knows others.
    What points and drivers were given by others counts no more.

    \b
    Example:
      evcharging users use-keys
    """
    with _people(settings) as (store, _):
        try:
            keys = KeysFile(keys_file(settings), may_make=False)
        except (KeyFileUnusable, BadStoreUrl) as error:
            raise UserError(str(error)) from None
        SameKeys(store.accounts, lambda: keys.keys.master, lambda: datetime.now(UTC)).claim(COMMAND_LINE)
    click.echo("These are the keys of the ledger from here on: start its Centrals anew")


@contextmanager
def _people(settings: CentralSettings, *, makes: bool = False) -> Iterator[tuple[SqlStore, People]]:
    """The ledger, and its people; what is refused there is told in a sentence. It is made only where somebody is to be
    in it."""
    try:
        file = file_of(settings.db_url)
        if file is not None and not file.exists() and not makes:
            raise UserError(f"There is no ledger in {file}: give the path of one with --db-url")
        with closing(SqlStore(settings.db_url)) as store:
            yield store, People(store.accounts, lambda: datetime.now(UTC))
    except (StoreUnavailable, BadStoreUrl, BadChoice, NameTaken, LastAdministrator, Overtaken) as error:
        raise UserError(str(error)) from None
    except NoSuchAccount as error:
        raise UserError(str(error.args[0])) from None


def _found(store: SqlStore, name: str) -> Account:
    account = store.accounts.named(name) or store.accounts.account(name)
    if account is None:
        raise NoSuchAccount(f"Nobody is called {name}: see all with `evcharging users list`")
    return account


def _show_link(settings: CentralSettings, made: SecretLink, account: Account | None, as_json: bool) -> None:
    address = setup_address(settings, made.token)
    link = ShownLink(link=address, expires_at=utc(made.expires_at), account=shown(account) if account else None)
    if as_json:
        click.echo(to_json(link).decode())
    else:
        click.echo("\n".join([*(table([account]) if account else []), *link_lines(link)]))


def _say_what_turns_secure(settings: CentralSettings, store: SqlStore, *, asks: bool) -> None:
    """Where the first administrator changes how Central lets in, whom that shuts out."""
    local, has_admin = is_local(settings), store.accounts.has_admin()
    before, after = (mode_of(Auth(settings.auth), is_local=local, has_admin=admin) for admin in (has_admin, True))
    if has_admin or before is after or after is not Mode.SECURE:
        return
    for line in turns_secure(store):
        click.echo(line, err=True)
    if asks:
        _must_agree("Go on?", False)


def turns_secure(store: SqlStore) -> list[str]:
    """Whom it shuts out that Central asks who somebody is, and how each comes in again."""
    points, drivers = _without_key(store)
    lines = [
        "Central is open to this machine. Once an administrator has set a password it asks everybody who they are:"
    ]
    lines.append("- whoever uses the dashboard or the HTTP API signs in, or has a machine key")
    if points:
        lines.append("- these points are shut out until they are enrolled, each by")
        lines.append(f"  `evcharging points enrol ID`: {named(points)}")
    if drivers:
        lines.append("- these drivers are shut out until they have an account, each by")
        lines.append(f"  `evcharging users add NAME --role driver --driver-id ID`: {named(drivers)}")
    return [*lines, "What `evcharging run` starts in its own process has keys of its own and goes on."]


def _without_key(store: SqlStore) -> tuple[set[str], set[str]]:
    """The points that are known and the drivers that have charged, as far as they have no key."""
    counts = {
        kind: {each.id for each in store.accounts.identities(kind) if each.revoked_at is None} for kind in KeyKind
    }
    points = {point.cp_id for point in store.select(Point) if point.retired_at is None}
    drivers = {group.value for group in store.tally(Session, "driver_id", limit=10_000)}
    return points - counts[KeyKind.POINT], drivers - counts[KeyKind.DRIVER]


def _must_agree(question: str, yes: bool) -> None:
    if yes:
        return
    try:
        agrees = click.confirm(question, err=True)
    except click.Abort:
        click.echo(err=True)  # below the question
        raise UserError(f"{question} Nobody has answered: say --yes to go on without being asked") from None
    if not agrees:
        raise UserError("Nothing was changed")


if __name__ == "__main__":
    main()
