"""The whole network in one process: Central, engines, monitors and drivers on the memory bus."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from evcharging.adapters.bus import Bus
from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import WallClock
from evcharging.adapters.pace import pacing
from evcharging.adapters.store import Store
from evcharging.adapters.store.newest import newest_in_journal, newest_in_ledger
from evcharging.apps.clocks import go_on_from, wall_clock
from evcharging.apps.ev_central.central import Up, central
from evcharging.apps.ev_cp_e.engines import engines, open_journal
from evcharging.apps.ev_cp_m.monitors import monitors
from evcharging.apps.ev_driver.drivers import drivers, ending, spread
from evcharging.apps.ev_driver.requests_file import read_requests
from evcharging.apps.journals import FOLDER
from evcharging.apps.logs import speaker
from evcharging.apps.own_health import OwnLinks
from evcharging.apps.status import Status, beating
from evcharging.common.config import (
    Address,
    CentralSettings,
    DriverSettings,
    EngineSettings,
    MonitorSettings,
    NetworkSettings,
    read,
)
from evcharging.common.states import CPState
from evcharging.common.utils import counted, numbered
from evcharging.roles.panel import Panel

NAMES = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy")
LOOPBACK = "127.0.0.1"
CONNECTED_WITHIN = 30.0
"""Seconds that drivers wait for the points to be there, at most."""


@dataclass(frozen=True, slots=True)
class NetworkSetup:
    """All that a network in one process is made from."""

    network: NetworkSettings
    central: CentralSettings
    engine: EngineSettings
    driver: DriverSettings


def point_ids(count: int) -> list[str]:
    """CP-001, CP-002 and so on, all of one width."""
    return numbered("CP-", count)


def driver_ids(count: int) -> list[str]:
    """driver-alice, driver-bob and so on; numbered once the names are used up."""
    return [f"driver-{NAMES[number]}" if number < len(NAMES) else f"driver-{number + 1}" for number in range(count)]


async def run_network(setup: NetworkSetup, stop: asyncio.Event) -> None:
    """Start everything, say where the dashboard is, and stay until `stop`, or until all drivers are done."""
    network = setup.network
    clock = wall_clock(setup.central.log_level, setup.central.log_format, "Network", network.speed)
    say = speaker("Network")
    requests = read_requests(setup.driver.requests_file)
    ids = point_ids(network.points)
    async with pacing(clock, say) as pace, infrastructure(setup, ids, clock) as (bus, up):
        if pace is not None:
            up.desk.remarks.append(pace.remark)
        say("info", f"Dashboard at {up.url} with {counted(network.points, 'charging point')}; Ctrl+C stops")
        await until_connected(up.panel, ids, stop)
        interval = timedelta(seconds=setup.driver.request_interval)
        wanted = spread(driver_ids(network.drivers), requests, interval, forever=not network.once)
        async with AsyncExitStack() as stack:
            if wanted:
                await stack.enter_async_context(drivers(wanted, bus, clock, ending(wanted, stop), up.status))
            await stop.wait()
            say("info", "Stopping")
            if pace is not None:
                pace.hold()


@asynccontextmanager
async def infrastructure(setup: NetworkSetup, ids: list[str], clock: WallClock) -> AsyncIterator[tuple[Bus, Up]]:
    """All but the drivers: the bus, and Central."""
    bus, status = MemoryBus(setup.central.partitions), Status()
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        await enter(beating(status))
        monitor_settings = read(MonitorSettings, {"central_host": LOOPBACK, "cp_e_host": LOOPBACK})
        # Held first: a second start in the same folder must fail before it takes the shards from the first.
        journal = stack.enter_context(open_journal(setup.engine, FOLDER / "engines.journal", clock))

        def on_ledger(ledger: Store) -> None:
            known = [newest_in_ledger(ledger), newest_in_journal(journal)]
            go_on_from(clock, max((moment for moment in known if moment), default=None), "ledger", speaker("Network"))

        # Left in the opposite order: engines say their last word while Central still listens, monitors go last.
        links = await enter(monitors(monitor_settings, ids, bus, clock, Random(), status))
        up = await enter(central(setup.central, bus, clock, status, on_ledger=on_ledger))
        # Where separate engines are asked from elsewhere, these are asked by their neighbours in this process.
        engine = setup.engine.model_copy(update={"health_host": LOOPBACK})
        engine_port = await enter(engines(engine, ids, journal, bus, clock, port=0, status=status))
        links.locations = {cp_id: f"Bay {number}" for number, cp_id in enumerate(ids, 1)}
        links.begin(ids, engine_port, up.http, up.links)
        own = OwnLinks(links, len(ids), up.links, Address(LOOPBACK, engine_port))
        up.desk.troubles.append(own.trouble)
        up.desk.remarks.append(own.remark)
        try:
            yield bus, up
        finally:
            links.hush()


async def until_connected(panel: Panel, ids: Iterable[str], stop: asyncio.Event) -> None:
    """Wait until no point is away any more, or for long enough."""
    away = set(ids)
    with suppress(TimeoutError):
        async with asyncio.timeout(CONNECTED_WITHIN):
            while away and not stop.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), 0.05)
                away = {cp_id for cp_id in away if _is_away(panel, cp_id)}


def _is_away(panel: Panel, cp_id: str) -> bool:
    point = panel.points.get(cp_id)
    return point is None or point.state in (CPState.DISCONNECTED, CPState.FAULT)
