"""Command lines in tests: run one, and read what it says."""

import re
import shlex

from click.testing import CliRunner, Result

from evcharging.apps.shell import cli
from evcharging.apps.shell.options import settings_command
from evcharging.common.settings import Settings

GROUP_OF = {"central": 0, "engine": 1, "monitor": 2, "driver": 3, "run": 4, "simulate": 5, "prove": 6, "psp": 7}


def evcharging(*arguments: str, env: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(cli.main, arguments, prog_name="evcharging", env=env, terminal_width=100)


def sentence(result: Result, code: int = 1) -> str:
    """The one sentence that a command which cannot go on says."""
    assert result.exit_code == code, result.output
    assert isinstance(result.exception, SystemExit)
    assert "Traceback" not in result.output
    *_, last = result.stderr.splitlines()
    assert last.startswith("Error: ")
    return last.removeprefix("Error: ")


def taken_by(group: type[Settings], arguments: list[str]) -> list[Settings]:
    """What a program with these settings is given, for these arguments."""
    taken: list[Settings] = []
    command = settings_command("program", group)(taken.append)
    command.main(arguments, standalone_mode=False)
    return taken


def examples(*command: str) -> list[list[str]]:
    """The commands that a help shows."""
    text = evcharging(*command, "--help").output.replace("\\\n", " ")
    return [shlex.split(re.split("  | > ", line)[0]) for line in re.findall(r"^ +evcharging (.*)$", text, re.MULTILINE)]
