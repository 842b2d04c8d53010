"""Where the settings of a command line come from, and which of several holds."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evcharging.apps.shell.options import settings_command
from evcharging.common.config import GROUPS, ONE_OR_MANY, read
from evcharging.common.setting import Setting, flag_of, settings_of
from evcharging.common.settings import Settings
from evcharging.tests.stages.cli_stage import GROUP_OF, evcharging, sentence, taken_by

pytestmark = pytest.mark.usefixtures("alone")

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


CHOICES: dict[str, list[Any]] = {
    "building": ["16A"],
    "meters": ["SITE-1/main=http://10.0.0.7/meter"],
    "auth": ["auto", "on", "off"],
    "crash_at": ["COMMIT", "DONE:3"],
    "faults": [0.0, 0.2, 0.9],
    "hold_limit": [1.0, 50.0, 99.5],
    "kafka_security": ["plain", "sasl_ssl"],
    "log_format": ["text", "json"],
    "log_level": ["DEBUG", "INFO", "WARNING", "ERROR"],
    "payment_method": ["pm_card_visa", "pm_card_chargeDeclined"],
    "payments": ["simulated", "http://localhost:8010"],
    "proxies": ["127.0.0.1", "10.0.0.0/8, ::1"],
    "root_path": ["", "/charging"],
    "site_limit": ["32A", "150kW"],
    "strategy": ["equal", "edf"],
}


def values_for(setting: Setting) -> st.SearchStrategy[Any]:
    """Values that fit any setting of its kind."""
    if setting.field in CHOICES:
        return st.sampled_from(CHOICES[setting.field])
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
