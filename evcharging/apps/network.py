"""The whole network in one process: Central, engines, monitors and drivers on the memory bus."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from random import Random

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import WallClock
from evcharging.apps.ev_central.central import central
from evcharging.apps.ev_cp_e.engines import engines
from evcharging.apps.ev_cp_m.monitors import monitors
from evcharging.apps.ev_driver.drivers import drivers, wishes
from evcharging.apps.ev_driver.requests_file import read_requests
from evcharging.apps.logs import configure, speaker
from evcharging.common.config import CentralSettings, DriverSettings, EngineSettings, MonitorSettings, NetworkSettings
from evcharging.roles.driver import Driver

NAMES = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy")


def point_ids(count: int) -> list[str]:
    """CP-001, CP-002 and so on, all of one width."""
    width = max(3, len(str(count)))
    return [f"CP-{number:0{width}}" for number in range(1, count + 1)]


def driver_ids(count: int) -> list[str]:
    """driver-alice, driver-bob and so on; numbered once the names are used up."""
    return [f"driver-{NAMES[number]}" if number < len(NAMES) else f"driver-{number + 1}" for number in range(count)]


async def run_network(
    stop: asyncio.Event,
    network: NetworkSettings,
    central_settings: CentralSettings,
    engine_settings: EngineSettings,
    driver_settings: DriverSettings,
) -> None:
    """Start everything, say where the dashboard is, and stay until `stop`."""
    clock = WallClock(network.speed)
    configure(central_settings.log_level, clock.now)
    say = speaker("Network")
    requests = read_requests(driver_settings.requests_file)
    async with _network(network, central_settings, engine_settings, clock) as (bus, url):
        say("info", f"Dashboard at {url} with {network.points} charging points; Ctrl+C stops")
        interval = timedelta(seconds=driver_settings.request_interval)
        wanted = {
            name: wishes(requests, interval, first=2 * number % len(requests), forever=not network.once)
            for number, name in enumerate(driver_ids(network.drivers))
        }
        async with AsyncExitStack() as stack:
            if wanted:
                await stack.enter_async_context(drivers(wanted, bus, clock, _say_done))
            await stop.wait()
            say("info", "Stopping")


@asynccontextmanager
async def _network(
    network: NetworkSettings, central_settings: CentralSettings, engine_settings: EngineSettings, clock: WallClock
) -> AsyncIterator[tuple[MemoryBus, str]]:
    ids = point_ids(network.points)
    bus = MemoryBus(central_settings.partitions)
    async with AsyncExitStack() as stack:
        monitor_settings = MonitorSettings(central_host="127.0.0.1", cp_e_host="127.0.0.1")
        enter = stack.enter_async_context
        # Left in the opposite order: engines say their last word while Central still listens, monitors go last.
        connect = await enter(monitors(monitor_settings, ids, bus, clock, Random()))
        url = await enter(central(central_settings, bus, clock))
        port = await enter(engines(engine_settings, ids, bus, clock, port=0))
        connect(port)
        yield bus, url


def _say_done(driver: Driver) -> None:
    ends = ", ".join(f"{count} {status}" for status, count in driver.ends.items() if count)
    speaker(f"Driver:{driver.driver_id}")("info", f"All requests are served: {ends}")
