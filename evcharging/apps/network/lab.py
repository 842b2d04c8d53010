"""The lab of a network in one process: what may be done to its parts, who did it, and why not. Begun with the network,
whose parts come up one after the other."""

import asyncio
from collections.abc import Callable, Sequence, Set
from functools import partial
from typing import Any

from evcharging.adapters.clock import Clock
from evcharging.apps.ev_central.lab import (
    DEEDS,
    MOST_DRIVERS,
    MOST_POINTS,
    Deed,
    LabDriver,
    LabPoint,
    LabState,
    NewDrivers,
    NewPoints,
    NewVehicle,
    PartKind,
    PartState,
)
from evcharging.apps.ev_central.refusals import OrderRefused, UnknownPoint, UnknownResource
from evcharging.apps.network.drivers import NetworkDrivers, driver_ids
from evcharging.apps.network.ids import point_ids
from evcharging.apps.network.parts import Parts
from evcharging.apps.network.scenarios import scenarios
from evcharging.apps.network.scenes import Scenes
from evcharging.apps.network.theatre import Theatre
from evcharging.apps.shell.actions import noted
from evcharging.apps.shell.fleets import links_to_engines
from evcharging.apps.shell.logs import speaker
from evcharging.apps.shell.program import FILES, CannotStart, need_descriptors
from evcharging.common.messages_operators import Actor

STARTING = "The network is still starting: ask again in a moment"
Place = Callable[[str], Any]
ENDS = 2
"""Both ends of a TCP link are in this process."""


class NetworkLab:
    """What can be done to a network of this speed, where vehicles may be plugged in by hand."""

    def __init__(self, clock: Clock, speed: float, *, is_manual: bool) -> None:
        self.make: Callable[[NetworkDrivers], Parts] | None = None
        """What makes the parts of the network, once there are drivers."""
        self._parts: Parts | None = None
        self._clock = clock
        self._speed = speed
        self._is_manual = is_manual
        self._turn = asyncio.Lock()
        self._say = speaker("Lab")
        self._theatre = Theatre(Scenes(self._all).do, clock, self._say)

    def open(self, drivers: NetworkDrivers) -> None:
        """All is there, these drivers at last."""
        if self.make is not None:
            self._parts = self.make(drivers)

    def state(self) -> LabState:
        parts = self._all()
        return LabState(
            speed=self._speed,
            is_manual=self._is_manual,
            central=parts.central(),
            points=len(parts.ids),
            drivers=len(parts.drivers.fleet.ids),
            away=parts.away(),
            scenarios=scenarios(),
            play=self._theatre.going,
        )

    def points(self, after: str, limit: int, sought: str) -> Sequence[LabPoint]:
        parts = self._all()
        return [*map(parts.point, _page(parts.ids, after, limit, sought, _place))]

    def drivers(self, after: str, limit: int, sought: str) -> Sequence[LabDriver]:
        parts = self._all()
        return [*map(parts.driver, _page(parts.drivers.fleet.ids, after, limit, sought, str))]

    async def add_points(self, wanted: NewPoints, actor: Actor) -> Sequence[str]:
        async with self._turn:
            parts = self._all()
            ids = self._new_ids(parts, wanted.count)
            await parts.add_points(ids, wanted)
        asked = {"count": wanted.count, "site_id": wanted.site_id, "power_w": wanted.power_w}
        await self._note(actor, "lab_add_points", ids[0], asked)
        return ids

    async def add_drivers(self, wanted: NewDrivers, actor: Actor) -> Sequence[str]:
        async with self._turn:
            parts = self._all()
            there = parts.drivers.fleet.ids
            if len(there) + wanted.count > MOST_DRIVERS:
                raise OrderRefused(f"There are {len(there)} drivers, and a lab may have {MOST_DRIVERS:,} in all")
            if wanted.cp_id is not None:
                self._own_point(parts, wanted.cp_id)
            ids = _free(driver_ids(len(there) + wanted.count), set(there), wanted.count)
            await parts.add_drivers(ids, wanted)
        asked = {"count": wanted.count, "interval_s": wanted.interval_s, "cp_id": wanted.cp_id}
        await self._note(actor, "lab_add_drivers", ids[0], asked)
        return ids

    async def send_vehicle(self, cp_id: str, vehicle: NewVehicle, actor: Actor) -> None:
        parts = self._all()
        self._own_point(parts, cp_id)
        parts.arrivals.send(cp_id, vehicle)
        asked = {"battery_mwh": vehicle.battery_mwh, "power_w": vehicle.power_w}
        await self._note(actor, "lab_send_vehicle", cp_id, {**asked, "charge_permille": vehicle.charge_permille})

    async def change(self, kind: PartKind, part_id: str, deed: Deed, actor: Actor) -> None:
        async with self._turn:
            parts = self._all()
            if kind is PartKind.DRIVERS:
                if part_id not in parts.drivers.fleet.roles:
                    raise UnknownResource(f"{part_id} is no driver of this run")
            else:
                self._own_point(parts, part_id)
            self._look_at(parts, kind, part_id, deed)
            await parts.change(kind, part_id, deed)
        await self._note(actor, f"lab_{deed}_{_one(kind)}", part_id)

    async def change_central(self, deed: Deed, actor: Actor) -> None:
        async with self._turn:
            parts = self._all()
            if (parts.central() is PartState.KILLED) is (deed is Deed.KILL):
                raise OrderRefused("Central is dead already" if deed is Deed.KILL else "Central runs already")
            parts.change_central(deed)
        await self._note(actor, f"lab_{deed}_central", "central")

    async def play(self, scenario_id: str, actor: Actor) -> None:
        self._all()
        self._theatre.begin(scenario_id)
        await self._note(actor, "lab_play", scenario_id)

    async def end_play(self, actor: Actor) -> None:
        going = self._theatre.going
        await self._theatre.end()
        await self._note(actor, "lab_end_play", going.scenario_id if going else "none")

    async def close(self) -> None:
        """Play nothing any more, as the network ends."""
        await self._theatre.close()
        self._parts = None

    def _all(self) -> Parts:
        if self._parts is None:
            raise OrderRefused(STARTING)
        return self._parts

    def _own_point(self, parts: Parts, cp_id: str) -> None:
        if cp_id not in parts.monitors.links.own:
            raise UnknownPoint(f"{cp_id} is no charging point of this run")

    def _look_at(self, parts: Parts, kind: PartKind, part_id: str, deed: Deed) -> None:
        """Raises OrderRefused where a part is so already, or a link has no monitor."""
        takes_away, _ = DEEDS[kind]
        if kind is PartKind.LINKS and part_id in parts.monitors.dead:
            raise OrderRefused(f"The monitor of {part_id} was killed, and its link with it: restart the monitor")
        is_away = parts.state(kind, part_id) in (PartState.KILLED, PartState.CUT)
        if is_away is (deed is takes_away):
            what = part_id if kind is PartKind.DRIVERS else f"The {_one(kind)} of {part_id}"
            raise OrderRefused(f"{what} {'is away already' if is_away else 'was not taken away'}")

    def _new_ids(self, parts: Parts, count: int) -> list[str]:
        """IDs of points that are to come, the lowest that nobody has in this run; raises OrderRefused."""
        total = len(parts.ids) + count
        if total > MOST_POINTS:
            raise OrderRefused(f"There are {len(parts.ids)} points, and a lab may have {MOST_POINTS:,} in all")
        known, taken = parts.up.panel.points, parts.up.panel.retired.union(parts.ids)
        ids = _free(point_ids(len(taken) + count), taken, count)
        most = parts.up.commands.max_points
        if len(known) + sum(cp_id not in known for cp_id in ids) > most:
            raise OrderRefused(f"CENTRAL_MAX_POINTS lets Central know {most} charging points: raise that setting")
        try:
            to_engines = parts.monitors.links.links_to_engines + links_to_engines(count)
            need_descriptors(FILES + ENDS * (total + to_engines))
        except CannotStart as error:
            raise OrderRefused(str(error)) from None
        return ids

    async def _note(self, actor: Actor, action: str, subject: str, asked: dict[str, Any] | None = None) -> None:
        made = noted(actor, action, subject, self._clock.now(), asked=asked or {})
        self._say("info", f"{action.removeprefix('lab_').replace('_', ' ').capitalize()}: {subject}")
        note: Callable[[], None] = partial(self._all().up.admitted.accounts.note, made)
        await asyncio.to_thread(note)


def _one(kind: PartKind) -> str:
    return kind.value.removesuffix("s")


def _free(ids: Sequence[str], taken: Set[str], count: int) -> list[str]:
    return [each for each in ids if each not in taken][:count]


def _page(ids: Sequence[str], after: str, limit: int, sought: str, place: Place) -> list[str]:
    """IDs with a text in them, behind one, in the order of their places."""
    wanted, behind = sought.casefold(), place(after)
    found = (each for each in ids if wanted in each.casefold() and place(each) > behind)
    return sorted(found, key=place)[:limit]


def _place(part_id: str) -> tuple[int, str]:
    return len(part_id), part_id
