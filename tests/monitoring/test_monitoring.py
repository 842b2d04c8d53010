"""A real Prometheus takes the configuration and the rules, and every expression of a rule or a panel answers with data
while a network runs."""

import math
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.programs.network_process import SOON
from tools.monitoring.alerts import ALERTS
from tools.monitoring.boards import BOARDS
from tools.monitoring.files import FOLDER, RULE_TESTS, RULES
from tools.monitoring.prometheus import Prometheus, promtool, running

WITHIN = 90.0
PANELS = [
    pytest.param(query.expression, id=f"{board.title}: {panel.title} {query.legend}".strip())
    for board in BOARDS
    for row in board.rows
    for panel in row
    for query in panel.queries
]
MEASURED = [pytest.param(alert.value, id=alert.name) for alert in ALERTS]
NETWORK = ["--points", "6", "--drivers", "4", "--speed", "10", "--http-port", "0", "--listen-port", "0"]


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a network in one process tells its numbers."""
    folder = tmp_path_factory.mktemp("network")
    command = [sys.executable, "-m", "evcharging.apps.shell.cli", "run", *NETWORK]
    log = folder / "log"
    with log.open("w") as said, subprocess.Popen(command, cwd=folder, stdout=said, stderr=said) as process:
        try:
            yield _address_in(log, process)
        finally:
            process.terminate()


def _address_in(log: Path, process: subprocess.Popen[bytes]) -> str:
    end = time.monotonic() + SOON
    while not (found := re.search(r"http://(localhost:\d+)", log.read_text())):
        assert time.monotonic() < end and process.poll() is None, log.read_text()
        time.sleep(0.1)
    return found[1]


@pytest.fixture(scope="module")
def prometheus(target: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """The configuration of the compose file's Prometheus, which gathers this network's numbers instead."""
    configuration = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    configuration["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    configuration["rule_files"] = [str(FOLDER / RULES)]
    configuration["scrape_configs"][0]["static_configs"] = [{"targets": [target]}]
    with running(tmp_path_factory.mktemp("prometheus"), configuration) as prometheus:
        yield prometheus


def test_prometheus_takes_the_configuration_and_its_rules() -> None:
    assert "SUCCESS" in promtool("check", "config", "prometheus.yml", cwd=FOLDER)
    assert f"{len(ALERTS)} rules found" in promtool("check", "rules", RULES, cwd=FOLDER)


def test_each_rule_fires_by_what_is_broken_and_not_by_what_is_well() -> None:
    assert "SUCCESS" in promtool("test", "rules", RULE_TESTS, cwd=FOLDER)


@pytest.mark.parametrize("expression", [*PANELS, *MEASURED])
def test_each_expression_answers_with_data(prometheus: Prometheus, expression: str) -> None:
    end = time.monotonic() + WITHIN
    values: list[float] = []
    # What a part of the network never does, such as commits of monitors, is no number.
    while all(map(math.isnan, values)):
        assert time.monotonic() < end, f"{expression} answers {values}"
        values = prometheus.values(expression)
        time.sleep(0.2)


def test_every_rule_is_evaluated_and_none_fires_while_all_is_well(prometheus: Prometheus) -> None:
    def rules() -> dict[str, tuple[str, str]]:
        (group,) = prometheus.ask("rules")["groups"]
        return {rule["name"]: (rule["health"], rule["state"]) for rule in group["rules"]}

    end = time.monotonic() + WITHIN
    while any(health == "unknown" for health, _ in rules().values()):
        assert time.monotonic() < end, rules()
        time.sleep(0.2)
    assert rules() == {alert.name: ("ok", "inactive") for alert in ALERTS}
