"""`.env` as people write it: what can be read is read, what cannot be is one sentence, a wrong name is a warning."""

import logging
from pathlib import Path

import pytest

from evcharging.apps.shell.dotenv_file import LARGEST, dotenv_warnings
from evcharging.common.config import GROUPS, CentralSettings
from evcharging.common.setting import file_variable, settings_of
from evcharging.tests.stages.cli_stage import evcharging, sentence, taken_by

pytestmark = pytest.mark.usefixtures("alone")

PROGRAMS = ("run", "central", "engine", "monitor", "driver", "simulate", "prove", "audit")


def taken() -> CentralSettings:
    [settings] = taken_by(CentralSettings, [])
    assert isinstance(settings, CentralSettings)
    return settings


@pytest.mark.parametrize(
    "content",
    [
        b"CENTRAL_HTTP_PORT=1234",
        b"CENTRAL_HTTP_PORT=1234\n",
        b"CENTRAL_HTTP_PORT=1234\r\nCENTRAL_PARTITIONS=4\r\n",
        b"\xef\xbb\xbfCENTRAL_HTTP_PORT=1234\n",
        b"export CENTRAL_HTTP_PORT=1234\n",
        b"# first\n\n  CENTRAL_HTTP_PORT = 1234   # the dashboard\n",
        b'CENTRAL_HTTP_PORT="1234"\n',
        b"CENTRAL_HTTP_PORT='1234' # quoted\n",
        b"central_http_port=1234\n",
        b"OTHER=x\nCENTRAL_HTTP_PORT=1234\nANOTHER=\n",
        b"PORT=1234\nCENTRAL_HTTP_PORT=${PORT}\n",
        b"CENTRAL_HTTP_PORT=1\nCENTRAL_HTTP_PORT=1234\n",
        b"NOTE='two\nlines'\nCENTRAL_HTTP_PORT=1234\n",
    ],
)
def test_what_people_write_is_read_and_nothing_is_said_of_it(content: bytes) -> None:
    Path(".env").write_bytes(content)
    assert dotenv_warnings() == []
    assert taken().http_port == 1234


@pytest.mark.parametrize(
    ("content", "number"),
    [
        (b"CENTRAL_HTTP_PORT\n", 1),
        (b"CENTRAL_HTTP_PORT 8000\n", 1),
        (b"CENTRAL_HTTP_PORT: 8000\n", 1),
        (b"\n\n# a comment\n\nCENTRAL_HTTP_PORT", 5),
        (b"A=1\r\n\r\nthis is a note\r\nB=2\r\n", 3),
        (b"export\n", 1),
        (b"=8000\n", 1),
        (b"OTHER=1\nCENTRAL_HTTP_PORT='8000\n", 2),
        (b'CENTRAL_HTTP_PORT="80"00\n', 1),
        (b"CENTRAL HTTP_PORT=8000\n", 1),
        (b"<<<<<<< HEAD\nA=1\n", 1),
    ],
)
@pytest.mark.parametrize("program", ["run", "driver"])
def test_a_line_that_is_no_setting_is_refused_with_its_number(
    program: str, content: bytes, number: int, caplog: pytest.LogCaptureFixture
) -> None:
    Path(".env").write_bytes(content)
    with caplog.at_level(logging.DEBUG):
        result = evcharging(program)
    assert sentence(result).startswith(f".env, line {number}, cannot be read: write NAME=value, ")
    assert len(result.stderr.splitlines()) == 1
    assert caplog.records == []


def test_what_a_line_says_is_not_repeated_for_it_may_be_a_secret() -> None:
    Path(".env").write_text("CENTRAL_DB_URL postgresql://me:secret@host/x\n")
    assert "secret" not in evcharging("run").output


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_program_looks_at_the_file(program: str) -> None:
    Path(".env").write_text("a note\n")
    assert sentence(evcharging(program)).startswith(".env, line 1, cannot be read")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("CENTRAL_HTTP_PROT", "CENTRAL_HTTP_PORT"),
        ("central_htpp_port", "CENTRAL_HTTP_PORT"),
        ("CP_ENGINE_KWRATE", "CP_ENGINE_KW_RATE"),
        ("CP_MONITOR_CENTRALPORT", "CP_MONITOR_CENTRAL_PORT"),
        ("DRIVER_REQUEST_FILE", "DRIVER_REQUESTS_FILE"),
        ("NETWORK_POINT", "NETWORK_POINTS"),
        ("SIMULATION_SED", "SIMULATION_SEED"),
        ("PROOF_SEED", "PROOF_SEEDS"),
    ],
)
def test_a_name_that_is_nearly_a_setting_is_told_once_and_the_program_goes_on(name: str, meant: str) -> None:
    Path(".env").write_text(f"# mine\n{name}=1\nexport {name}=2\nSIMULATION_HOURS=0\n")
    result = evcharging("simulate")
    assert sentence(result).startswith("--hours (SIMULATION_HOURS) is '0': ")
    assert result.stderr.splitlines()[:-1] == [f"Warning: .env, line 2: {name} is not a setting: is {meant} meant?"]


def test_a_name_that_is_near_to_nothing_is_told_too() -> None:
    Path(".env").write_text("DRIVER_XYZZY_PLUGH=1\n")
    assert dotenv_warnings() == [".env, line 1: DRIVER_XYZZY_PLUGH is not a setting"]


def test_names_of_the_environment_and_names_of_others_are_not_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENTRAL_SERVICE_HOST", "10.0.0.1")
    Path(".env").write_text("POSTGRES_PASSWORD=x\nKAFKA_PORT=9092\nPATH_TO_CENTRAL_=1\n")
    assert dotenv_warnings() == []
    assert "Warning" not in evcharging("simulate", "--hours", "0").output


def test_no_setting_is_unknown() -> None:
    settings = [setting for group in GROUPS for setting in settings_of(group)]
    lines = [f"{setting.variable}=1\n" for setting in settings]
    lines += [f"{file_variable(setting)}=x\n" for setting in settings if setting.is_secret]
    Path(".env").write_text("".join(lines))
    assert dotenv_warnings() == []


@pytest.mark.parametrize(
    "content",
    [b"CENTRAL_HTTP_PORT=\xff\n", "CENTRAL_HTTP_PORT=1\n".encode("utf-16"), b"A=\0\n", b"\x7fELF\x02\x01\x01\0\0\0"],
    ids=["Latin-1", "UTF-16", "zero", "a program"],
)
def test_a_file_that_is_no_text_is_one_sentence(content: bytes) -> None:
    Path(".env").write_bytes(content)
    assert sentence(evcharging("run")) == "The file .env is not a text file in UTF-8"


def test_a_file_that_is_too_large_is_one_sentence() -> None:
    Path(".env").symlink_to("/dev/null")
    assert dotenv_warnings() == []
    Path(".env").unlink()
    Path(".env").write_bytes(b"#" * (LARGEST + 1))
    assert sentence(evcharging("run")).startswith(f"The file .env is larger than {LARGEST} bytes: ")


def test_a_file_that_cannot_be_read_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    Path(".env").touch()
    monkeypatch.setattr(Path, "open", refuse)
    assert sentence(evcharging("run")) == "Cannot read the file .env: permission denied"


def test_a_folder_of_that_name_is_none_of_ours() -> None:
    Path(".env").mkdir()
    assert dotenv_warnings() == []
    assert taken().http_port == 8000
