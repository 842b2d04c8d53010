"""Secrets that stand in files of their own, and secrets that nobody is shown."""

from pathlib import Path
from typing import Any

import pytest

from evcharging.common.config import GROUPS, read
from evcharging.common.setting import Setting, file_variable, settings_of
from evcharging.common.settings import Settings
from evcharging.tests.stages.cli_stage import GROUP_OF, evcharging, sentence, taken_by

pytestmark = pytest.mark.usefixtures("alone")

SECRETS = [(group, setting) for group in GROUPS for setting in settings_of(group) if setting.is_secret]
WORD = "zxcv-4711-qwer"
COMMANDS = ("run", *GROUP_OF)

each_secret = pytest.mark.parametrize(("group", "setting"), SECRETS, ids=[setting.variable for _, setting in SECRETS])


def taken(group: type[Settings], setting: Setting, *arguments: str) -> Any:
    [settings] = taken_by(group, list(arguments))
    return getattr(settings, setting.field)


def written(text: str | bytes, name: str = "secret.txt") -> str:
    Path(name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def test_these_are_secrets() -> None:
    assert {setting.variable for _, setting in SECRETS} >= {
        "CENTRAL_DB_URL",
        "CENTRAL_KAFKA_PASSWORD",
        "CP_ENGINE_KAFKA_PASSWORD",
        "CP_MONITOR_ENROL",
        "DRIVER_KAFKA_PASSWORD",
    }


@each_secret
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_secret_may_stand_in_a_file_that_the_environment_names(
    group: type[Settings], setting: Setting, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(file_variable(setting), written(WORD + end))
    assert taken(group, setting) == WORD


@each_secret
def test_or_that_dotenv_names(group: type[Settings], setting: Setting) -> None:
    Path(".env").write_text(f"{file_variable(setting).lower()}={written(WORD)}\n")
    assert taken(group, setting) == WORD


@each_secret
def test_a_flag_beats_a_file(group: type[Settings], setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(file_variable(setting), "there is no such file")
    assert taken(group, setting, setting.flag, WORD) == WORD


@each_secret
def test_the_environment_beats_dotenv_for_files_too(
    group: type[Settings], setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(".env").write_text(f"{setting.variable}=other\n")
    monkeypatch.setenv(file_variable(setting), written(WORD))
    assert taken(group, setting) == WORD
    monkeypatch.delenv(file_variable(setting))
    Path(".env").write_text(f"{file_variable(setting)}=no such file\n")
    monkeypatch.setenv(setting.variable, WORD)
    assert taken(group, setting) == WORD


@each_secret
def test_both_at_once_is_one_sentence(group: type[Settings], setting: Setting, monkeypatch: pytest.MonkeyPatch) -> None:
    program = next(name for name, number in GROUP_OF.items() if GROUPS[number] is group)
    monkeypatch.setenv(setting.variable, WORD)
    monkeypatch.setenv(file_variable(setting), written(WORD))
    said = sentence(evcharging(program))
    assert said == (
        f"{setting.variable} and {file_variable(setting)} are both set: give the secret, or the file with it"
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "which cannot be read: no such file or directory"),
        (b"", "which should hold one line and nothing else"),
        (b"\n", "which should hold one line and nothing else"),
        (f"{WORD}\n{WORD}\n".encode(), "which should hold one line and nothing else"),
        (f"{WORD}\0".encode(), "which should hold one line and nothing else"),
        (WORD.encode() * 10_000, "which should hold one line and nothing else"),
        (b"\xff" + WORD.encode(), "which cannot be read: it is not a text in UTF-8"),
    ],
    ids=["none", "empty", "an empty line", "two lines", "zero", "long", "Latin-1"],
)
def test_a_file_that_holds_no_secret_is_one_sentence_without_what_it_holds(
    content: bytes | None, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRIVER_KAFKA_PASSWORD_FILE", "mine.txt" if content is None else written(content, "mine.txt"))
    result = evcharging("driver")
    assert sentence(result) == f"DRIVER_KAFKA_PASSWORD_FILE names the file mine.txt, {why}"
    assert WORD not in result.output


@each_secret
def test_a_secret_is_shown_by_no_settings(group: type[Settings], setting: Setting) -> None:
    settings = read(group, {setting.field: WORD})
    assert getattr(settings, setting.field) == WORD
    assert WORD not in f"{settings!r} {settings}"


@pytest.mark.parametrize("program", COMMANDS)
def test_no_help_shows_a_secret_of_the_environment(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for _, setting in SECRETS:
        monkeypatch.setenv(setting.variable, WORD)
    result = evcharging(program, "--help")
    assert result.exit_code == 0
    assert WORD not in result.output


@pytest.mark.parametrize(
    "url", [f"mysql://me:{WORD}@there/x", f"postgresql://me:{WORD}@there:port/x", f"{WORD}", f"sqlite://me:{WORD}@x/y"]
)
def test_a_database_that_cannot_be_is_one_sentence_without_its_password(url: str) -> None:
    result = evcharging("audit", "--db-url", url)
    assert sentence(result, 2)
    assert WORD not in result.output
