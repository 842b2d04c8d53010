"""The drivers of a network in one process: where they ask, and what they remember of an earlier run."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from datetime import timedelta
from functools import partial

from evcharging.adapters.bus import Bus
from evcharging.adapters.clock import Clock
from evcharging.adapters.store import Ledger
from evcharging.apps.ev_central.central import Up
from evcharging.apps.ev_driver.drivers import driver_fleet, ending, intents, open_memory, place, plan_of, wanting
from evcharging.apps.ev_driver.fleet import DriverFleet, WishPlan
from evcharging.apps.ev_driver.requests_file import read_requests
from evcharging.apps.network.choosing import FreePoints, at_free_points
from evcharging.apps.shell.journals import FOLDER
from evcharging.common.config import DriverSettings, EngineSettings, NetworkSettings
from evcharging.roles.driver import ChargeIntent

NAMES = ("alice", "bob", "carol", "dave", "erin", "frank", "grace", "heidi", "ivan", "judy")


def driver_ids(count: int) -> list[str]:
    """driver-alice, driver-bob and so on; numbered once the names are used up."""
    return [f"driver-{NAMES[number]}" if number < len(NAMES) else f"driver-{number + 1}" for number in range(count)]


def named_requests(settings: DriverSettings) -> list[str] | None:
    """The points of the requests file, where a flag or variable names one; a file that only lies in the folder does not
    count. Raises BadRequestsFile."""
    return read_requests(settings.requests_file) if "requests_file" in settings.model_fields_set else None


def memory_of(network: NetworkSettings, engine: EngineSettings) -> AbstractContextManager[Ledger | None]:
    """What the drivers remember, held until the block is left, in a file beside the engines' journal; raises
    StoreUnavailable."""
    if not network.drivers:
        return nullcontext()
    return open_memory(f"{engine.journal}.requests" if engine.journal else FOLDER / "drivers.requests")


class NetworkDrivers:
    """The drivers of this process. Those who come later ask at points that are `free`, unless they have a point of
    their own; what they wish for is known again by the name of their plan."""

    def __init__(self, fleet: DriverFleet, free: FreePoints, settings: DriverSettings, seed: int) -> None:
        self.fleet = fleet
        self._free = free
        self._settings = settings
        self._seed = seed

    def join(self, cp_ids: Sequence[str]) -> None:
        """These points may be asked for too."""
        self._free.join(cp_ids)

    async def add(self, ids: Sequence[str], interval: timedelta, cp_id: str | None) -> None:
        """Drivers who ask for ever, for one point or for free ones; raises StoreUnavailable."""
        plan = f"lab, {cp_id or 'free points'}"
        await self.fleet.add({each: WishPlan(partial(self._wishes, each, interval, cp_id), plan) for each in ids})

    def _wishes(self, driver_id: str, interval: timedelta, cp_id: str | None) -> Iterator[ChargeIntent]:
        if cp_id is not None:
            wanted = {driver_id: intents([cp_id], interval, forever=True)}
        else:
            wanted = at_free_points([driver_id], self._free, interval, self._seed, forever=True)
        return wanting(wanted, self._settings.kwh, self._settings.minutes)[driver_id]


@asynccontextmanager
async def network_drivers(
    network: NetworkSettings,
    settings: DriverSettings,
    requests: Sequence[str] | None,
    memory: Ledger | None,
    cp_ids: Sequence[str],
    central: Up,
    bus: Bus,
    clock: Clock,
    stop: asyncio.Event,
) -> AsyncIterator[NetworkDrivers]:
    """The drivers, until the block is left; they ask for `requests`, or where there are none for points that are free.
    `stop` is set once all have gone through their requests."""
    ids, interval, forever = driver_ids(network.drivers), timedelta(seconds=settings.request_interval), not network.once
    free = FreePoints(cp_ids, central.panel.points)
    central.queries.watchers.append(free)

    def wishes(number: int) -> Iterator[ChargeIntent]:
        driver_id = ids[number]
        if requests is None:
            wanted = at_free_points([driver_id], free, interval, network.seed, forever=forever)
        else:
            first = place(number, ids, requests)
            wanted = {driver_id: intents(requests, interval, first=first, forever=forever)}
        return wanting(wanted, settings.kwh, settings.minutes)[driver_id]

    plan = "free points" if requests is None else plan_of(requests, ids)
    plan = plan if forever else f"{plan}, once"
    plans = {driver_id: WishPlan(partial(wishes, number), plan) for number, driver_id in enumerate(ids)}
    on_done = ending(ids, stop)
    async with driver_fleet(plans, bus, clock, on_done, central.status, store=memory, grows=True) as fleet:
        yield NetworkDrivers(fleet, free, settings, network.seed)
