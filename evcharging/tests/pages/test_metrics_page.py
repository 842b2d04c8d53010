"""The page about metrics: its questions and example ask for what there is."""

import re
from collections.abc import Callable
from typing import Any

import yaml

from evcharging.apps.shell.metrics import METRICS
from evcharging.common.config import CentralSettings
from tools.docs.metric_docs import PAGE


def yaml_of(holds: Callable[[Any], bool]) -> Any:
    """The block of the page that holds this."""
    blocks = re.findall(r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return next(block for block in map(yaml.safe_load, blocks) if holds(block))


def names_in(expression: str) -> set[str]:
    """The families that an expression asks for."""
    found = re.findall(r"evcharging_[a-z_]+", expression)
    return {re.sub(r"_(bucket|count|sum)$", "", name) for name in found}


def test_the_questions_of_the_page_ask_for_metrics_that_there_are() -> None:
    [block] = re.findall(r"^```promql\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for line in block.splitlines():
        assert names_in(line) <= {metric.name for metric in METRICS}
        assert line.count("(") == line.count(")")


def test_the_example_gathers_from_the_ports_that_the_page_names() -> None:
    [job] = yaml_of(lambda block: "scrape_configs" in block)["scrape_configs"]
    [targets] = job["static_configs"]
    assert targets["targets"][0] == f"localhost:{CentralSettings.model_fields['http_port'].default}"
