"""The whole network in one process: Central, engines, monitors and drivers on the memory bus."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from random import Random

from evcharging.adapters.bus import Bus
from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import WallClock
from evcharging.adapters.inside import INSIDE
from evcharging.adapters.pace import pacing
from evcharging.adapters.store.history import History
from evcharging.adapters.store.newest import newest_in_journal, newest_in_ledger
from evcharging.apps.ev_central.access.opening import Admission
from evcharging.apps.ev_central.central import Up, central
from evcharging.apps.ev_central.link_sight import ENGINE_LINK
from evcharging.apps.ev_cp_e.engines import engines, open_journal, setup_of, visits_of
from evcharging.apps.ev_cp_e.fleet import EngineFleet
from evcharging.apps.ev_cp_m.fleet import MonitorFleet
from evcharging.apps.ev_cp_m.links import LinkManager
from evcharging.apps.ev_cp_m.monitors import monitors
from evcharging.apps.ev_cp_m.proving import HeldKey
from evcharging.apps.network.arrivals import Arrivals
from evcharging.apps.network.circuits import buildings, described
from evcharging.apps.network.drivers import memory_of, named_requests, network_drivers
from evcharging.apps.network.health import OwnLinks
from evcharging.apps.network.ids import point_ids, site_count, site_ids
from evcharging.apps.network.lab import NetworkLab
from evcharging.apps.network.parts import Parts
from evcharging.apps.shell.clocks import go_on_from, wall_clock
from evcharging.apps.shell.journals import FOLDER
from evcharging.apps.shell.logs import LogLine, speaker
from evcharging.apps.shell.status import Status, beating
from evcharging.apps.shell.trust import trust_in_oneself
from evcharging.common.config import (
    CentralSettings,
    DriverSettings,
    EngineSettings,
    MonitorSettings,
    NetworkSettings,
    read,
)
from evcharging.common.setting_values import Address
from evcharging.common.site_description import SiteDescription
from evcharging.common.states import CPState
from evcharging.common.utils import counted
from evcharging.domain.site import Site
from evcharging.roles.live_view import LiveView

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


def up_line(url: str, points: int) -> str:
    """What is said once everything runs."""
    return f"Dashboard at {url} with {counted(points, 'charging point')}; Ctrl+C stops"


async def run_network(setup: NetworkSetup, stop: asyncio.Event) -> None:
    """Start everything, say where the dashboard is, and stay until `stop`, or until all drivers are done."""
    network = setup.network
    clock = wall_clock(setup.central.log_level, setup.central.log_format, "Network", network.speed)
    log = speaker("Network")
    requests = named_requests(setup.driver)
    ids = point_ids(network.points)
    lab = NetworkLab(clock, network.speed, is_manual=setup.engine.manual)
    async with pacing(clock, log) as pace, infrastructure(setup, ids, clock, lab) as (bus, up):
        if pace is not None:
            up.health.remarks.append(pace.remark)
        with memory_of(network, setup.engine) as memory:
            log("info", up_line(up.url, network.points))
            await until_connected(up.panel, ids, stop)
            _tell_of_others(up.panel, ids, up.url, log)
            async with network_drivers(network, setup.driver, requests, memory, ids, up, bus, clock, stop) as drivers:
                lab.open(drivers)
                await stop.wait()
                log("info", "Stopping")
                await lab.close()
                if pace is not None:
                    pace.hold()


def _tell_of_others(panel: LiveView, ids: Iterable[str], url: str, log: LogLine) -> None:
    """Points that are known from before and not in this run are no trouble; the user may want to be rid of them."""
    own = set(ids)
    others = [cp_id for cp_id, point in panel.points.items() if cp_id not in own and not point.retired]
    others.sort(key=lambda cp_id: (len(cp_id), cp_id))
    if others:
        names = f"{', '.join(others[:3])}{' ...' if len(others) > 3 else ''}"
        retire = f"the menu of its card, or `curl -X DELETE {url}/cp/{others[0]}`"
        log("info", f"Not in this run, and so shown as DISCONNECTED: {names}; to retire a point: {retire}")


@asynccontextmanager
async def infrastructure(
    setup: NetworkSetup, ids: list[str], clock: WallClock, lab: NetworkLab | None = None
) -> AsyncIterator[tuple[Bus, Up]]:
    """All but the drivers: the bus, and Central. A `lab` is told of the parts; it has them once it has the drivers."""
    bus, status = MemoryBus(setup.central.partitions), Status()
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        await enter(beating(status))
        monitor_settings = read(MonitorSettings, {"central_host": LOOPBACK, "cp_e_host": LOOPBACK})
        # Held first: a second start in the same folder must fail before it takes the shards from the first.
        journal = stack.enter_context(open_journal(setup.engine, FOLDER / "engines.journal", clock))

        known_sites: dict[str, SiteDescription] = {}

        def on_ledger(ledger: History) -> None:
            known_sites.update((site.site_id, site.description) for site in ledger.select(Site))
            known = [newest_in_ledger(ledger), newest_in_journal(journal)]
            go_on_from(clock, max((moment for moment in known if moment), default=None), "ledger", speaker("Network"))

        # Left in the opposite order: engines say their last word while Central still listens, monitors go last.
        tls = trust_in_oneself(setup.central)
        watches: list[MonitorFleet] = []
        links = await enter(
            monitors(monitor_settings, ids, bus, clock, Random(), status, tls=tls, on_fleet=watches.append)
        )
        up = await enter(central(setup.central, bus, clock, status, on_ledger=on_ledger, lab=lab))
        # Where separate engines are asked from elsewhere, these are asked by their neighbours in this process.
        engine = setup.engine.model_copy(update={"health_host": LOOPBACK})
        arrivals = Arrivals(visits_of(engine, setup.network.seed))
        fleets: list[EngineFleet] = []
        engine_port = await enter(
            engines(engine, ids, journal, bus, clock, port=0, status=status, visits=arrivals, on_fleet=fleets.append)
        )
        up.commands.bus_watch.see_links(ENGINE_LINK, fleets[0].links)
        _connect(setup, ids, links, up, engine_port)
        site_of = {cp_id: each["site_id"] for cp_id, each in site_ids(ids, site_count(setup.network)).items()}
        setups = [setup_of(engine, cp_id) for cp_id in ids]
        for order in described(setup.network, setups, site_of, known_sites, clock.now()):
            bus.publish(order)
        await enter(buildings(setup.network, {*site_of.values()}, bus, clock))
        if lab is not None:
            lab.make = partial(Parts, ids, engine, up, fleets[0], watches[0], arrivals)
        try:
            yield bus, up
        finally:
            links.hush()


def _connect(setup: NetworkSetup, ids: list[str], links: LinkManager, up: Up, engine_port: int) -> None:
    """Let the monitors begin, and health say which of their links are open."""
    places = site_ids(ids, site_count(setup.network))
    links.own = {cp_id: {"location": f"Bay {n}", **places.get(cp_id, {})} for n, cp_id in enumerate(ids, 1)}
    up.admitted.links.points = frozenset(ids)
    links.go_inside(up.admitted.access.credential, partial(_own_key, up.admitted))
    links.begin(ids, engine_port, up.http, up.links)
    own = OwnLinks(links, up.links, Address(LOOPBACK, engine_port))
    up.health.troubles.append(own.trouble)
    up.health.remarks.append(own.remark)


def _own_key(admitted: Admission, cp_id: str) -> HeldKey | None:
    """The key of a point of this process; none where Central asks for none, since that would be waited for."""
    return HeldKey(INSIDE, admitted.links.key_of(cp_id, INSIDE)) if admitted.is_secure() else None


async def until_connected(panel: LiveView, ids: Iterable[str], stop: asyncio.Event) -> None:
    """Wait until no point is away any more, or for long enough."""
    away = set(ids)
    with suppress(TimeoutError):
        async with asyncio.timeout(CONNECTED_WITHIN):
            while away and not stop.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), 0.05)
                away = {cp_id for cp_id in away if _is_away(panel, cp_id)}


def _is_away(panel: LiveView, cp_id: str) -> bool:
    point = panel.points.get(cp_id)
    return point is None or point.state in (CPState.DISCONNECTED, CPState.FAULT)
