"""`.env.example` and `docs/settings.md` say what the one declaration of the settings says."""

import shutil
from contextlib import chdir
from pathlib import Path

import pytest

from evcharging.apps.network.drivers import named_requests
from evcharging.common.config import GROUPS, DriverSettings, read
from evcharging.common.setting import settings_of
from tools.docs import settings_docs
from tools.docs.settings_docs import COMMANDS, ENV_EXAMPLE, PAGE, env_example, main, settings_page

PROMISED = """
CENTRAL_KAFKA_BOOTSTRAP=localhost:9092
CENTRAL_HTTP_PORT=8000
CENTRAL_LISTEN_PORT=9999
CP_ENGINE_KW_RATE=22.0
CP_ENGINE_EURO_RATE=0.3
CP_ENGINE_TELEMETRY_INTERVAL=1.0
CP_ENGINE_HEALTH_PORT=8001
CP_MONITOR_CENTRAL_HOST=localhost
CP_MONITOR_CENTRAL_PORT=8000
CP_MONITOR_HEALTH_INTERVAL=1.0
DRIVER_REQUEST_INTERVAL=4.0
CENTRAL_LOG_LEVEL=INFO
CP_ENGINE_LOG_LEVEL=INFO
CP_MONITOR_LOG_LEVEL=INFO
DRIVER_LOG_LEVEL=INFO
"""


def test_both_files_are_as_the_settings_say() -> None:
    assert ENV_EXAMPLE.read_text(encoding="utf-8") == env_example()
    assert PAGE.read_text(encoding="utf-8") == settings_page()


def test_the_specified_settings_have_their_specified_defaults() -> None:
    lines = env_example().splitlines()
    assert set(PROMISED.split()) <= set(lines)
    assert any(line.startswith("CENTRAL_DB_URL=sqlite:///") for line in lines)
    assert {"CP_ENGINE_CP_ID", "CP_MONITOR_CP_ID", "DRIVER_DRIVER_ID"} <= {line.partition("=")[0] for line in lines}


def test_a_copy_of_the_example_names_no_requests_file() -> None:
    assert "# DRIVER_REQUESTS_FILE=requests.txt" in env_example().splitlines()


def test_every_setting_of_every_program_is_in_both_files_with_its_description() -> None:
    assert set(COMMANDS) == set(GROUPS)
    example, page = env_example(), settings_page()
    for group in GROUPS:
        for setting in settings_of(group):
            assert setting.description
            if setting.hidden:
                assert setting.variable not in example + page
                continue
            assert f"\n# {setting.description}\n" in example
            assert f"{setting.variable}=" in example
            assert f"| `{setting.variable}` | `{setting.flag}`" in page


def test_a_copy_of_the_example_changes_nothing(tmp_path: Path) -> None:
    shutil.copy(ENV_EXAMPLE, tmp_path / ".env")
    with chdir(tmp_path), pytest.MonkeyPatch.context() as patch:
        for group in GROUPS:
            for setting in settings_of(group):
                patch.delenv(setting.variable, raising=False)
            assert read(group, {}).model_dump() == {each.field: each.default for each in settings_of(group)}
        assert named_requests(read(DriverSettings, {})) is None


def test_the_generator_writes_both_files_and_the_check_passes_only_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings_docs, "ENV_EXAMPLE", tmp_path / ".env.example")
    monkeypatch.setattr(settings_docs, "PAGE", tmp_path / "settings.md")
    with pytest.raises(SystemExit, match=r"^.env.example is not as the settings say: run"):
        main(["--check"])
    main([])
    main(["--check"])
    (tmp_path / "settings.md").write_text(settings_page() + "?", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"^settings.md is not as the settings say: run"):
        main(["--check"])
    main([])
    assert (tmp_path / ".env.example").read_text(encoding="utf-8") == env_example()
