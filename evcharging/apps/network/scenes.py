"""What each step of a scenario does to the parts of a network, and how it is undone. Knows no time."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Final

from evcharging.apps.ev_central.lab import Deed, NewDrivers, PartKind, PartState
from evcharging.apps.network.parts import Parts
from evcharging.apps.network.scenarios import BUSIEST, Scene
from evcharging.common.messages import Action
from evcharging.common.states import CPState
from evcharging.common.utils import numbered

EVENING: Final = "driver-evening-"
"""How the names of drivers begin who come for an evening."""
EVENING_INTERVAL_S: Final = 2.0
OF_ENGINES_DIE, OF_ENGINES_BREAK = 4, 10
"""One of so many."""

Do = Callable[["Scenes"], Awaitable[None]]


class Scenes:
    """Does the steps of one scenario after the other. It undoes what it did itself, and nothing else; `parts` gives the
    network."""

    def __init__(self, parts: Callable[[], Parts]) -> None:
        self._parts = parts
        self._dead: list[str] = []
        self._cut: list[str] = []
        self._broken: list[str] = []
        self._came: list[str] = []

    async def do(self, scene: Scene) -> None:
        """One step; raises OrderRefused or StoreUnavailable."""
        await _DO[scene](self)

    async def _drivers_come(self) -> None:
        parts = self._parts()
        ids = numbered(EVENING, min(BUSIEST, 2 * len(parts.ids)))
        there = set(parts.drivers.fleet.ids)
        self._came = [driver_id for driver_id in ids if driver_id not in there]
        await parts.add_drivers(self._came, NewDrivers(len(self._came), EVENING_INTERVAL_S, None))

    async def _drivers_go(self) -> None:
        came, self._came = self._came, []
        fleet = self._parts().drivers.fleet
        for driver_id in came:
            fleet.remove(driver_id)

    async def _cut_site(self) -> None:
        self._cut = self._running(PartKind.LINKS, self._first_site())
        await self._change(PartKind.LINKS, self._cut, Deed.CUT)

    async def _restore(self) -> None:
        cut, self._cut = self._cut, []
        await self._change(PartKind.LINKS, cut, Deed.RESTORE)

    async def _engines_break(self) -> None:
        parts = self._parts()
        well = [cp_id for cp_id in self._running(PartKind.ENGINES, parts.ids) if not self._shows(cp_id, CPState.FAULT)]
        self._broken = well[:: max(1, min(OF_ENGINES_BREAK, len(well)))]
        parts.by_hand(self._broken, Action.FAULT)

    async def _engines_mend(self) -> None:
        broken, self._broken = self._broken, []
        self._parts().by_hand(broken, Action.RECOVER)

    async def _engines_die(self) -> None:
        running = self._running(PartKind.ENGINES, self._parts().ids)
        running.sort(key=lambda cp_id: not self._shows(cp_id, CPState.SUPPLYING))
        self._dead = running[: -(-len(running) // OF_ENGINES_DIE)]
        await self._change(PartKind.ENGINES, self._dead, Deed.KILL)

    async def _engines_begin(self) -> None:
        dead, self._dead = self._dead, []
        await self._change(PartKind.ENGINES, dead, Deed.RESTART)

    async def _central_dies(self) -> None:
        if not self._parts().up.core.is_dead:
            self._parts().change_central(Deed.KILL)

    async def _central_begins(self) -> None:
        if self._parts().up.core.is_dead:
            self._parts().change_central(Deed.RESTART)

    def _first_site(self) -> Sequence[str]:
        parts = self._parts()
        shown = {cp_id: parts.up.panel.points[cp_id] for cp_id in parts.ids if cp_id in parts.up.panel.points}
        sites = sorted({point.site_id for point in shown.values() if point.site_id is not None})
        if not sites:
            return parts.ids[: -(-len(parts.ids) // 2)]
        return [cp_id for cp_id, point in shown.items() if point.site_id == sites[0]]

    def _shows(self, cp_id: str, state: CPState) -> bool:
        point = self._parts().up.panel.points.get(cp_id)
        return point is not None and point.state is state

    def _running(self, kind: PartKind, ids: Iterable[str]) -> list[str]:
        return [each for each in ids if self._parts().state(kind, each) is PartState.RUNNING]

    async def _change(self, kind: PartKind, ids: Iterable[str], deed: Deed) -> None:
        """Those of these parts that nobody else has changed meanwhile."""
        for each in ids:
            if self._parts().state(kind, each) is _BEFORE[deed]:
                await self._parts().change(kind, each, deed)


_BEFORE = {
    Deed.KILL: PartState.RUNNING,
    Deed.RESTART: PartState.KILLED,
    Deed.CUT: PartState.RUNNING,
    Deed.RESTORE: PartState.CUT,
}
"""How a part is to which something can be done."""

_DO: dict[Scene, Do] = {
    Scene.DRIVERS_COME: Scenes._drivers_come,
    Scene.DRIVERS_GO: Scenes._drivers_go,
    Scene.SITE_IS_CUT: Scenes._cut_site,
    Scene.LINKS_ARE_RESTORED: Scenes._restore,
    Scene.ENGINES_BREAK: Scenes._engines_break,
    Scene.ENGINES_ARE_MENDED: Scenes._engines_mend,
    Scene.ENGINES_DIE: Scenes._engines_die,
    Scene.ENGINES_BEGIN_AGAIN: Scenes._engines_begin,
    Scene.CENTRAL_DIES: Scenes._central_dies,
    Scene.CENTRAL_BEGINS_AGAIN: Scenes._central_begins,
}
