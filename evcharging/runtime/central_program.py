"""What EV Central puts into its host: families of roles, their topics, and the records that they begin from. Knows no
clock and no technology."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from evcharging.adapters.bus import Bus
from evcharging.adapters.store import Ledger
from evcharging.common import kafka
from evcharging.common.kafka import a_key_in_each, partition_of
from evcharging.common.messages_alerts import DESK
from evcharging.domain.alert import UNCLOSED, Alert
from evcharging.domain.catalogue import Catalogue, SiteTariff, TariffVersion
from evcharging.domain.charging_point import LastReading, LastStatus, Point
from evcharging.domain.hold import AnsweredAsk, Hold
from evcharging.domain.numbering import ReceiptSeries
from evcharging.domain.payment import UNSETTLED_VALUES, Payment
from evcharging.domain.queue import OPEN_VALUES, QueueEntry
from evcharging.domain.reservation import ACTIVE_VALUES, Reservation
from evcharging.domain.session import OPEN, Bill, Session, SessionStatus
from evcharging.domain.site import Site, SitePoint
from evcharging.domain.site_power import SitePower
from evcharging.domain.site_reservation import SiteReservation
from evcharging.domain.webhook import Delivery, DeliveryState, Webhook
from evcharging.roles.cadences import Cadences
from evcharging.roles.central.central import Central
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
    unsettled = store.select(Payment, {"state": UNSETTLED_VALUES}) if cadences.payments is not None else []
    bills = store.fetch(Bill, [payment.session_id for payment in unsettled])
    series = store.select(ReceiptSeries)

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
            payments=[each for each in unsettled if str(partition_of(each.cp_id, partitions)) == shard],
            bills=[bill for bill in bills if str(partition_of(bill.cp_id, partitions)) == shard],
            series=[each for each in series if each.shard == shard],
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


def point_home(partitions: int) -> Callable[[str], str]:
    """Gives the address of the role that decides for a point."""
    return lambda cp_id: POINTS.shard(partition_of(cp_id, partitions))


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
