"""Numbers about a process, as Prometheus reads them. Counting is an addition to a plain number; all else happens when
somebody asks. Knows no program."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate

from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.core import Metric as Family
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

OTHER = "other"
"""Stands for every value of a label that was not foreseen."""


class Kind(StrEnum):
    """What a number may do: a counter only grows, a gauge goes up and down, a histogram counts by size; and an info is
    always 1, for what its labels say."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Metric:
    """A number that is told, with the values that each of its labels may have; where none are named, whoever counts
    answers for there being few."""

    name: str
    kind: Kind
    help: str
    labels: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unit: str = ""


class Histogram:
    """How many of the values that were seen are at most each of the bounds, and what they add up to."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds = tuple(bounds)
        self.counts = [0] * (len(self.bounds) + 1)
        self.sum = 0.0

    def observe(self, value: float) -> None:
        """One more value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value


Sample = tuple[Metric, tuple[str, ...], float | Histogram]
"""A metric, the values of its labels in their order, and the number."""

Source = Callable[[], Iterable[Sample]]
"""Gives samples; may be called in any thread."""


class Metrics(Collector):
    """All numbers of one process. Samples of the same metric and labels are added up."""

    def __init__(self) -> None:
        self._sources: list[Source] = []
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)
        self._registry.register(self)

    def add(self, source: Source) -> None:
        """Tell these too."""
        self._sources.append(source)

    def text(self, accept: str) -> tuple[str, bytes]:
        """The media type and the page, in the form that the asker prefers."""
        encode, kind = choose_encoder(accept)
        return kind, encode(self._registry)

    def collect(self) -> Iterable[Family]:
        """What the client library asks for."""
        found: dict[str, tuple[Metric, dict[tuple[str, ...], float | Histogram]]] = {}
        for source in list(self._sources):
            for metric, labels, value in source():
                _, values = found.setdefault(metric.name, (metric, {}))
                bounded = tuple(map(_bounded, labels, metric.labels.values()))
                values[bounded] = _sum(values[bounded], value) if bounded in values else value
        return [_family(metric, values) for metric, values in found.values()]


def _bounded(value: str, known: Sequence[str]) -> str:
    return value if not known or value in known else OTHER


def _sum(one: float | Histogram, other: float | Histogram) -> float | Histogram:
    if isinstance(one, Histogram) and isinstance(other, Histogram):
        total = Histogram(one.bounds)
        total.counts = [a + b for a, b in zip(one.counts, other.counts, strict=True)]
        total.sum = one.sum + other.sum
        return total
    if isinstance(one, Histogram) or isinstance(other, Histogram):
        raise TypeError("A histogram and a number cannot be added")
    return one + other


def _family(metric: Metric, values: Mapping[tuple[str, ...], float | Histogram]) -> Family:
    names = list(metric.labels)
    if metric.kind is Kind.HISTOGRAM:
        histogram = HistogramMetricFamily(metric.name, metric.help, labels=names, unit=metric.unit)
        for labels, value in values.items():
            if isinstance(value, Histogram):
                histogram.add_metric(labels, _buckets(value), value.sum)
        return histogram
    if metric.kind is Kind.INFO:
        info = InfoMetricFamily(metric.name.removesuffix("_info"), metric.help)
        for labels in values:
            info.add_metric((), dict(zip(names, labels, strict=True)))
        return info
    kind = CounterMetricFamily if metric.kind is Kind.COUNTER else GaugeMetricFamily
    family = kind(metric.name, metric.help, labels=names, unit=metric.unit)
    for labels, value in values.items():
        if not isinstance(value, Histogram):
            family.add_metric(labels, value)
    return family


def _buckets(histogram: Histogram) -> list[tuple[str, float]]:
    bounds = [*(f"{bound:g}" for bound in histogram.bounds), "+Inf"]
    return list(zip(bounds, accumulate(list(histogram.counts)), strict=True))
