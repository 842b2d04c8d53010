"""The drivers of a network in one process: where they ask, and what they remember of an earlier run."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from datetime import timedelta

from evcharging.adapters.bus import Bus
from evcharging.adapters.clock import Clock
from evcharging.adapters.store import Ledger
from evcharging.apps.ev_central.central import Up
from evcharging.apps.ev_driver.drivers import drivers, ending, open_memory, plan_of, spread, wanting
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
) -> AsyncIterator[None]:
    """The drivers, until the block is left; they ask for `requests`, or where there are none for points that are free.
    `stop` is set once all have gone through their requests."""
    ids, interval, forever = driver_ids(network.drivers), timedelta(seconds=settings.request_interval), not network.once
    wanted: dict[str, Iterator[ChargeIntent]]
    if requests is not None:
        wanted, plan = spread(ids, requests, interval, forever=forever), plan_of(requests, ids)
    else:
        free = FreePoints(cp_ids, central.panel.points)
        central.queries.watchers.append(free)
        wanted, plan = at_free_points(ids, free, interval, network.seed, forever=forever), "free points"
    plan = plan if forever else f"{plan}, once"
    if not wanted:
        yield
        return
    wanted = wanting(wanted, settings.kwh, settings.minutes)
    async with drivers(wanted, bus, clock, ending(wanted, stop), central.status, store=memory, plan=plan):
        yield
