"""Numbers for Prometheus in tests: read as Prometheus reads them, from one process or from a whole network."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
from prometheus_client.core import Metric as Family
from prometheus_client.openmetrics import parser as open_parser
from prometheus_client.parser import text_string_to_metric_families as parse

from evcharging.adapters.clock import WallClock
from evcharging.adapters.metrics import Metrics, Sample
from evcharging.apps.ev_driver.drivers import drivers, ending, intents
from evcharging.apps.network.network import NetworkSetup, infrastructure, until_connected
from evcharging.common.config import (
    CentralSettings,
    DriverSettings,
    EngineSettings,
    NetworkSettings,
)

parse_open: Callable[[str], Iterable[Family]] = open_parser.text_string_to_metric_families


def page_of(*samples: Sample) -> dict[tuple[str, ...], float]:
    """What a process with these samples tells: values by name and labels, in their order."""
    metrics = Metrics()
    metrics.add(lambda: samples)
    _, text = metrics.text("")
    return values(own(parse(text.decode())))


def own(families: Iterable[Family]) -> list[Family]:
    return [family for family in families if not family.name.startswith(("python_", "process_"))]


def values(families: Iterable[Family]) -> dict[tuple[str, ...], float]:
    return {(sample.name, *sample.labels.values()): sample.value for family in families for sample in family.samples}


@asynccontextmanager
async def served(folder: Path, *points: str) -> AsyncIterator[httpx.AsyncClient]:
    """A network with one point, once a driver has been through these."""
    setup = NetworkSetup(
        NetworkSettings.model_construct(points=1),
        CentralSettings.model_construct(http_port=0, listen_port=0, db_url=f"sqlite:///{folder}/central.db"),
        EngineSettings.model_construct(journal=str(folder / "journal"), telemetry_interval=0.05, supply_ticks=3),
        DriverSettings.model_construct(),
    )
    clock, stop = WallClock(), asyncio.Event()
    async with infrastructure(setup, ["CP-001"], clock) as (bus, up):
        await until_connected(up.panel, ["CP-001"], stop)
        wanted = {"driver-alice": intents(points, clock.now() - clock.now())}
        async with (
            drivers(wanted, bus, clock, ending(wanted, stop), up.status),
            httpx.AsyncClient(base_url=up.url, trust_env=False) as http,
        ):
            await asyncio.wait_for(stop.wait(), 20)
            yield http
