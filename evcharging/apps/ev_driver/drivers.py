"""Composes drivers: what they wish for, and their host. One or thousands in a process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, closing, nullcontext
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from uuid import uuid4
from zlib import crc32

from evcharging.adapters.bus import Bus
from evcharging.adapters.clock import Clock
from evcharging.adapters.metrics import Sample
from evcharging.adapters.store import Ledger
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_driver.streams import Streams
from evcharging.apps.shell.fleets import component
from evcharging.apps.shell.logs import speaker
from evcharging.apps.shell.metrics import DRIVERS_ENDS, REQUESTS_ENDED
from evcharging.apps.shell.narration import DriverLines, Narrator
from evcharging.apps.shell.program import running
from evcharging.apps.shell.status import Status
from evcharging.common.messages import DriverRequest
from evcharging.common.messages_queue import SiteRequest
from evcharging.common.utils import changed
from evcharging.domain.driving import DriverMemory
from evcharging.roles.driver import ANY_POINT_OF, ChargeIntent, Driver
from evcharging.runtime.host import Host
from evcharging.runtime.programs import add_drivers
from evcharging.runtime.work import Work


def _name(driver_id: str) -> str:
    return f"Driver:{driver_id}"


def _request_id() -> str:
    return f"req-{uuid4().hex}"


def intents(
    points: Sequence[str], interval: timedelta, *, first: int = 0, forever: bool = False
) -> Iterator[ChargeIntent]:
    """The points of a requests file in order, from number `first` around; the first at once, each other one
    `interval` after the end of the last."""
    around = [*points[first:], *points[:first]]
    wait = timedelta(0)
    for cp_id in cycle(around) if forever else around:
        yield ChargeIntent(cp_id=cp_id, wait=wait)
        wait = interval


def spread(
    driver_ids: Sequence[str], points: Sequence[str], interval: timedelta, *, forever: bool = False
) -> dict[str, Iterator[ChargeIntent]]:
    """What each driver of a fleet wishes for: they go through the same points, from places as far apart as can be."""
    return {
        driver_id: intents(points, interval, first=number * len(points) // len(driver_ids), forever=forever)
        for number, driver_id in enumerate(driver_ids)
    }


def wanting(
    wanted: dict[str, Iterator[ChargeIntent]], kwh: float | None, minutes: int | None
) -> dict[str, Iterator[ChargeIntent]]:
    """The same wishes, each for so much energy or time at most."""
    return {driver_id: _each(theirs, kwh, minutes) for driver_id, theirs in wanted.items()}


def _each(intents: Iterator[ChargeIntent], kwh: float | None, minutes: int | None) -> Iterator[ChargeIntent]:
    for intent in intents:
        yield changed(intent, kwh=kwh, minutes=minutes)


def plan_of(points: Sequence[str], driver_ids: Sequence[str]) -> str:
    """Names what `spread` gives for these, so that a driver knows whether its wishes are still the same."""
    return f"{crc32(' '.join(points).encode()):08x}-{len(driver_ids)}"


def place_of(request: DriverRequest | SiteRequest) -> str:
    """Where a request asks for a charge, as a requests file says it."""
    return request.cp_id if isinstance(request, DriverRequest) else f"{ANY_POINT_OF}{request.site_id}"


def open_memory(path: Path | str) -> AbstractContextManager[Ledger]:
    """What drivers remember of an earlier run, held against every other process until the block is left; raises
    StoreUnavailable."""
    return closing(JournalStore(path))


@asynccontextmanager
async def drivers(
    wanted: dict[str, Iterator[ChargeIntent]],
    bus: Bus,
    clock: Clock,
    on_done: Callable[[Driver], None],
    status: Status | None = None,
    *,
    store: Ledger | None = None,
    plan: str | None = None,
    streams: Streams | None = None,
) -> AsyncIterator[None]:
    """Drivers by their ids, until the block is left; `on_done` is told of each that has nothing left to wish for.
    With a `plan` they go on where they were, as far as the store knows. Those that have `streams` hear by them."""
    log = speaker(component("Driver", list(wanted)))
    store = store or MemoryStore()
    memories = {memory.driver_id: memory for memory in store.select(DriverMemory)}
    linked = streams.drivers if streams else frozenset()
    roles = [
        Driver(driver_id, each, _request_id, plan=plan, memory=memories.get(driver_id), linked=driver_id in linked)
        for driver_id, each in wanted.items()
    ]
    asked = [place_of(memory.asked) for driver_id, memory in memories.items() if driver_id in wanted and memory.asked]
    if asked:
        log("info", f"Asks again for what was open: {', '.join(asked[:10])}{' ...' if len(asked) > 10 else ''}")

    def done(role: Driver) -> None:
        if streams is not None:
            streams.leave(role.driver_id)
        on_done(role)

    watch = _Watch({role.driver_id: role for role in roles}, done)
    async with running(
        clock, log, lambda wake: Host(store, bus, observer=watch, on_ready=wake), status, "driver"
    ) as life:
        add_drivers(life.host, store, bus, roles, linked=linked)
        if status is not None:
            status.count("drivers", lambda: len(roles))
            status.metrics.add(lambda: _samples(roles))
        async with streams.heard(life.host.tell) if streams else nullcontext():
            yield


def ending(driver_ids: Iterable[str], stop: asyncio.Event) -> Callable[[Driver], None]:
    """Says how each driver's requests ended, all told; with the last of these drivers the program ends."""
    left = set(driver_ids)

    def on_done(driver: Driver) -> None:
        ends = ", ".join(f"{count} {status}" for status, count in driver.ends.items() if count)
        speaker(_name(driver.driver_id))("info", f"All requests are served: {ends}", driver)
        left.remove(driver.driver_id)
        if not left:
            stop.set()

    return on_done


def _samples(roles: Sequence[Driver]) -> Iterator[Sample]:
    for status in DRIVERS_ENDS:
        yield REQUESTS_ENDED, (status.value,), sum(role.ends[status] for role in roles)


class _Watch(Narrator):
    """Narrates, and notices who is done."""

    def __init__(self, roles: dict[str, Driver], on_done: Callable[[Driver], None]) -> None:
        super().__init__(DriverLines(), _name)
        self._open = roles
        self._on_done = on_done

    def committed(self, work: Work) -> None:
        """Say what happened, and who has nothing left to do."""
        super().committed(work)
        for address, _, _ in work.reactions:
            role = self._open.get(address)
            if role is not None and role.done:
                del self._open[address]
                self._on_done(role)
