"""`.env.example` and `docs/settings.md`, made from the one declaration of the settings.
`python -m tools.docs.settings_docs` writes both anew; with `--check` it only looks whether they are as they
should be."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from evcharging.common.config import (
    CentralSettings,
    DriverSettings,
    EngineSettings,
    MonitorSettings,
    NetworkSettings,
    ProofSettings,
    SimulationSettings,
)
from evcharging.common.psp_settings import PspSettings
from evcharging.common.setting import Setting, file_variable, settings_of
from evcharging.common.settings import Settings

ROOT = Path(__file__).parents[2]
ENV_EXAMPLE = ROOT / ".env.example"
PAGE = ROOT / "docs" / "settings.md"

COMMANDS: dict[type[Settings], str] = {
    CentralSettings: "central",
    EngineSettings: "engine",
    MonitorSettings: "monitor",
    DriverSettings: "driver",
    NetworkSettings: "run",
    SimulationSettings: "simulate",
    ProofSettings: "prove",
    PspSettings: "psp",
}

NAMED_ON_PURPOSE = frozenset({"DRIVER_REQUESTS_FILE"})
"""Settings that mean something else where they are given at all, even as their default: a comment in `.env.example`."""

ENV_HEAD = """\
# Every setting with its default. Copy this file to .env and change what you need: cp .env.example .env
# A flag beats the environment, the environment beats .env, .env beats the default.
# A secret may stand in a file of its own, which the name with _FILE behind it names.
"""

PAGE_HEAD = """\
# Settings

Every setting is a flag, an environment variable and a line of `.env`. A flag beats the environment, the environment
beats `.env`, and `.env` beats the default. [`.env.example`](../.env.example) has them all, ready to be copied:

```bash
cp .env.example .env
```

The help of a command, such as `evcharging run --help`, says the same for that command. `evcharging run` takes the
flags of Central, engines and drivers too, except those by which separate programs find one another.

**A secret may stand in a file of its own**, as Docker's secrets and systemd's credentials do: its variable with `_FILE`
behind it names the file, which holds one line. Whoever gives both, the secret and a file, in the same place is told so.
These are secrets, or may hold one; what others can see of a process (`ps`) is its flags, so that a file is the better
place:

SECRETS

No help, log line, error or answer shows one.
"""


def env_example() -> str:
    """The example of a `.env`: a group a paragraph, each setting after a line that says what it is."""
    return ENV_HEAD + "".join(_env_group(group) for group in COMMANDS)


def _shown(group: type[Settings]) -> list[Setting]:
    return [setting for setting in settings_of(group) if not setting.hidden]


def _env_group(group: type[Settings]) -> str:
    lines = [f"\n# ---- {_title(group)}\n"]
    for setting in _shown(group):
        value = _plain(setting.default)
        comment = "# " if value is None or setting.variable in NAMED_ON_PURPOSE else ""
        line = f"{comment}{setting.variable}={value or ''}"
        file = f"# {file_variable(setting)}=\n" if setting.is_secret else ""
        lines.append(f"\n# {setting.description}\n{line}\n{file}")
    return "".join(lines)


def settings_page() -> str:
    """The page of all settings: a table for each program."""
    secrets = "\n".join(
        f"- `{setting.variable}`: `{file_variable(setting)}`"
        for group in COMMANDS
        for setting in _shown(group)
        if setting.is_secret
    )
    return PAGE_HEAD.replace("SECRETS", secrets) + "".join(
        _page_group(group, command) for group, command in COMMANDS.items()
    )


def _page_group(group: type[Settings], command: str) -> str:
    rows = "".join(_row(setting) for setting in _shown(group))
    head = "| Variable | Flag | What it is | Default |\n|---|---|---|---|\n"
    return f"\n## {_title(group)}\n\n`evcharging {command}`\n\n{head}{rows}"


def _row(setting: Setting) -> str:
    value = _plain(setting.default)
    default = "" if value is None else f"`{value}`"
    return f"| `{setting.variable}` | {' '.join(_flags(setting))} | {_cell(setting.description)} | {default} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _flags(setting: Setting) -> Iterator[str]:
    yield f"`{setting.flag}`"
    if setting.kind is bool:
        yield f"`--no-{setting.flag.removeprefix('--')}`"


def _title(group: type[Settings]) -> str:
    return (group.__doc__ or "").removesuffix(".")


def _plain(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)


def main(arguments: list[str]) -> None:
    """Write both files, or (`--check`) exit with 1 and a sentence where one of them is not as it should be."""
    for path, text in ((ENV_EXAMPLE, env_example()), (PAGE, settings_page())):
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            sys.exit(f"{path.name} is not as the settings say: run `python -m tools.docs.settings_docs`")


if __name__ == "__main__":
    main(sys.argv[1:])
