"""Composes drivers: what they wish for, and their host. One or thousands in a process."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, closing, nullcontext
from datetime import timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from zlib import crc32

from evcharging.adapters.bus import Bus
from evcharging.adapters.clock import Clock
from evcharging.adapters.store import Ledger
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_driver.fleet import DriverFleet, WishPlan, roles_of
from evcharging.apps.ev_driver.streams import Streams
from evcharging.apps.shell.fleets import component
from evcharging.apps.shell.logs import LogLine, speaker
from evcharging.apps.shell.narration import DriverLines, Narrator
from evcharging.apps.shell.program import running
from evcharging.apps.shell.status import Status
from evcharging.common.utils import changed
from evcharging.roles.driver import ChargeIntent, Driver
from evcharging.runtime.host import Host
from evcharging.runtime.programs import add_drivers
from evcharging.runtime.work import Work


def _name(driver_id: str) -> str:
    return f"Driver:{driver_id}"


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
        driver_id: intents(points, interval, first=place(number, driver_ids, points), forever=forever)
        for number, driver_id in enumerate(driver_ids)
    }


def place(number: int, driver_ids: Sequence[str], points: Sequence[str]) -> int:
    """Where in these points a driver begins."""
    return number * len(points) // len(driver_ids)


def wanting(
    wanted: dict[str, Iterator[ChargeIntent]],
    kwh: float | None,
    minutes: int | None,
    payment_method: str | None = None,
) -> dict[str, Iterator[ChargeIntent]]:
    """The same wishes, each for so much energy or time at most, paid by this card."""
    more = {"kwh": kwh, "minutes": minutes, "payment_method": payment_method}
    return {driver_id: _each(theirs, more) for driver_id, theirs in wanted.items()}


def _each(intents: Iterator[ChargeIntent], more: Mapping[str, object]) -> Iterator[ChargeIntent]:
    for intent in intents:
        yield changed(intent, **more)


def plan_of(points: Sequence[str], driver_ids: Sequence[str]) -> str:
    """Names what `spread` gives for these, so that a driver knows whether its wishes are still the same."""
    return f"{crc32(' '.join(points).encode()):08x}-{len(driver_ids)}"


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
    plans = {driver_id: WishPlan(partial(iter, wishes), plan) for driver_id, wishes in wanted.items()}
    async with driver_fleet(plans, bus, clock, on_done, status, store=store, streams=streams):
        yield


@asynccontextmanager
async def driver_fleet(
    plans: Mapping[str, WishPlan],
    bus: Bus,
    clock: Clock,
    on_done: Callable[[Driver], None],
    status: Status | None = None,
    *,
    store: Ledger | None = None,
    streams: Streams | None = None,
    grows: bool = False,
) -> AsyncIterator[DriverFleet]:
    """Drivers by what they wish for, as `drivers` has them; where the fleet `grows`, more may come."""
    log = speaker(component("Driver", [*plans]) if plans else "Drivers")
    store = store or MemoryStore()
    linked = streams.drivers if streams else frozenset()
    roles = roles_of(plans, store, linked)
    _tell_of_open(roles, log)

    def done(role: Driver) -> None:
        if streams is not None:
            streams.leave(role.driver_id)
        on_done(role)

    watch = _Watch({role.driver_id: role for role in roles}, done)
    async with running(
        clock, log, lambda wake: Host(store, bus, observer=watch, on_ready=wake), status, "driver"
    ) as life:
        add_drivers(life.host, store, bus, roles, linked=linked, grows=grows)
        fleet = DriverFleet(life, store, plans, watch.roles)
        if status is not None:
            status.count("drivers", lambda: len(fleet.roles))
            status.metrics.add(fleet.samples)
        async with streams.heard(life.host.tell) if streams else nullcontext():
            yield fleet


def _tell_of_open(roles: Iterable[Driver], log: LogLine) -> None:
    asked = [role.asks_at for role in roles if role.asks_at is not None]
    if asked:
        log("info", f"Asks again for what was open: {', '.join(asked[:10])}{' ...' if len(asked) > 10 else ''}")


def ending(driver_ids: Iterable[str], stop: asyncio.Event) -> Callable[[Driver], None]:
    """Says how each driver's requests ended, all told; with the last of these drivers the program ends."""
    left = set(driver_ids)

    def on_done(driver: Driver) -> None:
        ends = ", ".join(f"{count} {status}" for status, count in driver.ends.items() if count)
        speaker(_name(driver.driver_id))("info", f"All requests are served: {ends}", driver)
        left.discard(driver.driver_id)
        if not left:
            stop.set()

    return on_done


class _Watch(Narrator):
    """Narrates, and notices who is done."""

    def __init__(self, roles: dict[str, Driver], on_done: Callable[[Driver], None]) -> None:
        super().__init__(DriverLines(), _name)
        self.roles = roles
        self._done: set[Driver] = set()
        self._on_done = on_done

    def committed(self, work: Work) -> None:
        """Say what happened, and who has nothing left to do."""
        super().committed(work)
        for address, _, _ in work.reactions:
            role = self.roles.get(address)
            if role is not None and role.done and role not in self._done:
                self._done.add(role)
                self._on_done(role)
