"""What each program puts into its host: which roles, which topics, from which records. Knows no clock and no
technology; the live system and the simulator are both composed of these."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from zlib import crc32

from evcharging.adapters.bus import Bus
from evcharging.adapters.store import Ledger
from evcharging.common import kafka
from evcharging.common.kafka import Topic, partition_of
from evcharging.common.messages import Message
from evcharging.domain.supply import EngineMemory, Reading, Supply
from evcharging.domain.vehicle import Visit
from evcharging.roles.booker import Booker
from evcharging.roles.driver import Driver
from evcharging.roles.engine.engine import Engine
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.monitor import Monitor, MonitorSetup
from evcharging.runtime.host import Host

Visits = Callable[[str], Iterator[Visit] | None]


def no_visits(cp_id: str) -> None:
    """No vehicles: a supply draws all that its point gives."""


def add_engines(
    host: Host,
    store: Ledger,
    bus: Bus,
    setups: Sequence[EngineSetup],
    *,
    links: Iterable[Topic] = (),
    run: int = 0,
    visits: Visits = no_visits,
    grows: bool = False,
) -> dict[str, Engine]:
    """Engines, each with what its journal knows; `links` are topics that stand in for its health link, `run` tells this
    process from others, and `visits` gives the vehicles that come to a point. Where the fleet `grows`, others may come
    later, wherever their IDs belong."""
    ids = [setup.cp_id for setup in setups]
    topics = (kafka.CENTRAL_COMMANDS, *links)
    read_own_partitions(host, bus, topics, group="engines", keys=ids, all_of_them=grows)
    is_leased = host.cadences.show_every is not None
    recovered = recovered_engines(store, setups, run=run, visits=visits, is_leased=is_leased)
    recovered.move_in(host)
    return dict(recovered.roles)


R = TypeVar("R", Engine, Driver)


@dataclass(frozen=True, slots=True)
class Recovered(Generic[R]):
    """Roles by their address, with what the store knows of them, the runs that have begun with that, and what was not
    sent of what they said before."""

    roles: Mapping[str, R]
    epochs: Mapping[str, int]
    unsent: Sequence[tuple[int, Message]]

    def move_in(self, host: Host) -> None:
        """Give them a home, in the thread of the host."""
        for address, role in self.roles.items():
            host.add(address, role, shard=address, epoch=self.epochs[address])
        host.resend(self.unsent)


def recovered_engines(
    store: Ledger,
    setups: Sequence[EngineSetup],
    *,
    run: int = 0,
    visits: Visits = no_visits,
    is_leased: bool = True,
) -> Recovered[Engine]:
    """A new run of each of these engines. May be asked in any thread, when no commit is under way."""
    ids = [setup.cp_id for setup in setups]
    epochs = store.claim(ids)
    memories = {record.cp_id: record for record in store.select(EngineMemory)}
    supplies = {record.cp_id: record for record in store.select(Supply)}
    readings = {record.cp_id: record for record in store.select(Reading)}
    engines = {
        setup.cp_id: Engine(
            setup,
            epochs[setup.cp_id],
            run=run,
            memory=memories.get(setup.cp_id),
            supply=supplies.get(setup.cp_id),
            reading=readings.get(setup.cp_id),
            visits=visits(setup.cp_id),
            is_leased=is_leased,
        )
        for setup in setups
    }
    return Recovered(engines, epochs, store.unsent(ids))


def add_monitors(host: Host, bus: Bus, setups: Sequence[MonitorSetup], *, links: Sequence[Topic] = ()) -> None:
    """Monitors; they keep nothing."""
    if links:
        read_own_partitions(host, bus, links, group="monitors", keys=[setup.cp_id for setup in setups])
    for setup in setups:
        host.add(setup.cp_id, Monitor(setup), shard=setup.cp_id, epoch=0)


def add_drivers(
    host: Host,
    store: Ledger,
    bus: Bus,
    drivers: Sequence[Driver],
    *,
    linked: Container[str] = (),
    grows: bool = False,
) -> None:
    """Drivers; what they asked is in the outbox until the bus has it, also over a restart. Those that are `linked` hear
    by another way than the bus. Where the fleet `grows`, others may come later."""
    on_bus = [driver.driver_id for driver in drivers if driver.driver_id not in linked]
    if on_bus or grows:
        read_own_partitions(host, bus, (kafka.DRIVER_UPDATES,), group="drivers", keys=on_bus, all_of_them=grows)
    recovered_drivers(store, drivers).move_in(host)


def add_booker(host: Host, store: Ledger, bus: Bus, booker: Booker, *, linked: bool) -> None:
    """A driver who books once; one that is `linked` hears by another way than the bus."""
    driver_id = booker.driver_id
    if not linked:
        read_own_partitions(host, bus, (kafka.DRIVER_UPDATES,), group="drivers-booking", keys=[driver_id])
    host.add(driver_id, booker, shard=driver_id, epoch=store.claim([driver_id])[driver_id])


def recovered_drivers(store: Ledger, drivers: Sequence[Driver]) -> Recovered[Driver]:
    """A new run of each of these drivers. May be asked in any thread, when no commit is under way."""
    roles = {driver.driver_id: driver for driver in drivers}
    return Recovered(roles, store.claim([*roles]), store.unsent([*roles]))


def read_own_partitions(
    host: Host, bus: Bus, topics: Iterable[Topic], *, group: str, keys: Sequence[str], all_of_them: bool = False
) -> None:
    """Read just the partitions that these keys are in, so that many readers do not each read everything; or all of
    them, as readers do that may have others' keys later."""
    partitions = range(bus.partitions) if all_of_them else {partition_of(key, bus.partitions) for key in keys}
    host.subscribe(topics, group=f"{group}-{_reader_of(keys)}", partitions=partitions)


def _reader_of(keys: Sequence[str]) -> str:
    """A name that other readers do not have: where one was is remembered by it."""
    return keys[0] if len(keys) == 1 else f"{len(keys)}-{crc32(' '.join(sorted(keys)).encode()):08x}"
