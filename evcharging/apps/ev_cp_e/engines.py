"""Composes charging point engines: journal, host, health server. One or thousands in a process."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, closing
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random, getrandbits

from evcharging.adapters.bus import Bus
from evcharging.adapters.clock import Clock
from evcharging.adapters.store import Ledger
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.tcp import LinkServer, serve
from evcharging.apps.ev_cp_e.fleet import EngineFleet
from evcharging.apps.ev_cp_e.health_server import HealthServer
from evcharging.apps.ev_cp_e.hearing import hearing
from evcharging.apps.ev_cp_e.keys import watch_keys
from evcharging.apps.shell.crashing import crashing
from evcharging.apps.shell.fleets import component
from evcharging.apps.shell.link_budgets import ASKING, scaled
from evcharging.apps.shell.logs import speaker
from evcharging.apps.shell.meters import SupplyMeter, link_samples
from evcharging.apps.shell.narration import EngineLines, Narrator
from evcharging.apps.shell.program import running
from evcharging.apps.shell.status import Status
from evcharging.common.config import EngineSettings
from evcharging.common.messages_link import EngineHealth, HealthQuery
from evcharging.domain.fleet import arrivals
from evcharging.domain.meter import to_watts
from evcharging.domain.money import to_micro_euros
from evcharging.domain.supply import Reading
from evcharging.domain.vehicle import Visit
from evcharging.roles.engine.orders import ByHand
from evcharging.roles.engine.setup import EngineSetup
from evcharging.runtime.host import Host
from evcharging.runtime.programs import Visits, add_engines, no_visits


def setup_of(settings: EngineSettings, cp_id: str) -> EngineSetup:
    """One engine, in the units of the domain."""
    return EngineSetup(
        cp_id=cp_id,
        power_w=to_watts(settings.kw_rate),
        micro_euros_per_kwh=to_micro_euros(settings.euro_rate),
        interval=timedelta(seconds=settings.telemetry_interval),
        ticks=settings.supply_ticks,
        manual=settings.manual,
    )


def visits_of(settings: EngineSettings, seed: int | None) -> Visits:
    """The vehicles that come to a point, where any do; without a `seed` nobody can say which."""
    return partial(_visits, seed, to_watts(settings.kw_rate)) if settings.vehicles else no_visits


def _visits(seed: int | None, power_w: int, cp_id: str) -> Iterator[Visit]:
    return arrivals(Random() if seed is None else Random(f"{seed}/vehicles/{cp_id}"), power_w)


def open_journal(settings: EngineSettings, default: Path, clock: Clock) -> AbstractContextManager[Ledger]:
    """The engines' journal, held against every other process until the block is left; raises StoreUnavailable."""
    first_epoch = int(clock.now().timestamp())  # runs after a lost journal must be newer than those before
    journal = JournalStore(settings.journal or default, volatile=frozenset({Reading}), first_epoch=first_epoch)
    return closing(journal)


@asynccontextmanager
async def engines(
    settings: EngineSettings,
    cp_ids: Sequence[str],
    store: Ledger,
    bus: Bus,
    clock: Clock,
    *,
    port: int,
    status: Status | None = None,
    visits: Visits | None = None,
    on_fleet: Callable[[EngineFleet], None] | None = None,
) -> AsyncIterator[int]:
    """Engines that live until the block is left; gives the port on which they answer their monitors. `visits` says
    which vehicles come; without it nobody can say. `on_fleet` is given what changes which engines there are."""
    log = speaker(component("CP_E", cp_ids))
    store, bus = crashing(settings.crash_at, store, bus, log)

    def make(wake: Callable[[], None]) -> Host:
        narrator = Narrator(EngineLines(), lambda cp_id: f"CP_E:{cp_id}", quiet=frozenset({HealthQuery}))
        return Host(store, bus, observer=narrator, on_ready=wake)

    visits = visits or visits_of(settings, None)
    async with running(clock, log, make, status, "engine") as life:
        host = life.host
        setups = [setup_of(settings, cp_id) for cp_id in cp_ids]
        grows = on_fleet is not None
        add_engines(host, store, bus, setups, run=getrandbits(63), visits=visits, grows=grows)

        # An engine whose journal is gone could not supply.
        health = HealthServer(cp_ids, host.tell, clock.now, lambda: host.lost_store() is None)
        host.send_by(EngineHealth, health.answer)
        if settings.manual:
            watch_keys(cp_ids, lambda cp_id, action: host.tell(cp_id, ByHand(action=action)), log)
        budget = scaled(ASKING, clock)
        server = await serve(settings.health_host, port, lambda _: health, budget=budget)
        fleet = EngineFleet(life, store, health, server, setups, visits)
        if on_fleet is not None:
            on_fleet(fleet)
        if status is not None:
            status.count("engines", lambda: fleet.size)
            status.count("links", lambda: len(server.links))
            _measure(status, life.host, server)
        try:
            with hearing(host, bus, status, life.live):
                yield server.port
        finally:
            await server.close()


def _measure(status: Status, host: Host, server: LinkServer) -> None:
    supplies = SupplyMeter()
    host.watch(supplies.observer)
    status.metrics.add(supplies.samples)
    status.metrics.add(link_samples("engine", server))
