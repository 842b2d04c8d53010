"""Alert rules and dashboards are as they are declared, and speak of metrics that there are. What a real Prometheus
makes of them is tested in tests/monitoring."""

import json
import re
from itertools import combinations

import pytest
import yaml

from evcharging.adapters.metrics import Kind
from evcharging.apps.shell.metrics import METRICS
from evcharging.tests.places import ROOT
from evcharging.tests.stages.docker_files import compose
from tools.monitoring.alerts import ALERTS
from tools.monitoring.boards import BOARDS, Board
from tools.monitoring.files import FOLDER, RULES, drifted
from tools.monitoring.grafana import SOURCE, WIDTH, dashboard

EXPRESSIONS = [query.expression for board in BOARDS for row in board.rows for panel in row for query in panel.queries]
DECLARED = {
    name
    for metric in METRICS
    for name in (
        [f"{metric.name}_{part}" for part in ("bucket", "sum", "count")]
        if metric.kind is Kind.HISTOGRAM
        else [metric.name]
    )
}


def test_the_files_are_as_they_are_declared() -> None:
    assert drifted() == [], "python -m tools.monitoring.files --write"


def test_every_expression_is_about_metrics_that_are_declared() -> None:
    said = " ".join([*EXPRESSIONS, *(alert.value for alert in ALERTS)])
    assert set(re.findall(r"evcharging_\w+", said)) - DECLARED == set()


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_panels_fill_the_grid_without_covering_one_another(board: Board) -> None:
    panels = dashboard(board)["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        for at in (panel["gridPos"] for panel in panels)
    ]
    assert all(not one & other for one, other in combinations(cells, 2))
    assert all(x < WIDTH for each in cells for x, _ in each)
    assert all(sum(WIDTH // len(row) for _ in row) == WIDTH for row in board.rows)


def test_every_alert_says_what_is_wrong_and_what_to_do() -> None:
    assert len({alert.name for alert in ALERTS}) == len(ALERTS)
    for alert in ALERTS:
        assert alert.remedy.endswith("."), alert.name
        assert alert.broken != alert.well, alert.name


def test_what_is_provisioned_is_what_the_containers_find() -> None:
    services = compose()["services"]
    sources = yaml.safe_load((FOLDER / "grafana/provisioning/datasources/prometheus.yml").read_text("utf-8"))
    [source] = sources["datasources"]
    assert {"type": source["type"], "uid": source["uid"]} == SOURCE
    assert source["url"] == "http://prometheus:9090"
    [provider] = yaml.safe_load((FOLDER / "grafana/provisioning/dashboards/evcharging.yml").read_text("utf-8"))[
        "providers"
    ]
    home = services["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home == f"{provider['options']['path']}/{BOARDS[0].uid}.json"
    for volume in (*services["grafana"]["volumes"], *services["prometheus"]["volumes"][:1]):
        assert (ROOT / "docker" / volume.split(":")[0]).is_dir(), volume
    gathered = yaml.safe_load((FOLDER / "prometheus.yml").read_text("utf-8"))
    assert gathered["rule_files"] == [RULES]
    [job] = gathered["scrape_configs"]
    programs = {name for name, service in services.items() if "build" in service} - {"ev-driver"}
    assert set(job["static_configs"][0]["targets"]) == {f"{name}:8000" for name in programs}
    for file in FOLDER.glob("grafana/dashboards/*.json"):
        assert json.loads(file.read_text("utf-8"))["uid"] == file.stem
