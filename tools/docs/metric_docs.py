"""The table in docs/metrics.md, made from the declared metrics.
`python -m tools.docs.metric_docs --check`, or `--write`."""

import sys
from collections.abc import Sequence

from evcharging.adapters.metrics import Kind, Metric
from evcharging.apps.shell.metrics import METRICS
from tools.docs.generated_docs import DOCS, keep

PAGE = DOCS / "metrics.md"

EXPLAINED = frozenset({"program", "topic", "type", "method", "route", "version"})
"""Labels whose values the page describes once."""


def table() -> str:
    """One row for each metric."""
    rows = [(f"`{m.name}`", m.kind.value, _unit(m), _labels(m), m.help) for m in METRICS]
    head = ("Metric", "Type", "Unit", "Labels", "What it tells")
    lines = ["".join(f"| {cell} " if cell else "| " for cell in cells) + "|" for cells in (head, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def _unit(metric: Metric) -> str:
    return "" if metric.kind is Kind.INFO else metric.unit.replace("_", "-")


def _labels(metric: Metric) -> str:
    return "<br>".join(_label(name, values) for name, values in metric.labels.items())


def _label(name: str, values: Sequence[str]) -> str:
    if name in EXPLAINED or len(values) > 10:
        return f"`{name}`"
    return f"`{name}`: {', '.join(values)}"


def blocks() -> dict[str, str]:
    """What the page is to say."""
    return {"metrics": table()}


if __name__ == "__main__":
    keep(PAGE, blocks, sys.argv[1:])
