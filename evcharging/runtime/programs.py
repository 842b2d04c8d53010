"""What each program puts into its host: which roles, which topics, from which records. Knows no clock and no
technology; the live system and the simulator are both composed of these."""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from zlib import crc32

from evcharging.adapters.bus import Bus
from evcharging.adapters.store import Ledger
from evcharging.common import kafka
from evcharging.common.kafka import Topic, a_key_in_each, partition_of
from evcharging.common.messages import Message
from evcharging.common.messages_alerts import DESK
from evcharging.domain.alert import UNCLOSED, Alert
from evcharging.domain.catalogue import Catalogue, SiteTariff, TariffVersion
from evcharging.domain.charging_point import LastReading, LastStatus, Point
from evcharging.domain.hold import AnsweredAsk, Hold
from evcharging.domain.queue import OPEN_VALUES, QueueEntry
from evcharging.domain.reservation import ACTIVE_VALUES, Reservation
from evcharging.domain.session import OPEN, Session, SessionStatus
from evcharging.domain.site import Site, SitePoint
from evcharging.domain.site_power import SitePower
from evcharging.domain.site_reservation import SiteReservation
from evcharging.domain.supply import EngineMemory, Reading, Supply
from evcharging.domain.vehicle import Visit
from evcharging.domain.webhook import Delivery, DeliveryState, Webhook
from evcharging.roles.booker import Booker
from evcharging.roles.cadences import Cadences
from evcharging.roles.central.central import Central
from evcharging.roles.driver import Driver
from evcharging.roles.engine.engine import Engine
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.monitor import Monitor, MonitorSetup
from evcharging.roles.site.sites import Sites
from evcharging.roles.tariff.tariffs import Tariffs
from evcharging.roles.webhook.webhooks import Webhooks
from evcharging.runtime.families import Families, Family
from evcharging.runtime.host import Host

OPEN_STATUSES = tuple(status.value for status in OPEN)
UNCLOSED_STATES = tuple(state.value for state in UNCLOSED)

AtSite = TypeVar("AtSite", SitePoint, Site, QueueEntry, SiteReservation, SitePower)


def add_central(host: Host, store: Ledger, bus: Bus) -> None:
    """EV Central: a role of each family for each partition that this process has, as long as it has it."""
    host.subscribe(
        [topic for family in FAMILIES for topic in family.reads],
        group=kafka.CENTRAL,
        recalled=[topic for family in FAMILIES for topic in family.recalled],
        shared=Families(host, store, bus, FAMILIES),
    )


def _recover_points(
    store: Ledger, partitions: int, epochs: Mapping[str, int], cadences: Cadences
) -> list[tuple[str, Central]]:
    """The roles that decide for charging points."""
    shards = list(epochs)
    points: dict[str, list[Point]] = {shard: [] for shard in shards}
    for point in store.select(Point):
        points.get(str(partition_of(point.cp_id, partitions)), []).append(point)
    statuses = {status.cp_id: status for status in store.select(LastStatus)}
    sessions = {session.cp_id: session for session in store.select(Session, {"status": OPEN_STATUSES})}
    readings = {reading.cp_id: reading for reading in store.fetch(LastReading, sessions)}
    versions, sites = store.select(TariffVersion), store.select(SiteTariff)
    held = store.select(Session, {"status": (SessionStatus.SUSPECT.value,)})
    alerts = store.select(Alert, {"state": UNCLOSED_STATES})
    holds, asks = store.select(Hold), store.select(AnsweredAsk)
    reserved = store.select(Reservation, {"status": ACTIVE_VALUES})

    def central(shard: str) -> Central:
        ids = [point.cp_id for point in points[shard] if point.cp_id in sessions]
        return Central(
            shard,
            epochs[shard],
            points=points[shard],
            statuses=[statuses[point.cp_id] for point in points[shard] if point.cp_id in statuses],
            sessions=[sessions[cp_id] for cp_id in ids],
            held=[session for session in held if str(partition_of(session.cp_id, partitions)) == shard],
            alerts=[alert for alert in alerts if str(partition_of(alert.cp_id, partitions)) == shard],
            holds=[hold for hold in holds if str(partition_of(hold.cp_id, partitions)) == shard],
            asks=[ask for ask in asks if str(partition_of(ask.cp_id, partitions)) == shard],
            reserved=[each for each in reserved if str(partition_of(each.cp_id, partitions)) == shard],
            readings=[readings[cp_id] for cp_id in ids if cp_id in readings],
            catalogue=Catalogue(versions, sites),
            cadences=cadences,
        )

    return [(shard, central(shard)) for shard in shards]


POINTS = Family(
    prefix="",
    reads=(
        kafka.OPERATOR_REQUESTS,
        kafka.CP_HEALTH,
        kafka.CP_STATUS,
        kafka.CP_TELEMETRY,
        kafka.DRIVER_REQUESTS,
        kafka.DRIVER_RESERVATIONS,
        kafka.SITE_ASKS,
        kafka.TARIFF_NEWS,
    ),
    recalled=(
        kafka.DRIVER_REQUESTS,
        kafka.DRIVER_RESERVATIONS,
        kafka.SITE_ASKS,
        kafka.CP_STATUS,
        kafka.OPERATOR_REQUESTS,
        kafka.TARIFF_NEWS,
    ),
    recover=_recover_points,
)


def _of_sites(
    store: Ledger,
    kind: type[AtSite],
    partitions: int,
    shards: Iterable[str],
    where: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, list[AtSite]]:
    """The records of one kind by the shards of their sites."""
    found: dict[str, list[AtSite]] = {shard: [] for shard in shards}
    for record in store.select(kind, where):
        found.get(SITES.shard(partition_of(record.site_id, partitions)), []).append(record)
    return found


def _recover_sites(
    store: Ledger, partitions: int, epochs: Mapping[str, int], cadences: Cadences
) -> list[tuple[str, Sites]]:
    """The roles that count for sites, have their queues, and decide on what is said of them."""
    points = _of_sites(store, SitePoint, partitions, epochs)
    sites = _of_sites(store, Site, partitions, epochs)
    entries = _of_sites(store, QueueEntry, partitions, epochs, {"status": OPEN_VALUES})
    reserved = _of_sites(store, SiteReservation, partitions, epochs, {"state": ("open",)})
    granted = _of_sites(store, SitePower, partitions, epochs)

    def of_shard(shard: str, epoch: int) -> Sites:
        return Sites(
            shard, epoch, points[shard], sites[shard], cadences, entries[shard], reserved[shard], granted[shard]
        )

    return [(shard, of_shard(shard, epoch)) for shard, epoch in epochs.items()]


SITES = Family(
    prefix="site-",
    reads=(kafka.SITE_POINTS, kafka.SITE_POWER, kafka.SITE_EVENTS, kafka.SITE_ORDERS, kafka.DRIVER_SITE_REQUESTS),
    recalled=(kafka.DRIVER_SITE_REQUESTS, kafka.SITE_EVENTS, kafka.SITE_ORDERS),
    recover=_recover_sites,
)


def _recover_tariffs(
    store: Ledger, partitions: int, epochs: Mapping[str, int], cadences: Cadences
) -> list[tuple[str, Tariffs]]:
    """The roles that decide what is published, and what sites name."""
    versions, sites, places = store.select(TariffVersion), store.select(SiteTariff), a_key_in_each(partitions)

    def is_of(shard: str, key: str) -> bool:
        return TARIFFS.shard(partition_of(key, partitions)) == shard

    def catalogue(shard: str) -> Catalogue:
        own = (version for version in versions if is_of(shard, version.tariff_id))
        return Catalogue(own, (site for site in sites if is_of(shard, site.site_id)))

    return [(shard, Tariffs(shard, epoch, catalogue(shard), places)) for shard, epoch in epochs.items()]


TARIFFS = Family(
    prefix="tariff-",
    reads=(kafka.TARIFF_REQUESTS, kafka.SITE_REQUESTS),
    recalled=(kafka.SITE_REQUESTS,),
    recover=_recover_tariffs,
)


def _recover_webhooks(
    store: Ledger, partitions: int, epochs: Mapping[str, int], cadences: Cadences
) -> list[tuple[str, Webhooks]]:
    """The roles that decide who is told of alerts; one of them has all that there is."""
    home = webhooks_home(partitions)
    waiting = {"state": (DeliveryState.PENDING.value,)}

    def webhooks(shard: str, epoch: int) -> Webhooks:
        if shard != home:
            return Webhooks(shard, epoch)
        return Webhooks(shard, epoch, store.select(Webhook), store.select(Delivery, waiting))

    return [(shard, webhooks(shard, epoch)) for shard, epoch in epochs.items()]


WEBHOOKS = Family(
    prefix="webhook-",
    reads=(kafka.ALERT_EVENTS, kafka.WEBHOOK_REQUESTS),
    recalled=(kafka.ALERT_EVENTS,),
    recover=_recover_webhooks,
)


def webhooks_home(partitions: int) -> str:
    """The address of the role that has all webhooks."""
    return WEBHOOKS.shard(partition_of(DESK, partitions))


FAMILIES = (POINTS, SITES, TARIFFS, WEBHOOKS)
"""All families that EV Central runs."""


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
