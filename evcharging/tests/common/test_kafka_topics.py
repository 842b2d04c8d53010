"""Every message has one topic, one key and one partition, the same on every machine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.common import kafka
from evcharging.common import messages as m
from evcharging.common import messages_alerts as a
from evcharging.common import messages_catalogue as c
from evcharging.common import messages_grants as g
from evcharging.common import messages_site as s
from evcharging.common import messages_view as v
from evcharging.common.kafka import SCHEMAS, TOPIC_OF, TOPICS, Topic, a_key_in_each, is_volatile, key_of, partition_of
from evcharging.common.messages import DriverUpdate, Message, UpdateStatus
from evcharging.common.messages_link import EngineHealth, HealthQuery, LinkRefused
from evcharging.common.messages_operators import OperatorAnswer
from evcharging.common.messages_payments import ProviderDue
from evcharging.common.messages_queue import QueueStatus, QueueUpdate
from evcharging.common.schema import MESSAGES
from evcharging.common.utils import changed, field_names
from evcharging.tests.laws.any_message import any_of, example, ids
from evcharging.tests.stages.scenario import law

OF_SITES = (
    kafka.DRIVER_SITE_REQUESTS,
    kafka.SITE_POINTS,
    kafka.SITE_POWER,
    kafka.SITE_EVENTS,
    kafka.SITE_ORDERS,
    kafka.SITE_PANEL,
    kafka.SITE_REQUESTS,
)
OF_TARIFFS = (kafka.TARIFF_REQUESTS, kafka.TARIFF_NEWS, kafka.TARIFF_PANEL)
OF_ALERTS = (kafka.ALERT_EVENTS, kafka.WEBHOOK_REQUESTS, kafka.WEBHOOK_PANEL, kafka.ERRANDS)
OF_OTHERS = (kafka.DRIVER_UPDATES, kafka.HEALTH_ANSWERS, *OF_SITES, *OF_TARIFFS, *OF_ALERTS)

ON_THE_LINK_ALONE = {LinkRefused}
"""Central's door says this to a peer that it will not hear; it is for nobody else."""


def test_the_five_topics_of_the_specification_are_there() -> None:
    names = {topic.name for topic in TOPICS}
    assert names >= {"central.commands", "cp.status", "cp.telemetry", "driver.requests", "driver.updates"}


def test_names_of_topics_are_unique() -> None:
    assert len({topic.name for topic in TOPICS}) == len(TOPICS) == len(SCHEMAS)


@pytest.mark.parametrize("kind", [kind for kind in MESSAGES if kind not in ON_THE_LINK_ALONE])
def test_every_message_that_travels_is_on_exactly_one_topic(kind: type[Message]) -> None:
    [topic] = [topic for topic in TOPICS if kind in topic.kinds]
    assert TOPIC_OF[kind] is topic


def test_a_refusal_on_a_link_is_on_no_topic() -> None:
    assert set(MESSAGES) - set(TOPIC_OF) == ON_THE_LINK_ALONE


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_the_key_of_a_topic_is_a_field_of_every_message_on_it(topic: Topic) -> None:
    for kind in topic.kinds:
        assert topic.key in field_names(kind)


@pytest.mark.parametrize(
    ("topic", "key"),
    [(topic, "cp_id") for topic in TOPICS if topic not in OF_OTHERS],
)
def test_what_concerns_a_point_is_kept_in_order_by_point(topic: Topic, key: str) -> None:
    assert topic.key == key


@pytest.mark.parametrize("topic", OF_SITES, ids=lambda topic: topic.name)
def test_what_concerns_a_site_is_kept_in_order_by_site(topic: Topic) -> None:
    assert topic.key == "site_id"


def test_what_concerns_a_driver_is_kept_in_order_by_driver() -> None:
    assert kafka.DRIVER_UPDATES.key == "driver_id"


def test_an_answer_on_the_health_link_goes_to_whom_it_was_meant_for() -> None:
    answer = EngineHealth(ts=example(EngineHealth).ts, cp_id="CP-2", asked="CP-1", well=True)
    assert key_of(answer) == "CP-1"


def test_a_notice_that_concerns_no_point_has_an_empty_key() -> None:
    notice = example(v.NoticeShown)
    assert key_of(notice) == "a"
    assert key_of(changed(notice, cp_id=None)) == ""


@law
@given(message=any_of(*TOPIC_OF))
def test_the_key_of_every_message_is_text(message: Message) -> None:
    assert isinstance(key_of(message), str)


VECTORS = [
    ("", 0x00000000),
    ("a", 0xE8B7BE43),
    ("123456789", 0xCBF43926),
    ("CP-001", 0xF8B6B210),
    ("CP-002", 0x61BFE3AA),
    ("driver-alice", 0xE1E6DDA0),
]


@pytest.mark.parametrize(("key", "checksum"), VECTORS)
@pytest.mark.parametrize("partitions", [1, 2, 8, 12, 1000])
def test_a_partition_is_the_crc32_of_the_key_modulo_the_count(key: str, checksum: int, partitions: int) -> None:
    assert partition_of(key, partitions) == checksum % partitions


@law
@given(key=st.text() | ids(64), partitions=st.integers(1, 1024))
def test_a_partition_is_in_range_and_always_the_same(key: str, partitions: int) -> None:
    assert 0 <= partition_of(key, partitions) < partitions
    assert partition_of(key, partitions) == partition_of(key, partitions)


@pytest.mark.parametrize("partitions", [1, 2, 8, 12, 100])
def test_there_is_a_key_in_each_partition(partitions: int) -> None:
    places = a_key_in_each(partitions)
    assert [partition_of(place, partitions) for place in places] == list(range(partitions))


def test_what_concerns_a_tariff_is_kept_in_order_by_tariff() -> None:
    assert kafka.TARIFF_REQUESTS.key == "tariff_id"


def test_points_are_spread_over_partitions() -> None:
    counts = [0] * 8
    for number in range(8000):
        counts[partition_of(f"CP-{number:04}", 8)] += 1
    assert min(counts) > 800
    assert max(counts) < 1200


MADE_UP_FOR = {
    m.CPTelemetry,
    m.HealthReport,
    m.MonitorDisconnected,
    v.PointShown,
    v.ShardAlive,
    v.ReadingsShown,
    v.NoticeShown,
    OperatorAnswer,
    s.PointAtSite,
    g.BuildingMeasured,
    g.GrantPower,
    g.ManagePoint,
    g.PowerReport,
    g.PowerShown,
    s.SiteShown,
    s.SiteAnswer,
    c.TariffAnswer,
    a.WebhookAnswer,
}
OVER_LINKS = {HealthQuery, EngineHealth, a.ErrandDue, ProviderDue}


@pytest.mark.parametrize("kind", list(TOPIC_OF), ids=lambda kind: kind.__name__)
def test_only_what_the_next_message_makes_up_for_is_volatile(kind: type[Message]) -> None:
    message = example(kind)
    if isinstance(message, DriverUpdate):
        message = changed(message, status=UpdateStatus.COMPLETED)
    elif isinstance(message, QueueUpdate):
        message = changed(message, status=QueueStatus.OFFERED)
    assert is_volatile(message) is (kind in MADE_UP_FOR | OVER_LINKS)


@pytest.mark.parametrize("status", UpdateStatus)
def test_of_what_a_driver_hears_only_progress_may_be_lost(status: UpdateStatus) -> None:
    update = changed(example(DriverUpdate), status=status)
    assert is_volatile(update) is (status is UpdateStatus.IN_PROGRESS)


@pytest.mark.parametrize("status", QueueStatus)
def test_of_what_who_waits_hears_only_the_place_may_be_lost(status: QueueStatus) -> None:
    update = changed(example(QueueUpdate), status=status)
    assert is_volatile(update) is (status is QueueStatus.QUEUED)


def test_only_health_queries_their_answers_and_errands_stay_off_kafka() -> None:
    assert {topic for topic in TOPICS if topic.link} == {
        kafka.HEALTH_QUERIES,
        kafka.HEALTH_ANSWERS,
        kafka.ERRANDS,
        kafka.PROVIDER_ERRANDS,
    }
