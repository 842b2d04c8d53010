"""A whole network on one memory bus, its links replaced by topics: the same programs as the live system's.
Knows not whether its hosts live in real or virtual time."""

from collections.abc import Sequence
from datetime import datetime
from itertools import cycle
from typing import Protocol

from evcharging.adapters.bus import Bus
from evcharging.adapters.store import Ledger
from evcharging.adapters.store.memory import MemoryStore
from evcharging.common.kafka import HEALTH_ANSWERS, HEALTH_QUERIES
from evcharging.common.messages_operators import RegisterPoint
from evcharging.common.messages_power import Strategy
from evcharging.common.messages_site import DescribeSite
from evcharging.common.site_description import SiteDescription
from evcharging.common.utils import numbered
from evcharging.domain.power.simple import one_circuit
from evcharging.roles.driver import Driver
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.monitor import MonitorSetup
from evcharging.roles.role import LinkUp, Peer
from evcharging.runtime.central_program import add_central
from evcharging.runtime.host import Host
from evcharging.runtime.programs import Visits, add_drivers, add_engines, add_monitors, no_visits
from evcharging.simulation.power import PowerMeter


def site_ids(count: int) -> list[str]:
    """The sites that the points of a network are at, one after the other."""
    return numbered("SITE-", count) if count else []


class MakeHost(Protocol):
    """Makes a host in some time."""

    def __call__(self, store: Ledger, bus: Bus) -> Host:
        """A host with this store on this bus."""
        ...


class Network:
    """Central, engines, monitors and drivers, ready to run. `ledger` is Central's store."""

    def __init__(
        self,
        make_host: MakeHost,
        bus: Bus,
        start: datetime,
        *,
        engines: Sequence[EngineSetup],
        drivers: Sequence[Driver],
        sites: int = 0,
        site_limit_ma: int | None = None,
        strategy: Strategy = Strategy.EQUAL_SHARE,
        visits: Visits = no_visits,
    ) -> None:
        self.bus = bus
        self.ledger = MemoryStore()
        self.journal = MemoryStore()
        self.central = make_host(self.ledger, bus)
        add_central(self.central, self.ledger, bus)
        self.engines = make_host(self.journal, bus)
        self.power: PowerMeter | None = None
        if site_limit_ma is not None:
            places = [[setup.cp_id for setup in engines[number::sites]] for number in range(sites)]
            self.power = PowerMeter(places, self._draws, {setup.cp_id: setup.power_w for setup in engines})
            self.engines.watch(self.power)
            visits = self.power.watched(visits)
        self._meters = add_engines(self.engines, self.journal, bus, engines, links=(HEALTH_QUERIES,), visits=visits)
        self.monitors = make_host(MemoryStore(), bus)
        add_monitors(
            self.monitors,
            bus,
            [MonitorSetup(cp_id=setup.cp_id, asks=self.central.cadences.asks) for setup in engines],
            links=(HEALTH_ANSWERS,),
        )
        names = cycle(site_ids(sites) or [None])
        for setup, site_id in zip(engines, names, strict=False):
            request_id = f"register-{setup.cp_id}"
            bus.publish(RegisterPoint(ts=start, request_id=request_id, cp_id=setup.cp_id, site_id=site_id))
        if site_limit_ma is not None:
            for number, site_id in enumerate(site_ids(sites)):
                own = ((setup.cp_id, setup.power_w) for setup in engines[number::sites])
                description = SiteDescription(circuits=one_circuit(own, site_limit_ma), strategy=strategy)
                request_id = f"describe-{site_id}"
                bus.publish(DescribeSite(ts=start, request_id=request_id, site_id=site_id, description=description))
        self.monitors.tell_all(LinkUp(peer=Peer.ENGINE))
        self.monitors.tell_all(LinkUp(peer=Peer.CENTRAL))
        drivers_store = MemoryStore()
        self.drivers = make_host(drivers_store, bus)
        if drivers:
            add_drivers(self.drivers, drivers_store, bus, drivers)

    def _draws(self, cp_id: str, at: datetime) -> int:
        return self._meters[cp_id].draws(at)[0]

    def registers(self, now: datetime) -> dict[str, int]:
        """What the meter of each point shows, in mWh."""
        return {cp_id: engine.register_at(now) for cp_id, engine in self._meters.items()}
