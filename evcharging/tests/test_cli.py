"""Command lines as users meet them: help, settings and where they come from, one sentence for what cannot be."""

import asyncio
import json
import re
import socket
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Iterator
from contextlib import chdir, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, get_args

import click
import pytest
import structlog
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evcharging.adapters.store import Fenced, StoreUnavailable
from evcharging.adapters.store.journal import JournalStore
from evcharging.adapters.tcp import CannotListen
from evcharging.apps import cli
from evcharging.apps.cli import PROGRAMS
from evcharging.apps.journals import default_journal
from evcharging.apps.options import settings_command
from evcharging.apps.program import CannotStart, run_program
from evcharging.common.config import GROUPS, ONE_OR_MANY, Setting, Settings, flag_of, read, settings_of
from evcharging.tests.tcp_stage import HOST, free_port

MAINS = {
    "central": "evcharging.apps.ev_central.main",
    "engine": "evcharging.apps.ev_cp_e.main",
    "monitor": "evcharging.apps.ev_cp_m.main",
    "driver": "evcharging.apps.ev_driver.main",
}
GROUP_OF = {"central": 0, "engine": 1, "monitor": 2, "driver": 3, "run": 4, "simulate": 5, "prove": 6}


@pytest.fixture(autouse=True)
def alone(tmp_path: Path) -> Iterator[None]:
    """No setting from outside: an empty folder, an empty environment; and the log as it was."""
    with chdir(tmp_path), pytest.MonkeyPatch.context() as patch:
        for group in GROUPS:
            for setting in settings_of(group):
                patch.delenv(setting.variable, raising=False)
        yield
    structlog.reset_defaults()


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


# Help


def test_the_help_lists_every_program_in_the_order_of_use_with_examples() -> None:
    result = evcharging("--help")
    assert result.exit_code == 0
    listed = re.findall(r"^  ([\w-]+) +\S", result.output.partition("Commands:")[2], re.MULTILINE)
    assert listed == ["run", "central", "engine", "monitor", "driver", "audit", "move-ledger", "simulate", "prove"]
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
        assert f"{setting.flag} " in text or f"{setting.flag} /" in text
        assert f"[{setting.variable}" in text or f", {setting.variable}" in text
        assert setting.description in text


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


SPECIFIED = {
    "central": "--kafka-bootstrap localhost:9092 --http-port 8000 --listen-port 9999",
    "engine": "--kafka-bootstrap localhost:9092 --cp-id CP-001 --health-port 8001",
    "monitor": "--cp-id CP-001 --cp-e-host localhost --cp-e-port 8001 --central-host localhost --central-port 8000",
    "driver": "--driver-id driver-alice --kafka-bootstrap localhost:9092 --requests-file requests.txt",
}


@pytest.mark.parametrize("program", SPECIFIED)
def test_the_specified_flags_are_taken_with_their_specified_values(program: str) -> None:
    group = GROUPS[GROUP_OF[program]]
    [taken] = taken_by(group, SPECIFIED[program].split())
    assert taken == read(group, {})


# Where settings come from


def taken_by(group: type[Settings], arguments: list[str]) -> list[Settings]:
    """What a program with these settings is given, for these arguments."""
    taken: list[Settings] = []
    command = settings_command("program", group)(taken.append)
    command.main(arguments, standalone_mode=False)
    return taken


def values_for(setting: Setting) -> st.SearchStrategy[Any]:
    """Values that fit any setting of its kind."""
    if setting.field == "log_level":
        return st.sampled_from(["DEBUG", "INFO", "WARNING", "ERROR"])
    if setting.field == "log_format":
        return st.sampled_from(["text", "json"])
    if setting.field == "crash_at":
        return st.sampled_from(["COMMIT", "DONE:3"])
    kinds: dict[Any, st.SearchStrategy[Any]] = {
        bool: st.booleans(),
        int: st.integers(1, 1000),
        float: st.floats(0.5, 100),
        str: st.from_regex(r"[A-Za-z0-9]{1,20}", fullmatch=True),
    }
    return kinds[scalar_of(setting.kind)]


def scalar_of(kind: Any) -> Any:
    """The plain type within an annotation."""
    if kind in (bool, int, float, str):
        return kind
    return next(found for each in get_args(kind) if (found := scalar_of(each)))


def arguments_for(setting: Setting, value: Any) -> list[str]:
    if isinstance(value, bool):
        return [setting.flag if value else "--no-" + setting.flag.removeprefix("--")]
    return [setting.flag, str(value)]


@contextmanager
def outside(environment: dict[str, Any], dotenv: dict[str, Any]) -> Iterator[None]:
    """An environment and a `.env` with these variables."""
    Path(".env").write_text("".join(f"{name}={value}\n" for name, value in dotenv.items()), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, str(value))
        yield


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_flag_beats_the_environment_which_beats_dotenv_which_beats_the_default(data: st.DataObject) -> None:
    group = data.draw(st.sampled_from(GROUPS))
    wanted: dict[str, Any] = {}
    arguments: list[str] = []
    environment: dict[str, Any] = {}
    dotenv: dict[str, Any] = {}
    for setting in settings_of(group):
        if setting.field in COUNTS:
            continue
        flag, variable, line = (data.draw(st.none() | values_for(setting)) for _ in range(3))
        wanted[setting.field] = next((each for each in (flag, variable, line) if each is not None), setting.default)
        if flag is not None:
            arguments += arguments_for(setting, flag)
        if variable is not None:
            environment[setting.variable] = variable
        if line is not None:
            dotenv[setting.variable] = line
    with outside(environment, dotenv):
        [taken] = taken_by(group, arguments)
    assert taken.model_dump(exclude=COUNTS) == wanted


COUNTS = {"cp_count", "driver_count"}


@pytest.mark.parametrize("group", [GROUPS[1], GROUPS[2], GROUPS[3]], ids=lambda group: str(group.__name__))
def test_a_count_makes_many_of_one_unless_a_flag_names_one(group: type[Settings]) -> None:
    one, many = next(pair for pair in ONE_OR_MANY if pair[0] in group.model_fields)
    for arguments, dotenv, count in (
        ([], {}, None),
        ([flag_of(many), "3"], {one: "X"}, 3),
        ([], {one: "X", many: 3}, 3),
        ([flag_of(one), "X"], {many: 3}, None),
    ):
        prefix = group.model_config.get("env_prefix", "")
        with outside({}, {prefix + field.upper(): value for field, value in dotenv.items()}):
            [taken] = taken_by(group, arguments)
        assert getattr(taken, many) == count


@pytest.mark.parametrize("program", ["engine", "monitor", "driver"])
def test_one_and_many_at_once_is_one_sentence(program: str) -> None:
    one, many = ("--driver-id", "--driver-count") if program == "driver" else ("--cp-id", "--cp-count")
    found = sentence(evcharging(program, one, "X", many, "3"))
    assert found == f"{one} is for one, {many} for many: give only one of these two flags"


@pytest.mark.parametrize("prefix", ["-", "a b", "x" * 60, "ü", "/"])
def test_a_prefix_that_no_id_may_begin_with_is_one_sentence(prefix: str) -> None:
    assert "a prefix is at most 59 of the characters" in sentence(evcharging("engine", f"--cp-prefix={prefix}"))


def test_a_flag_that_programs_share_is_given_to_each_of_them() -> None:
    taken: list[tuple[Settings, ...]] = []
    groups = GROUPS[:4]
    command = settings_command("all", *groups)(lambda *settings: taken.append(settings))
    command.main(["--log-level", "ERROR", "--kafka-bootstrap", "there:1"], standalone_mode=False)
    dumped = [each.model_dump() for each in taken[0]]
    assert [each["log_level"] for each in dumped] == ["ERROR"] * 4
    assert [each.get("kafka_bootstrap") for each in dumped] == ["there:1", "there:1", None, "there:1"]


# What cannot be


def capture(group: type[Settings]) -> click.Command:
    return settings_command("program", group)(lambda settings: None)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_no_value_whatever_is_a_stack_trace(data: st.DataObject, value: str) -> None:
    group = data.draw(st.sampled_from(GROUPS))
    setting = data.draw(st.sampled_from(list(settings_of(group))))
    from_flag = CliRunner().invoke(capture(group), [setting.flag, value])
    from_environment = CliRunner().invoke(capture(group), env={setting.variable: value})
    for result in (from_flag, from_environment):
        assert result.exception is None or isinstance(result.exception, SystemExit)
        assert result.exit_code in (0, 1, 2)


BAD_VALUES = [
    (["--http-port", "99999"], "--http-port (CENTRAL_HTTP_PORT) is 99999: Input should be less than or equal to 65535"),
    (["--points", "-1"], "--points (NETWORK_POINTS) is -1: Input should be greater than or equal to 1"),
    (["--speed", "nan"], "--speed (NETWORK_SPEED) is nan: Input should be less than or equal to 100"),
    (["--kw-rate", "inf"], "--kw-rate (CP_ENGINE_KW_RATE) is inf: Input should be less than or equal to 1000"),
    (["--euro-rate", "-0.01"], "--euro-rate (CP_ENGINE_EURO_RATE) is -0.01: Input should be greater than or equal to"),
    (["--log-level", "LOUD"], "--log-level (CENTRAL_LOG_LEVEL) is 'LOUD': "),
    (["--log-format", "xml"], "--log-format (CENTRAL_LOG_FORMAT) is 'xml': "),
    (["--db-url", "nonsense"], "The database's address is not a URL; write one such as sqlite:///data/central.db or"),
    (["--db-url", "mysql://me:secret@h/x"], "A database of the kind mysql is not supported; write sqlite:///"),
    (["--db-url", "sqlite://"], "A database in memory does not last; give a file, such as sqlite:///data/central.db"),
    (["--db-url", "sqlite:////proc/x/y.db"], "Cannot make the folder /proc/x for the database ("),
    (["--journal", "/proc/x/y"], "Cannot open the journal /proc/x/y ("),
    (["--requests-file", "nowhere.txt"], "Cannot read the requests file nowhere.txt: no such file or directory"),
    (["--http-host", "no such host"], "Cannot listen on no such host:0: "),
    (["--listen-host", "no such host"], "Cannot listen on no such host:0: "),
]


def run(*arguments: str) -> Result:
    """The network, on ports of the system's choice; it must not get to run."""
    Path("requests.txt").write_text("CP-001\n")
    return evcharging("run", "--http-port", "0", "--listen-port", "0", "--points", "1", *arguments)


@pytest.mark.parametrize(
    ("arguments", "said"), BAD_VALUES, ids=lambda each: " ".join(each) if type(each) is list else ""
)
def test_a_value_that_cannot_be_is_one_sentence(arguments: list[str], said: str) -> None:
    found = sentence(run(*arguments))
    assert found.startswith(said)
    assert "secret" not in found


@pytest.mark.parametrize("arguments", [["--points", "many"], ["--nope"], ["more"], ["--points"], ["--manual=maybe"]])
def test_a_command_line_that_cannot_be_read_is_one_sentence(arguments: list[str]) -> None:
    assert len(sentence(run(*arguments), 2)) < 120


def test_a_program_that_is_not_known_is_said_so() -> None:
    assert sentence(evcharging("fly"), 2).startswith("No such command 'fly'")


@pytest.mark.parametrize("value", ["abc", "70000", "-1", "8000.5"])
def test_a_bad_variable_is_named(value: str) -> None:
    for env, dotenv in (({"CENTRAL_HTTP_PORT": value}, ""), ({}, f"CENTRAL_HTTP_PORT={value}\n")):
        Path(".env").write_text(dotenv)
        found = sentence(evcharging("run", env=env))
        assert found.startswith(f"--http-port (CENTRAL_HTTP_PORT) is '{value}': Input should be ")


def test_a_dotenv_that_is_no_text_is_one_sentence() -> None:
    Path(".env").write_bytes(b"CENTRAL_HTTP_PORT=\xff\n")
    assert sentence(evcharging("run")) == "The file .env is not a text file in UTF-8"


@pytest.mark.parametrize("flag", ["--http-port", "--listen-port"])
def test_a_port_that_is_taken_is_named_with_what_to_do(flag: str) -> None:
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
        assert sentence(run(flag, str(port))).startswith(f"Port {port} is already in use: ")


def test_a_journal_that_another_process_holds_is_named_with_what_to_do() -> None:
    journal = JournalStore("data/engines.journal")
    try:
        assert sentence(run()).endswith(
            "engines.journal is in use by another process: stop that one or give this one its own"
        )
    finally:
        journal.close()


def test_a_journal_that_is_none_is_named() -> None:
    Path("notes.txt").write_text("dear diary\n")
    assert sentence(run("--journal", "notes.txt")).endswith(
        "notes.txt is not a journal of this program: give another path"
    )


def test_a_database_that_is_none_is_named() -> None:
    Path("notes.txt").write_text("dear diary\n" * 100)
    assert sentence(run("--db-url", "sqlite:///notes.txt")) == (
        "Cannot use the database notes.txt (file is not a database): move this file away or give another path"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "requests.txt names no charging point: write one ID a line, such as CP-001"),
        (b"\xff\xfe", "requests.txt is not a text file in UTF-8"),
        (b"CP-001\nCP 002\n", "requests.txt, line 2: 'CP 002' is no charging point ID; an ID is 1 to 64 of"),
    ],
    ids=["empty", "not UTF-8", "bad line"],
)
@pytest.mark.parametrize("program", ["run", "driver"])
def test_a_requests_file_that_cannot_be_used_is_one_sentence(program: str, content: bytes, said: str) -> None:
    Path("requests.txt").write_bytes(content)
    assert sentence(evcharging(program)).startswith(said)


def test_an_engine_whose_journal_is_held_says_so_before_it_looks_for_kafka() -> None:
    with closing(JournalStore("data/CP-007.journal")):
        assert "data/CP-007.journal is in use by another process" in sentence(evcharging("engine", "--cp-id", "CP-007"))


@pytest.mark.parametrize("identity", ["CP-001", "a..b", "a@b", "9", "x" * 64])
def test_each_point_has_a_journal_of_its_own_in_the_folder_for_data(identity: str) -> None:
    assert default_journal(identity) == Path("data") / f"{identity}.journal"


def test_a_colon_which_some_file_systems_do_not_take_is_another_sign_in_a_journals_name() -> None:
    assert default_journal("site:1") == Path("data/site=1.journal")


@pytest.mark.parametrize("host", [HOST, "no such host", "a\nb", "::1"])
def test_listing_free_points_without_central_is_one_sentence(host: str) -> None:
    with socket.socket() as nobody:
        nobody.bind((HOST, 0))
        port = nobody.getsockname()[1]
        found = sentence(evcharging("driver", "--free", "--central-host", host, "--central-port", str(port)))
    assert found.startswith(("Cannot reach Central at ", f"--central-host (DRIVER_CENTRAL_HOST) is {host!r}: "))


def test_several_centrals_of_which_none_answers_are_one_sentence() -> None:
    with free_port() as one, free_port() as other:
        found = sentence(evcharging("driver", "--free", "--central-host", f"{HOST}:{one},{HOST}:{other}"))
    assert found == f"Cannot reach Central at {HOST}:{one} or {HOST}:{other}"


REASONS = {
    CannotStart("There is no broker"): "There is no broker",
    CannotListen("Cannot listen on x:1: no"): "Cannot listen on x:1: no",
    StoreUnavailable("The disk is full"): "The disk is full",
    Fenced(
        "Shard 3 is in run 2, not 1"
    ): "Another process has taken over, so this one ends: Shard 3 is in run 2, not 1",
    ValueError("That is no value"): "That is no value",
}


@pytest.mark.parametrize(("reason", "said"), REASONS.items(), ids=repr)
def test_why_a_program_ends_is_one_sentence_however_deep_it_happened(reason: Exception, said: str) -> None:
    async def main(stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(inner(stop))
            await stop.wait()

    async def inner(stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup():
            raise reason

    command = click.Command("program", callback=partial(run_program, main))
    assert sentence(CliRunner().invoke(command)) == said


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


LIST = "import sys; from evcharging.apps.cli import main; main(['-h'], standalone_mode=False); print(*sys.modules)"


def test_listing_programs_loads_none_of_them() -> None:
    assert not {"fastapi", "sqlalchemy", "confluent_kafka", "evcharging.apps.network"} & set(python("-c", LIST).split())
