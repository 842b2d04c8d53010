"""A ledger on PostgreSQL over a network that is slow, narrow, slices, cuts and falls silent: nothing is lost, nothing
is there twice, and no wait is without end."""

from collections.abc import Callable, Iterator
from contextlib import closing
from time import monotonic

import pytest

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.session import Session
from evcharging.tests.adapters.store.test_postgres import PATIENCE_S, committing
from evcharging.tests.stages.fault_line import Line, line_to
from evcharging.tests.stages.fault_proxy import CALM, FaultProxy, Weather
from evcharging.tests.stages.postgres import Postgres

WEATHERS = {
    "latency": Weather(latency_s=0.02),
    "little bandwidth": Weather(bytes_per_s=100_000),
    "slices": Weather(slices=7),
    "all of it": Weather(latency_s=0.001, bytes_per_s=200_000, slices=500),
}


@pytest.fixture
def line(postgres: Postgres) -> Iterator[Line]:
    with line_to(postgres.port) as line:
        yield line


@pytest.fixture
def store(ledger: str, postgres: Postgres, line: Line) -> Iterator[SqlStore]:
    with closing(SqlStore(postgres.url("ledger", port=line.proxy.port), patience_s=PATIENCE_S)) as store:
        yield store


@pytest.mark.parametrize("weather", WEATHERS.values(), ids=WEATHERS.keys())
def test_over_a_bad_line_every_commit_is_there_once(store: SqlStore, line: Line, weather: Weather) -> None:
    with committing(store) as host:
        host.goes_on()
        line.befall(weather)
        host.goes_on()
        line.befall(CALM)
        host.goes_on()


def test_a_line_that_is_cut_again_and_again_costs_nothing_and_fills_no_log(
    store: SqlStore, line: Line, caplog: pytest.LogCaptureFixture
) -> None:
    with committing(store) as host:
        for _ in range(10):
            host.goes_on()
            line.call(line.proxy.cut)
    assert caplog.records == []


@pytest.mark.parametrize("break_off", [FaultProxy.fall_silent, FaultProxy.go_away])
def test_a_line_that_is_dead_for_a_while_is_told_in_one_sentence_and_costs_nothing(
    store: SqlStore, line: Line, break_off: Callable[[FaultProxy], None]
) -> None:
    with committing(store) as host:
        host.goes_on()
        line.call(lambda: break_off(line.proxy))
        began = monotonic()
        with pytest.raises(StoreUnavailable, match=r"^Cannot use the database postgresql://\S+ \([^\n]+\): [^\n]+$"):
            while True:
                store.facts(Session)
        assert monotonic() - began < 10
        line.call(line.proxy.heal)
        host.goes_on()
