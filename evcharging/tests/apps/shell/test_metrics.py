"""Numbers for Prometheus: how they are told, and what they are called."""

import re
from collections import Counter

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from evcharging.adapters.metrics import OTHER, Histogram, Kind, Metric, Metrics
from evcharging.apps.shell.metrics import METRICS
from evcharging.tests.stages.metrics_stage import page_of

# The form


GAUGE = Metric("stock", Kind.GAUGE, "How much there is.", {"place": ("here", "there")})
SIZES = Metric("size_bytes", Kind.HISTOGRAM, "How large.", {}, "bytes")


def test_what_several_say_of_the_same_is_added_up() -> None:
    first, second = Histogram((1, 10)), Histogram((1, 10))
    for value in (0.5, 1.0, 5):
        first.observe(value)
    second.observe(50)
    page = page_of(
        (GAUGE, ("here",), 1), (GAUGE, ("there",), 2), (GAUGE, ("here",), 3), (SIZES, (), first), (SIZES, (), second)
    )
    assert page == {
        ("stock", "here"): 4,
        ("stock", "there"): 2,
        ("size_bytes_bucket", "1"): 2,
        ("size_bytes_bucket", "10"): 3,
        ("size_bytes_bucket", "+Inf"): 4,
        ("size_bytes_count",): 4,
        ("size_bytes_sum",): 56.5,
    }


def test_a_value_of_a_label_that_was_not_foreseen_is_other() -> None:
    page = page_of((GAUGE, ('evil"} 1\n# HELP x',), 1), (GAUGE, ("CP-001",), 2), (GAUGE, ("here",), 3))
    assert page == {("stock", OTHER): 3, ("stock", "here"): 3}


def test_the_process_itself_is_told_of_too() -> None:
    _, text = Metrics().text("")
    names = {family.name for family in parse(text.decode())}
    assert {"python_info", "process_cpu_seconds", "process_resident_memory_bytes", "python_gc_collections"} <= names


# The names


UNITS = {"seconds", "messages", "records", "watt_hours", "watts", "euros"}


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_metric_is_named_as_prometheus_wants_it(metric: Metric) -> None:
    assert re.fullmatch(r"evcharging(_[a-z]+)+", metric.name)
    assert metric.name.endswith("_total") == (metric.kind is Kind.COUNTER)
    assert metric.name.endswith("_info") == (metric.kind is Kind.INFO)
    assert not metric.name.endswith(("_count", "_sum", "_bucket", "_created"))
    assert metric.unit in {"", *UNITS}
    if metric.unit:
        assert metric.name.removesuffix("_total").endswith(f"_{metric.unit}")
    assert metric.kind is not Kind.HISTOGRAM or metric.unit
    assert metric.help.endswith(".")


def test_every_metric_has_a_name_of_its_own() -> None:
    assert max(Counter(metric.name for metric in METRICS).values()) == 1
