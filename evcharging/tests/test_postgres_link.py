"""A ledger on PostgreSQL over a network that is slow, narrow, slices, cuts and falls silent: nothing is lost, nothing
is there twice, and no wait is without end."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from threading import Event
from time import monotonic

import pytest

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.sql import SqlStore
from evcharging.domain.session import Session
from evcharging.tests.fault_proxy import CALM, FaultProxy, Weather, proxied
from evcharging.tests.postgres import Postgres
from evcharging.tests.test_postgres import PATIENCE_S, committing

WEATHERS = {
    "latency": Weather(latency_s=0.02),
    "little bandwidth": Weather(bytes_per_s=100_000),
    "slices": Weather(slices=7),
    "all of it": Weather(latency_s=0.001, bytes_per_s=200_000, slices=500),
}


class Line:
    """A fault proxy in a loop and a thread of its own, to be switched from another."""

    def __init__(self, proxy: FaultProxy, loop: asyncio.AbstractEventLoop) -> None:
        self.proxy = proxy
        self._loop = loop

    def befall(self, weather: Weather) -> None:
        self.call(lambda: setattr(self.proxy, "weather", weather))

    def call(self, happen: Callable[[], None]) -> None:
        """Let something happen to the line."""
        done = Event()
        self._loop.call_soon_threadsafe(happen)
        self._loop.call_soon_threadsafe(done.set)
        assert done.wait(10)

    def end(self, ended: asyncio.Event) -> None:
        """The last thing that happens."""
        self._loop.call_soon_threadsafe(ended.set)


@contextmanager
def line_to(port: int) -> Iterator[Line]:
    lines: list[Line] = []
    begun, ended = Event(), asyncio.Event()

    async def live() -> None:
        async with proxied(port) as proxy:
            lines.append(Line(proxy, asyncio.get_running_loop()))
            begun.set()
            await ended.wait()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(asyncio.run, live())
        assert begun.wait(10)
        try:
            yield lines[0]
        finally:
            lines[0].end(ended)
            running.result(10)


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
