"""Dashboards as Grafana reads them. They are checked here as far as that goes without Grafana."""

from collections.abc import Iterator
from typing import Any, Final

from tools.monitoring.boards import Board, Panel, Query

WIDTH: Final = 24
"""Columns of Grafana's grid."""
HEIGHTS: Final = {"stat": 4, "timeseries": 8}
SOURCE: Final = {"type": "prometheus", "uid": "evcharging"}
"""The data source that docker/monitoring/grafana provisions."""


def dashboard(board: Board) -> dict[str, Any]:
    """The JSON model of a dashboard."""
    return {
        "uid": board.uid,
        "title": board.title,
        "tags": ["evcharging"],
        "schemaVersion": 39,
        "editable": True,
        "timezone": "browser",
        "refresh": "10s",
        "time": {"from": "now-1h", "to": "now"},
        "templating": {"list": []},
        "panels": list(_panels(board)),
    }


def _panels(board: Board) -> Iterator[dict[str, Any]]:
    number, top = 0, 0
    for row in board.rows:
        height = max(HEIGHTS[panel.kind] for panel in row)
        width = WIDTH // len(row)
        for place, panel in enumerate(row):
            number += 1
            yield _panel(number, panel, {"x": place * width, "y": top, "w": width, "h": height})
        top += height


def _panel(number: int, panel: Panel, place: dict[str, int]) -> dict[str, Any]:
    custom: dict[str, Any] = {"fillOpacity": 10, "showPoints": "never"}
    if panel.stacked:
        custom |= {"stacking": {"mode": "normal", "group": "A"}, "fillOpacity": 60}
    defaults: dict[str, Any] = {"unit": panel.unit, "min": 0}
    if panel.kind == "timeseries":
        defaults["custom"] = custom
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "datasource": SOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": _options(panel),
        "targets": [_target(letter, query) for letter, query in zip("ABCDEF", panel.queries, strict=False)],
    }


def _options(panel: Panel) -> dict[str, Any]:
    if panel.kind == "stat":
        return {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "graphMode": "area"}
    return {"legend": {"displayMode": "list", "placement": "bottom"}, "tooltip": {"mode": "multi", "sort": "desc"}}


def _target(letter: str, query: Query) -> dict[str, Any]:
    return {"refId": letter, "datasource": SOURCE, "expr": query.expression, "legendFormat": query.legend or "__auto"}
