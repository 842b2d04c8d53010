"""Command lines made of the declared settings: a flag for each, with its variable and default in the help.
Knows no program."""

from collections.abc import Callable, Mapping
from inspect import getdoc
from types import MappingProxyType
from typing import Any, get_args, get_origin

import click

from evcharging.apps.shell.dotenv_file import dotenv_warnings
from evcharging.apps.shell.secret_files import secrets_in_files
from evcharging.common.config import BadSettings, read
from evcharging.common.setting import Setting, settings_of
from evcharging.common.settings import Settings

Kind = click.types.ParamType[Any]
SCALARS: dict[Any, Kind] = {
    int: click.INT,
    float: click.FLOAT,
    bool: click.BOOL,
    str: click.STRING,
}


CONTEXT: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
"""How every command of ours shows its help."""


class UserError(click.ClickException):
    """One sentence for the user, and exit status 1."""

    def format_message(self) -> str:
        """The sentence alone."""
        return self.message


NOTHING_ELSE: Mapping[str, click.Command] = MappingProxyType({})


class Branching(click.Command):
    """A command that does something else where its first word names that; with flags alone it is itself. A group would
    be one or the other: it takes no flags for what it does without a word."""

    branches: Mapping[str, click.Command] = NOTHING_ELSE

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of what is to be done."""
        branch = self.branches.get(args[0]) if args else None
        if branch is None:
            return super().make_context(info_name, args, parent, **extra)
        return branch.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Do what the context is of."""
        return super().invoke(ctx) if ctx.command is self else ctx.command.invoke(ctx)


def settings_command(
    name: str,
    *groups: type[Settings],
    leave_out: frozenset[str] = frozenset(),
    extra: tuple[click.Parameter, ...] = (),
    defaults: Mapping[str, str] = MappingProxyType({}),
    branches: Mapping[str, click.Command] = NOTHING_ELSE,
    **texts: Any,
) -> Callable[[Callable[..., None]], click.Command]:
    """A command whose function is given one settings object for each group, in their order, and then the command's
    own options by name. A setting that several groups declare is one flag for all of them; those whose field or
    variable is in `leave_out` have none. `defaults` are what the help says of fields that have another one here, and
    `branches` other commands that its first word may name."""

    def make(function: Callable[..., None]) -> click.Command:
        shared: dict[str, list[Setting]] = {}
        for group in groups:
            for setting in settings_of(group):
                if not leave_out & {setting.field, setting.variable}:
                    shared.setdefault(setting.field, []).append(setting)

        def run(**flags: Any) -> None:
            given = {field: flags.pop(field) for field in shared}
            try:
                for warning in dotenv_warnings():
                    click.echo(f"Warning: {warning}", err=True)
                settings = [_settings(group, given) for group in groups]
            except BadSettings as error:
                raise UserError(str(error)) from None
            function(*settings, **flags)

        command = Branching(name, callback=run, help=getdoc(function), context_settings=CONTEXT, **texts)
        command.branches = branches
        command.params[:0] = [*(_option(same, defaults) for same in shared.values()), *extra]
        return command

    return make


def _settings(group: type[Settings], given: dict[str, Any]) -> Settings:
    own = {field: value for field, value in given.items() if value is not None and field in group.model_fields}
    settings: Settings = read(group, {**secrets_in_files(group, own), **own})
    return settings


def _option(same: list[Setting], defaults: Mapping[str, str]) -> click.Option:
    setting = same[0]
    variables = ", ".join(other.variable for other in same)
    plain = str(setting.default).lower() if setting.kind is bool else setting.default
    plain = defaults.get(setting.field, plain)
    default = "" if plain is None else f"; default {plain}"
    in_file = "; or in the file that it names with _FILE behind it" if setting.is_secret else ""
    text = f"{setting.description}  [{variables}{in_file}{default}]"
    if setting.kind is bool:
        off = "--no-" + setting.flag.removeprefix("--")
        return click.Option([f"{setting.flag}/{off}", setting.field], default=None, help=text)
    kind = _scalar(setting.kind)
    alone: dict[str, Any] = {"is_flag": False, "flag_value": "1"} if setting.may_stand_alone else {}
    return click.Option(
        [setting.flag, setting.field], type=kind, default=None, help=text, hidden=setting.hidden, **alone
    )


def _scalar(kind: Any) -> Kind:
    for inner in (kind, *get_args(kind)):
        scalar = SCALARS.get(get_args(inner)[0] if get_origin(inner) is not None and get_args(inner) else inner)
        if scalar is not None:
            return scalar
    return click.STRING
