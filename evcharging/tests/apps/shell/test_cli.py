"""Command lines as users meet them: help, the simulator, shell completion."""

import asyncio
import json
import re
import sys
from asyncio.subprocess import PIPE, STDOUT
from importlib import import_module

import click
import pytest
from click.testing import CliRunner

from evcharging.apps.shell import cli
from evcharging.apps.shell.cli import PROGRAMS
from evcharging.common.config import GROUPS
from evcharging.common.setting import settings_of
from evcharging.tests.stages.cli_stage import GROUP_OF, evcharging, examples, sentence

pytestmark = pytest.mark.usefixtures("alone")

MAINS = {
    "central": "evcharging.apps.ev_central.main",
    "engine": "evcharging.apps.ev_cp_e.main",
    "monitor": "evcharging.apps.ev_cp_m.main",
    "driver": "evcharging.apps.ev_driver.main",
}

# Help


def test_the_help_lists_every_program_in_the_order_of_use_with_examples() -> None:
    result = evcharging("--help")
    assert result.exit_code == 0
    listed = re.findall(r"^  ([\w-]+) +\S", result.output.partition("Commands:")[2], re.MULTILINE)
    programs = ["run", "central", "engine", "monitor", "driver"]
    ops = [
        "users",
        "audit",
        "books",
        "reconcile",
        "backup",
        "restore",
        "move-ledger",
        "rebuild-totals",
        "kafka-acls",
        "points",
        "renew-key",
    ]
    assert listed == [*programs, *ops, "price", "simulate", "prove", "psp"]
    assert "evcharging run " in result.output
    assert "_EVCHARGING_COMPLETE=bash_source" in result.output


def test_the_version_is_the_one_of_the_package() -> None:
    assert re.fullmatch(r"evcharging, version \d+\.\d+\.\d+\S*\n", evcharging("--version").output)


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_has_help_with_an_example_and_each_of_its_settings(program: str, flag: str) -> None:
    result = evcharging(program, flag)
    assert result.exit_code == 0, result.output
    assert re.search(rf"^  Examples?:\n    evcharging {program}\b", result.output, re.MULTILINE)
    text = " ".join(result.output.split())
    for setting in settings_of(GROUPS[GROUP_OF[program]]) if program in GROUP_OF else ():
        if setting.hidden:
            assert setting.flag not in text
            continue
        assert f"{setting.flag} " in text or f"{setting.flag} /" in text
        assert f"[{setting.variable}" in text or f", {setting.variable}" in text
        assert setting.description in text


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_example_of_a_help_is_a_command_that_can_be_given(program: str) -> None:
    shown = examples(program)
    assert shown
    for name, *arguments in [*shown, *examples()]:
        command: click.Command = import_module(PROGRAMS[name]).main
        command.make_context(name, arguments)


def test_in_the_network_only_central_has_an_http_port() -> None:
    text = " ".join(evcharging("run", "--help").output.split())
    assert "[CENTRAL_HTTP_PORT; default 8000]" in text
    assert "CP_ENGINE_HTTP_PORT" not in text


def test_help_is_not_wider_than_the_terminal_nor_than_reads_well() -> None:
    for program in PROGRAMS:
        for columns, most in ((80, 80), (200, 100)):
            result = CliRunner().invoke(cli.main, [program, "--help"], env={"COLUMNS": str(columns)})
            options = result.output.partition("Options:")[2]
            assert max(len(line) for line in options.splitlines()) <= most


RUN_EACH = """
import runpy, sys
for module in sys.argv[1:]:
    sys.argv = [module, "--help"]
    try:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        print("ended with", end.code)
"""


def python(*arguments: str) -> str:
    """What a Python of its own prints."""

    async def collect() -> str:
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=PIPE, stderr=STDOUT)
        output, _ = await asyncio.wait_for(process.communicate(), 30)
        return output.decode()

    return asyncio.run(collect())


def test_each_specified_module_is_a_program_of_its_own() -> None:
    output = python("-c", RUN_EACH, *MAINS.values())
    assert output.count("Usage: ") == output.count("ended with 0\n") == len(MAINS)


# The simulator

SHORT = (
    "simulate",
    "--points",
    "2",
    "--drivers",
    "3",
    "--hours",
    "2",
    "--pause-hours",
    "0.5",
    "--telemetry-interval",
    "60",
)


def test_a_simulation_prints_its_result_for_people_and_shows_its_progress_elsewhere() -> None:
    result = evcharging(*SHORT)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Simulated    2 points, 3 drivers, 2 h, seed 1\nRequests ")
    assert len(result.stdout.splitlines()) >= 6


def test_a_simulation_prints_one_line_of_json_the_same_for_the_same_seed() -> None:
    outputs = [evcharging(*SHORT, "--json", "--seed", seed).stdout for seed in ("7", "7", "8")]
    reports = [json.loads(output) for output in outputs]
    assert outputs[0] == outputs[1] != outputs[2]
    assert outputs[0].count("\n") == 1
    assert (reports[0]["points"], reports[0]["seed"]) == (2, 7)


def test_a_simulation_that_cannot_be_is_one_sentence() -> None:
    assert sentence(evcharging("simulate", "--hours", "0")).startswith(
        "--hours (SIMULATION_HOURS) is 0.0: Input should"
    )


# Shell completion


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed_for_each_shell(shell: str) -> None:
    result = evcharging(env={"_EVCHARGING_COMPLETE": f"{shell}_source"})
    assert result.exit_code == 0
    assert "_EVCHARGING_COMPLETE" in result.output


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("evcharging ", {"run", "simulate"}),
        ("evcharging run --sp", {"--speed"}),
        ("evcharging monitor --cp", {"--cp-id"}),
    ],
)
def test_completion_knows_programs_and_flags(words: str, found: set[str]) -> None:
    env = {"_EVCHARGING_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    assert found <= {line.partition(",")[2] for line in evcharging(env=env).output.splitlines()}


LIST = (
    "import sys; from evcharging.apps.shell.cli import main; main(['-h'], standalone_mode=False); print(*sys.modules)"
)
HEAVY = {"fastapi", "sqlalchemy", "confluent_kafka", "evcharging.apps.network.network"}


def test_listing_programs_loads_none_of_them() -> None:
    assert not HEAVY & set(python("-c", LIST).split())
