"""The parts of a network in one process: how each is, and what takes it away and brings it back. Knows no rule of the
lab."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from evcharging.apps.ev_central.central import Up
from evcharging.apps.ev_central.lab import (
    Deed,
    LabDriver,
    LabPoint,
    NewDrivers,
    NewPoints,
    PartKind,
    PartState,
)
from evcharging.apps.ev_cp_e.engines import setup_of
from evcharging.apps.ev_cp_e.fleet import EngineFleet
from evcharging.apps.ev_cp_m.fleet import MonitorFleet
from evcharging.apps.network.arrivals import Arrivals
from evcharging.apps.network.drivers import NetworkDrivers
from evcharging.common.config import EngineSettings
from evcharging.common.messages import Action
from evcharging.domain.meter import to_kw
from evcharging.roles.role import Peer


@dataclass(slots=True)
class Parts:
    """All parts of a network that is up; `ids` are its points, in the order in which they came."""

    ids: list[str]
    settings: EngineSettings
    up: Up
    engines: EngineFleet
    monitors: MonitorFleet
    arrivals: Arrivals
    drivers: NetworkDrivers

    def state(self, kind: PartKind, part_id: str) -> PartState:
        """How a part is."""
        match kind:
            case PartKind.ENGINES:
                is_dead = part_id in self.engines.dead
            case PartKind.MONITORS:
                is_dead = part_id in self.monitors.dead
            case PartKind.DRIVERS:
                is_dead = part_id in self.drivers.fleet.dead
            case PartKind.LINKS:
                return self._link(part_id)
        return PartState.KILLED if is_dead else PartState.RUNNING

    def _link(self, cp_id: str) -> PartState:
        if cp_id in self._cut:
            return PartState.CUT
        return PartState.RUNNING if self.monitors.links.is_open(cp_id, Peer.CENTRAL) else PartState.LOST

    @property
    def _cut(self) -> set[str]:
        """A monitor that was killed has no link that could be restored."""
        return self.monitors.links.cut_off - self.monitors.dead

    def central(self) -> PartState:
        """How Central is."""
        return PartState.KILLED if self.up.core.is_dead else PartState.RUNNING

    def away(self) -> dict[PartKind, int]:
        """How many parts of each kind were killed or cut."""
        return {
            PartKind.ENGINES: len(self.engines.dead),
            PartKind.MONITORS: len(self.monitors.dead),
            PartKind.LINKS: len(self._cut),
            PartKind.DRIVERS: len(self.drivers.fleet.dead),
        }

    def point(self, cp_id: str) -> LabPoint:
        """A point."""
        engine, monitor = self.state(PartKind.ENGINES, cp_id), self.state(PartKind.MONITORS, cp_id)
        return LabPoint(cp_id, engine, monitor, self._link(cp_id), self.engines.setup(cp_id).power_w)

    def driver(self, driver_id: str) -> LabDriver:
        """A driver; nobody knows what one asks for that was killed."""
        state, role = self.state(PartKind.DRIVERS, driver_id), self.drivers.fleet.roles[driver_id]
        return LabDriver(driver_id, state, role.asks_at if state is PartState.RUNNING else None)

    async def change(self, kind: PartKind, part_id: str, deed: Deed) -> None:
        """Take a part away or bring it back, which is not so already; raises StoreUnavailable."""
        match kind, deed:
            case PartKind.ENGINES, Deed.KILL:
                self.engines.kill(part_id)
            case PartKind.ENGINES, _:
                await self.engines.revive(part_id)
            case PartKind.MONITORS, Deed.KILL:
                await self.monitors.kill(part_id)
            case PartKind.MONITORS, _:
                self.monitors.revive(part_id)
            case PartKind.LINKS, Deed.CUT:
                await self.monitors.links.cut(part_id)
            case PartKind.LINKS, _:
                self.monitors.links.mend(part_id)
            case PartKind.DRIVERS, Deed.KILL:
                self.drivers.fleet.kill(part_id)
            case PartKind.DRIVERS, _:
                await self.drivers.fleet.revive(part_id)

    def change_central(self, deed: Deed) -> None:
        """Kill it, or begin it again."""
        if deed is Deed.KILL:
            self.up.core.kill()
        else:
            self.up.core.revive()

    async def add_points(self, ids: Sequence[str], wanted: NewPoints) -> None:
        """More points; raises StoreUnavailable."""
        kw = self.settings.kw_rate if wanted.power_w is None else to_kw(wanted.power_w)
        euros = self.settings.euro_rate if wanted.euros_per_kwh is None else wanted.euros_per_kwh
        settings = self.settings.model_copy(update={"kw_rate": kw, "euro_rate": euros})
        await self.engines.add([*map(partial(setup_of, settings), ids)])
        said: dict[str, object] = {"site_id": wanted.site_id, "euros_per_kwh": wanted.euros_per_kwh}
        told = {name: value for name, value in said.items() if value is not None}
        for number, cp_id in enumerate(ids, len(self.ids) + 1):
            self.monitors.links.own[cp_id] = {"location": f"Bay {number}", **told}
        self.ids.extend(ids)
        self.up.admitted.links.points = frozenset(self.ids)
        self.drivers.join(ids)
        self.monitors.add(ids, self.engines.port)

    async def add_drivers(self, ids: Sequence[str], wanted: NewDrivers) -> None:
        """More drivers; raises StoreUnavailable."""
        await self.drivers.add(ids, timedelta(seconds=wanted.interval_s), wanted.cp_id)

    def by_hand(self, cp_ids: Iterable[str], action: Action) -> None:
        """Somebody at these points does something."""
        for cp_id in cp_ids:
            self.engines.by_hand(cp_id, action)
