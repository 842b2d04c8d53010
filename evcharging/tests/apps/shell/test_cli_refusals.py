"""What a command line cannot be, or cannot do here, is one sentence."""

import asyncio
import socket
from contextlib import closing
from functools import partial
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evcharging.adapters.store import Fenced, StoreUnavailable
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.tcp import CannotListen
from evcharging.apps.shell.journals import default_journal
from evcharging.apps.shell.options import settings_command
from evcharging.apps.shell.program import CannotStart, run_program
from evcharging.common.config import GROUPS
from evcharging.common.setting import settings_of
from evcharging.common.settings import Settings
from evcharging.tests.stages.cli_stage import evcharging, sentence
from evcharging.tests.stages.tcp_stage import HOST, free_port

pytestmark = pytest.mark.usefixtures("alone")


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
        (
            b"",
            "requests.txt names no charging point: write one ID a line, such as CP-001, or @SITE-1 for any of a site",
        ),
        (b"\xff\xfe", "requests.txt is not a text file in UTF-8"),
        (b"CP-001\nCP 002\n", "requests.txt, line 2: 'CP 002' is no charging point ID; an ID is 1 to 64 of"),
    ],
    ids=["empty", "not UTF-8", "bad line"],
)
@pytest.mark.parametrize("program", ["run", "driver"])
def test_a_requests_file_that_cannot_be_used_is_one_sentence(program: str, content: bytes, said: str) -> None:
    Path("requests.txt").write_bytes(content)
    start = run if program == "run" else partial(evcharging, program)
    assert sentence(start("--requests-file", "requests.txt")).startswith(said)


def test_an_engine_whose_journal_is_held_says_so_before_it_looks_for_kafka() -> None:
    with closing(JournalStore("data/CP-007.journal")):
        assert "data/CP-007.journal is in use by another process" in sentence(
            evcharging("engine", "--cp-id", "CP-007", "--health-port", "0")
        )


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
        "Shard 3 is in run 2, not 1", ["3"]
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
