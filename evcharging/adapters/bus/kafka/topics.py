"""Finds Kafka, however long that takes, and sees to it that every topic is there with the same number of partitions.
Knows no message."""

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from confluent_kafka import OFFSET_END, Consumer, KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from evcharging.adapters.bus import Place
from evcharging.adapters.bus.kafka.security import REFUSALS, TOLD_AFTER, Hints, LogLine, Settings
from evcharging.common.kafka import CENTRAL_COMMANDS, TOPICS

DEAD_LETTERS = "dead.letters"
"""Where messages go that cannot be read."""

DEAD_LETTERS_KEPT = 64 * 1024 * 1024
"""Bytes of them that are kept in each partition, so that a flood of them fills no disk."""

NAMES = frozenset(topic.name for topic in TOPICS if not topic.link) | {DEAD_LETTERS}
BACKOFF = (0.2, 0.5, 1.0, 2.0)
"""Seconds between attempts; the last one repeats."""

ANSWER_WITHIN = 2.0
UNREACHABLE = frozenset(
    {KafkaError._TRANSPORT, KafkaError._TIMED_OUT, KafkaError._ALL_BROKERS_DOWN, KafkaError._RESOLVE}
)
GONE = frozenset({KafkaError._UNKNOWN_TOPIC, KafkaError._UNKNOWN_PARTITION, KafkaError.UNKNOWN_TOPIC_OR_PART})
"""What is said of topics that somebody deleted."""

SETTLING = frozenset(
    {
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.UNKNOWN_TOPIC_OR_PART,
        KafkaError.UNKNOWN_LEADER_EPOCH,
        KafkaError.FENCED_LEADER_EPOCH,
    }
)
"""What Kafka says of topics that were made just now, or when it was started just now."""


class UnequalTopics(ValueError):
    """Topics have other numbers of partitions than they must have."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Kafka that was found: how to reach it, and how it was then. `topic_ids` are Kafka's own, which no other topic
    ever gets again; `ends` are the offsets after the newest messages."""

    settings: Settings = field(repr=False)
    cluster_id: str
    topic_ids: Mapping[str, str]
    partitions: int
    ends: dict[Place, int]

    @property
    def log_id(self) -> str:
        """Names the history of all topics together: it changes when one of them is made again."""
        ids = " ".join(f"{name}={self.topic_ids[name]}" for name in sorted(self.topic_ids))
        return f"{self.cluster_id}/{sha256(ids.encode()).hexdigest()[:22]}"

    def changed_since(self, before: "Cluster") -> frozenset[str]:
        """The topics that are not the ones that they were; all of them where this is another cluster."""
        if self.cluster_id != before.cluster_id:
            return NAMES
        return frozenset(name for name in NAMES if self.topic_ids.get(name) != before.topic_ids.get(name))


def client_settings(bootstrap: str, more: Settings) -> Settings:
    """What all clients have in common; librdkafka's own log lines are not shown."""
    return {
        "bootstrap.servers": bootstrap,
        "client.id": "evcharging",
        "allow.auto.create.topics": False,
        "reconnect.backoff.max.ms": 2000,
        "socket.timeout.ms": 5000,
        # A connection that was opened while the way hung never hears anything, and must not be waited for long.
        "socket.connection.setup.timeout.ms": 3000,
        "api.version.request.timeout.ms": 2000,
        "topic.metadata.propagation.max.ms": 3000,
        "socket.keepalive.enable": True,
        "log_level": 0,
        **more,
    }


async def find(settings: Settings, partitions: int | None, log: LogLine, *, had: int | None = None) -> Cluster:
    """Wait until Kafka answers and has all topics. Those that are missing are made with so many partitions or, where
    that is None, awaited from the program that makes them. Raises UnequalTopics. A program that runs already `had`
    topics with so many partitions: then missing ones are a warning, and others say that Kafka cannot be reached."""
    hints = Hints(settings)
    hearing: dict[str, Any] = {**settings, "error_cb": hints.hear}
    admin = AdminClient(hearing)
    voice = _Voice(str(settings["bootstrap.servers"]), log, is_start=had is None)
    attempt = 0
    while True:
        try:
            cluster = await asyncio.to_thread(_look, admin, settings, partitions, had)
        except KafkaException as error:
            admin.poll(0)
            voice.failed(error.args[0], hints.why(error.args[0]))
        else:
            attempt = 0
            voice.reached(waiting=cluster is None and partitions is None)
            if cluster is not None:
                return cluster
        await asyncio.sleep(BACKOFF[min(attempt, len(BACKOFF) - 1)])
        attempt += 1


def unreachable_at(address: str) -> str:
    """What is said of a Kafka that does not answer."""
    return f"Cannot reach Kafka at {address}"


class _Voice:
    """Says once what is amiss, and once that it is well again."""

    def __init__(self, address: str, log: LogLine, *, is_start: bool) -> None:
        self._address = address
        self._say = log
        self._is_start = is_start
        self._away = False
        self._waiting = False
        self._refused_since: float | None = None

    def failed(self, error: KafkaError, why: str | None) -> None:
        if error.code() in REFUSALS:
            # A right that was given just now takes a moment to count.
            self._refused_since = self._refused_since or time.monotonic()
            if time.monotonic() - self._refused_since < TOLD_AFTER:
                return
        unreachable = error.code() in UNREACHABLE
        if not self._away and error.code() not in SETTLING and (self._is_start or why or not unreachable):
            self._away = True
            if why:
                self._say("warning", f"{why}; retrying")
            elif unreachable:
                self._say("warning", f"{unreachable_at(self._address)}, retrying")
            else:
                self._say("warning", f"Kafka at {self._address} says: {error.str()}; retrying")

    def reached(self, *, waiting: bool) -> None:
        self._refused_since = None
        if self._away:
            self._away = False
            self._say("info", f"Kafka at {self._address} answers again")
        if waiting and not self._waiting:
            self._waiting = True
            self._say(
                "info" if self._is_start else "warning",
                f"Waiting for Central to make its topics on Kafka at {self._address}",
            )


def _look(admin: AdminClient, settings: Settings, partitions: int | None, had: int | None) -> Cluster | None:
    cluster_id, counts = _ask(admin)
    missing = sorted(NAMES - counts.keys())
    count = partitions or had or counts.get(CENTRAL_COMMANDS.name, 0)
    found = set(counts.values())
    if partitions is None and not missing and len(found) == 1 and found != {count}:
        raise UnequalTopics(f"Kafka topics have {found.pop()} partitions now, not {count}; start this program again")
    _check_equal(counts, count)
    if missing and partitions is not None:
        _make(admin, missing, partitions)
    if missing:
        _check_seen(admin, missing[0])
        return None
    places = [(topic.name, number) for topic in TOPICS if not topic.link for number in range(count)]
    return Cluster(settings, cluster_id, _topic_ids(admin), count, _ends(settings, places))


def is_still(cluster: Cluster, admin: AdminClient) -> bool:
    """Whether Kafka answers and has the topics that it had, with as many partitions."""
    try:
        cluster_id, counts = _ask(admin)
        is_equal = counts == dict.fromkeys(NAMES, cluster.partitions)
        return is_equal and (cluster_id, _topic_ids(admin)) == (cluster.cluster_id, cluster.topic_ids)
    except KafkaException:
        return False


def _ask(admin: AdminClient) -> tuple[str, dict[str, int]]:
    """The cluster's id, and the number of partitions of each of our topics that are there; raises KafkaException, also
    while one of them has no leader."""
    metadata = admin.list_topics(timeout=ANSWER_WITHIN)
    ours = {name: topic for name, topic in metadata.topics.items() if name in NAMES and topic.error is None}
    if any(part.leader < 0 for topic in ours.values() for part in topic.partitions.values()):
        raise KafkaException(KafkaError(KafkaError.LEADER_NOT_AVAILABLE))
    return str(metadata.cluster_id), {name: len(topic.partitions) for name, topic in ours.items()}


def _check_seen(admin: AdminClient, name: str) -> None:
    """Raises KafkaException where a topic is not shown since this user has no right to see it."""
    error = admin.list_topics(name, timeout=ANSWER_WITHIN).topics[name].error
    if error is not None and error.code() in REFUSALS:
        raise KafkaException(error)


def _check_equal(counts: dict[str, int], count: int) -> None:
    for name in sorted(counts):
        if count and counts[name] != count:
            raise UnequalTopics(f"Kafka topic {name} has {counts[name]} partitions, not {count}; delete it to go on")


def _make(admin: AdminClient, names: Iterable[str], partitions: int) -> None:
    bound = {"retention.bytes": str(DEAD_LETTERS_KEPT), "segment.bytes": str(DEAD_LETTERS_KEPT // 4)}
    wanted = [NewTopic(name, partitions, config=bound if name == DEAD_LETTERS else {}) for name in names]
    for made in admin.create_topics(wanted, request_timeout=ANSWER_WITHIN).values():
        try:
            made.result()
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise


def _topic_ids(admin: AdminClient) -> dict[str, str]:
    """The id of each of our topics; raises KafkaException where one is missing."""
    described = admin.describe_topics(TopicCollection(sorted(NAMES)), request_timeout=ANSWER_WITHIN)
    return {name: str(topic.result().topic_id) for name, topic in described.items()}


def _ends(settings: Settings, places: list[Place]) -> dict[Place, int]:
    with Consumer({**settings, "group.id": "ends"}) as asker:
        return ends_of(asker, places)


def ends_of(asker: Consumer, places: Iterable[Place]) -> dict[Place, int]:
    """The offsets after the newest messages; raises KafkaException."""
    found = asker.offsets_for_times([TopicPartition(*place, OFFSET_END) for place in places], ANSWER_WITHIN)
    for end in found:
        if end.error is not None:
            raise KafkaException(end.error)
    return {(end.topic, end.partition): end.offset for end in found}
