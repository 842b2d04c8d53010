"""Secrets that stand in files of their own, as Docker and systemd give them: `<VARIABLE>_FILE` names the file. Knows no
program."""

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from evcharging.apps.shell.dotenv_file import dotenv_values
from evcharging.common.config import BadSettings
from evcharging.common.setting import Setting, file_variable, settings_of
from evcharging.common.settings import Settings

LARGEST = 64 * 1024


def secrets_in_files(group: type[Settings], given: Collection[str]) -> dict[str, str]:
    """The secrets of a group that stand in files, by field; those that a flag has `given` are not looked for. As for
    every setting, the environment beats `.env`. Raises BadSettings."""
    secrets = [setting for setting in settings_of(group) if setting.is_secret and setting.field not in given]
    if not secrets:
        return {}
    places = [_upper(os.environ), _upper(dotenv_values())]
    return {setting.field: _text(setting, file) for setting in secrets for file in _file_of(setting, places)}


def _upper(variables: Mapping[str, str]) -> dict[str, str]:
    return {name.upper(): value for name, value in variables.items()}


def _file_of(setting: Setting, places: list[dict[str, str]]) -> Iterator[str]:
    """The file in the first place that says anything of this secret, if it names one."""
    named = file_variable(setting)
    for place in places:
        if setting.variable in place and place.get(named):
            raise BadSettings(f"{setting.variable} and {named} are both set: give the secret, or the file with it")
        if place.get(named):
            yield place[named]
        if setting.variable in place or place.get(named):
            return


def _text(setting: Setting, file: str) -> str:
    named = f"{file_variable(setting)} names the file {file}"
    try:
        with Path(file).open("rb") as opened:
            text = opened.read(LARGEST + 1).decode().removesuffix("\n").removesuffix("\r")
    except (OSError, ValueError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is not a text in UTF-8"
        raise BadSettings(f"{named}, which cannot be read: {reason}") from None
    if not text or not text.isprintable() or len(text) > LARGEST:
        raise BadSettings(f"{named}, which should hold one line and nothing else")
    return text
