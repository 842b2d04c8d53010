"""A setting as users meet it: its flag, its variable, what it is about. Knows no value and no command line."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def flag_of(field: str) -> str:
    """The flag of a setting."""
    return "--" + field.replace("_", "-")


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as users meet it; a `hidden` one is for tests alone, and no page or help names it. One that
    `is_secret` may stand in a file that `<variable>_FILE` names, and is never shown. A flag that `may_stand_alone`
    says 1 where no value follows it."""

    field: str
    flag: str
    variable: str
    default: Any
    kind: Any
    description: str
    hidden: bool
    is_secret: bool
    may_stand_alone: bool


def file_variable(setting: Setting) -> str:
    """The variable that names the file in which a secret stands."""
    return f"{setting.variable}_FILE"


def _says(field: FieldInfo, word: str) -> bool:
    return isinstance(field.json_schema_extra, dict) and bool(field.json_schema_extra.get(word))


def settings_of(group: type[BaseModel]) -> Iterator[Setting]:
    """All settings of a group, in the order in which they are declared."""
    prefix = str(dict(group.model_config).get("env_prefix", ""))
    for name, field in group.model_fields.items():
        yield Setting(
            field=name,
            flag=flag_of(name),
            variable=prefix + name.upper(),
            default=field.default,
            kind=field.annotation,
            description=field.description or "",
            hidden=_says(field, "hidden"),
            is_secret=_says(field, "secret"),
            may_stand_alone=_says(field, "alone"),
        )
