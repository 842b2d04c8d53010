"""A driver's account on the command line: `evcharging driver login`, `register` and `logout`. Of an account only the
driver's key is kept here, and no password or token."""

import os
import ssl
import sys
from pathlib import Path

import click

from evcharging.adapters.key_files import KeyFileUnusable, OwnKey, put_own_key
from evcharging.adapters.tls import BadTls
from evcharging.apps.ev_driver.account import DriverAccount
from evcharging.apps.ev_driver.keys import key_file
from evcharging.apps.shell.options import UserError, settings_command
from evcharging.apps.shell.trust import trust_of
from evcharging.common.config import DriverSettings
from evcharging.common.setting import settings_of
from evcharging.common.setting_values import addresses

VARIABLE = "DRIVER_PASSWORD"
LARGEST = 4096

CENTRAL = frozenset({"central_host", "central_port", "central_tls", "central_ca"})
FIELDS = frozenset(setting.field for setting in settings_of(DriverSettings))

NAME = click.Option(["--name"], help="Name to sign in with; asked for, if it is left out")
FILE = click.Option(
    ["--password-file"],
    type=click.Path(path_type=Path),
    help=f"File with the password, which is {VARIABLE}'s without one, or asked for",
)


@settings_command("login", DriverSettings, leave_out=FIELDS - CENTRAL - {"key"}, extra=(NAME, FILE))
def login(settings: DriverSettings, name: str | None, password_file: Path | None) -> None:
    """Sign in as a driver, and keep the key that proves what the driver says.

    \b
    Examples:
      evcharging driver login
      evcharging driver login --name alice --central-host central.example --central-tls
    """
    account = _account(settings)
    _keep(settings, account.sign_in(name or _asked("Name"), _password(password_file)))


@settings_command("register", DriverSettings, leave_out=FIELDS - CENTRAL - {"key", "driver_id"}, extra=(NAME, FILE))
def register(settings: DriverSettings, name: str | None, password_file: Path | None) -> None:
    """Become a driver, and keep the key that proves what the driver says.

    \b
    Examples:
      evcharging driver register --name alice
    """
    account = _account(settings)
    driver_id = settings.driver_id if "driver_id" in settings.model_fields_set else None
    _keep(settings, account.register(name or _asked("Name"), _password(password_file, is_new=True), driver_id))


@settings_command("logout", DriverSettings, leave_out=FIELDS - {"key", "driver_id"})
def logout(settings: DriverSettings) -> None:
    """Remove a driver's key from this machine.

    \b
    Examples:
      evcharging driver logout --driver-id driver-alice
    """
    file = key_file(settings, settings.driver_id)
    if not file.exists():
        raise UserError(f"There is no key at {file}")
    file.unlink()
    click.echo(f"{file} is removed")


BRANCHES = {"login": login, "register": register, "logout": logout}
"""What `evcharging driver` does instead of driving, by its first word."""


def _account(settings: DriverSettings) -> DriverAccount:
    return DriverAccount(addresses(settings.central_host, settings.central_port), central_tls(settings))


def central_tls(settings: DriverSettings) -> ssl.SSLContext | None:
    """How Central is spoken to over TLS; None without. Raises UserError."""
    try:
        return trust_of(settings)
    except BadTls as error:
        raise UserError(f"--central-ca (DRIVER_CENTRAL_CA): {error}") from None


def _password(file: Path | None, *, is_new: bool = False) -> str:
    if file is not None:
        try:
            with file.open("rb") as opened:
                return opened.read(LARGEST).decode().rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise UserError(f"--password-file {file}: it cannot be read as text in UTF-8") from None
    given = os.environ.get(VARIABLE)
    return given if given is not None else _asked("Password", is_hidden=True, is_new=is_new)


def _asked(what: str, *, is_hidden: bool = False, is_new: bool = False) -> str:
    if not sys.stdin.isatty():
        instead = f"{VARIABLE} or --password-file" if is_hidden else "--name"
        raise UserError(f"There is no terminal to ask for the {what.lower()} at: give it with {instead}")
    answer: str = click.prompt(what, hide_input=is_hidden, confirmation_prompt=is_new, err=True)
    return answer


def _keep(settings: DriverSettings, key: OwnKey) -> None:
    file = key_file(settings, key.id)
    try:
        put_own_key(file, key)
    except KeyFileUnusable as error:
        raise UserError(str(error)) from None
    click.echo(f"Signed in as {key.id}, whose key is in {file}: evcharging driver --driver-id {key.id}")
