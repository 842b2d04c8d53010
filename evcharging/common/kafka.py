"""Topics, their keys and the messages that each carries. Knows no client, broker or connection."""

from functools import cache
from itertools import count
from zlib import crc32

from evcharging.common import messages as m
from evcharging.common import messages_alerts as a
from evcharging.common import messages_catalogue as c
from evcharging.common import messages_grants as g
from evcharging.common import messages_link as l
from evcharging.common import messages_operators as o
from evcharging.common import messages_payments as p
from evcharging.common import messages_queue as q
from evcharging.common import messages_reservations as r
from evcharging.common import messages_site as s
from evcharging.common import messages_view as v
from evcharging.common.messages import DriverUpdate, Message, UpdateStatus
from evcharging.common.messages_queue import QueueStatus, QueueUpdate
from evcharging.common.schema import Schema
from evcharging.common.utils import Frozen


class Topic(Frozen, frozen=True, kw_only=True):
    """A stream of messages: `key` names the field that keeps order; a volatile one may lose messages in a crash,
    since the next message makes up for it. A link topic travels on framed TCP, or stays in its process, and
    never reaches Kafka. Messages of an
    `exact` one may have no key of JSON twice. `sealed_by` names the field whose owner's key seals its messages, a point
    or a driver; None where Central itself speaks. `keeper` is the group that sees to it that each message comes into
    the partition of its key, whatever client has sent it; None where only Central writes."""

    name: str
    kinds: tuple[type[Message], ...]
    key: str = "cp_id"
    volatile: bool = False
    link: bool = False
    exact: bool = False
    sealed_by: str | None = None
    keeper: str | None = None


CENTRAL = "central"
"""The group in which all Centrals share the partitions of what they read."""

CENTRAL_COMMANDS = Topic(
    name="central.commands",
    kinds=(
        m.StartSupply,
        m.StopSupply,
        m.ExtendSupply,
        m.CentralCommand,
        m.SetLimit,
        m.QueryStatus,
        g.GrantPower,
        g.ManagePoint,
    ),
    sealed_by="cp_id",
)
CP_STATUS = Topic(
    name="cp.status",
    kinds=(m.CPStatus, m.SupplyStarted, m.SupplyAwaited, m.SupplyRefused, m.SupplyEnded),
    sealed_by="cp_id",
    keeper=CENTRAL,
)
CP_TELEMETRY = Topic(name="cp.telemetry", kinds=(m.CPTelemetry,), volatile=True, sealed_by="cp_id", keeper=CENTRAL)
CP_HEALTH = Topic(name="cp.health", kinds=(m.HealthReport, m.MonitorDisconnected), volatile=True, keeper=CENTRAL)
DRIVER_REQUESTS = Topic(
    name="driver.requests", kinds=(m.DriverRequest,), exact=True, sealed_by="driver_id", keeper=CENTRAL
)
DRIVER_SITE_REQUESTS = Topic(
    name="driver.site.requests",
    kinds=(q.SiteRequest, q.OfferReply, q.LeaveQueue, r.ReserveAtSite),
    key="site_id",
    exact=True,
    sealed_by="driver_id",
    keeper=CENTRAL,
)
DRIVER_RESERVATIONS = Topic(
    name="driver.reservations",
    kinds=(r.ReserveRequest, r.CancelReservation),
    exact=True,
    sealed_by="driver_id",
    keeper=CENTRAL,
)
DRIVER_UPDATES = Topic(
    name="driver.updates",
    kinds=(m.DriverUpdate, q.QueueUpdate, r.ReservationUpdate),
    key="driver_id",
    sealed_by="driver_id",
)
OPERATOR_REQUESTS = Topic(
    name="operator.requests",
    kinds=(*o.ORDERS, v.PointsWanted),
    exact=True,
    keeper=CENTRAL,
)
CENTRAL_PANEL = Topic(
    name="central.panel",
    kinds=(v.PointShown, v.ShardAlive, v.ReadingsShown, v.NoticeShown, o.OperatorAnswer),
    volatile=True,
)
SITE_POINTS = Topic(name="site.points", kinds=(s.PointAtSite, g.BuildingMeasured), key="site_id", volatile=True)
SITE_POWER = Topic(
    name="site.power", kinds=(g.PowerReport,), key="site_id", volatile=True, sealed_by="cp_id", keeper=CENTRAL
)
SITE_EVENTS = Topic(
    name="site.events",
    kinds=(
        s.SessionAtSite,
        s.PointLeftSite,
        q.PointReply,
        r.ReserveReply,
        r.ReservationLost,
        r.ReservationServed,
    ),
    key="site_id",
)
SITE_ASKS = Topic(name="site.asks", kinds=(q.PointAsk, r.ReserveAsk, r.ReleaseAsk))
SITE_ORDERS = Topic(
    name="site.orders", kinds=(s.DescribeSite, s.RemoveFromQueue), key="site_id", exact=True, keeper=CENTRAL
)
SITE_PANEL = Topic(name="site.panel", kinds=(s.SiteShown, s.SiteAnswer, g.PowerShown), key="site_id", volatile=True)
TARIFF_REQUESTS = Topic(name="tariff.requests", kinds=(c.PublishTariff,), key="tariff_id", exact=True, keeper=CENTRAL)
SITE_REQUESTS = Topic(name="site.requests", kinds=(c.NameSiteTariff,), key="site_id", exact=True, keeper=CENTRAL)
TARIFF_NEWS = Topic(name="tariff.news", kinds=(c.TariffNews,), key="place")
TARIFF_PANEL = Topic(name="tariff.panel", kinds=(c.TariffAnswer,), key="request_id", volatile=True)
ALERT_EVENTS = Topic(name="alert.events", kinds=(a.AlertSaid,), key="desk")
WEBHOOK_REQUESTS = Topic(
    name="webhook.requests",
    kinds=(a.AddWebhook, a.ChangeWebhook, a.RemoveWebhook, a.TestWebhook),
    key="desk",
    exact=True,
)
WEBHOOK_PANEL = Topic(name="webhook.panel", kinds=(a.WebhookAnswer,), key="request_id", volatile=True)
HEALTH_QUERIES = Topic(name="link.health.queries", kinds=(l.HealthQuery,), volatile=True, link=True)
HEALTH_ANSWERS = Topic(name="link.health.answers", kinds=(l.EngineHealth,), key="asked", volatile=True, link=True)
ERRANDS = Topic(name="link.errands", kinds=(a.ErrandDue,), key="desk", volatile=True, link=True)
PROVIDER_ERRANDS = Topic(name="link.provider", kinds=(p.ProviderDue,), volatile=True, link=True)

TOPICS: tuple[Topic, ...] = (
    CENTRAL_COMMANDS,
    CP_STATUS,
    CP_TELEMETRY,
    CP_HEALTH,
    DRIVER_REQUESTS,
    DRIVER_SITE_REQUESTS,
    DRIVER_RESERVATIONS,
    DRIVER_UPDATES,
    OPERATOR_REQUESTS,
    CENTRAL_PANEL,
    SITE_POINTS,
    SITE_POWER,
    SITE_EVENTS,
    SITE_ASKS,
    SITE_ORDERS,
    SITE_PANEL,
    TARIFF_REQUESTS,
    SITE_REQUESTS,
    TARIFF_NEWS,
    TARIFF_PANEL,
    ALERT_EVENTS,
    WEBHOOK_REQUESTS,
    WEBHOOK_PANEL,
    HEALTH_QUERIES,
    HEALTH_ANSWERS,
    ERRANDS,
    PROVIDER_ERRANDS,
)

FROM_DRIVERS = (DRIVER_REQUESTS, DRIVER_SITE_REQUESTS, DRIVER_RESERVATIONS)
"""What drivers say, and Central on behalf of those who ask it over HTTP."""

SHOWN = (CENTRAL_PANEL, SITE_PANEL, TARIFF_PANEL, WEBHOOK_PANEL)
"""What a live view is told."""

TOPIC_OF: dict[type[Message], Topic] = {kind: topic for topic in TOPICS for kind in topic.kinds}
VOLATILE = frozenset(kind for topic in TOPICS if topic.volatile for kind in topic.kinds)
_IN_PROGRESS = UpdateStatus.IN_PROGRESS
SCHEMAS: dict[str, Schema] = {topic.name: Schema(*topic.kinds, exact=topic.exact) for topic in TOPICS}


def key_of(message: Message) -> str:
    """The key that keeps a message in order with its fellows; empty for a notice that concerns no point."""
    key: str | None = getattr(message, TOPIC_OF[type(message)].key)
    return key or ""


def is_volatile(message: Message) -> bool:
    """Whether a later message makes up for the loss of this one."""
    if isinstance(message, DriverUpdate):
        return message.status is _IN_PROGRESS
    if isinstance(message, QueueUpdate):
        return message.status is QueueStatus.QUEUED
    return type(message) in VOLATILE or type(message) in g.REPEATED


def partition_of(key: str, partitions: int) -> int:
    """The partition of a key: CRC-32 of its UTF-8 bytes modulo the count, the same on every machine.
    Kafka clients know this rule as the `consistent` partitioner."""
    return crc32(key.encode()) % partitions


@cache
def a_key_in_each(partitions: int) -> tuple[str, ...]:
    """A key for each partition, in their order: what is said with all of them is said everywhere."""
    found: dict[int, str] = {}
    for key in map(str, count()):
        found.setdefault(partition_of(key, partitions), key)
        if len(found) == partitions:
            break
    return tuple(key for _, key in sorted(found.items()))
