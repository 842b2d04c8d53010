"""What a record of Kafka turns out to be: a message, one that belongs into another partition, or one that cannot be
read or is not believed. Knows no consumer and no producer."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE
from confluent_kafka import Message as Record

from evcharging.adapters.bus import Place
from evcharging.adapters.bus.kafka.inbox import Batch
from evcharging.adapters.seals import Seals
from evcharging.common.kafka import DRIVER_REQUESTS, DRIVER_SITE_REQUESTS, SCHEMAS, Topic, partition_of
from evcharging.common.messages import Message
from evcharging.common.unreadable import UNKNOWN_PLACE, unreadable_at_site, unreadable_request
from evcharging.common.utils import BadJson
from evcharging.protocols.seal import HEADER

SetAside = Callable[[Record, str], None]
"""Takes a record that is of no use, and why."""
UNREADABLE = {DRIVER_REQUESTS.name: unreadable_request, DRIVER_SITE_REQUESTS.name: unreadable_at_site}
"""Finds who sent what cannot be read, by topic."""
Doubt = Callable[[Record, Message, str], None]
"""Takes a record whose sender is not proven, what it says, and why it is not believed."""


@dataclass(frozen=True, slots=True)
class Stray:
    """A record that its sender put into another partition than the one of its key, `partition`."""

    record: Record
    topic: str
    partition: int
    key: str

    @property
    def place(self) -> Place:
        """Where it was found."""
        return self.topic, self.record.partition() or 0

    @property
    def offset(self) -> int:
        """Its offset there."""
        return self.record.offset() or 0


@dataclass(slots=True)
class Sorter:
    """Sorts what was fetched into batches and strays, for a reader in this group. Strays of topics that this group
    keeps are to be passed on; those of topics that another group keeps will come again, and are skipped. `seals` are
    asked of each message before it counts."""

    topics: dict[str, Topic]
    partitions: int
    group: str | None
    set_aside: SetAside
    seals: Seals
    doubt: Doubt
    batches: dict[Place, Batch] = field(default_factory=dict)
    strays: list[Stray] = field(default_factory=list)

    def sort(self, records: Iterable[Record]) -> None:
        """The next records, each after those before it in its partition."""
        batches, partitions = self.batches, self.partitions
        for record in records:
            name, partition, offset = record.topic(), record.partition(), record.offset()
            if name is None or partition is None or offset is None:
                continue
            batch = batches.get((name, partition))
            if batch is None:
                batch = batches[name, partition] = Batch(self.topics[name], partition)
            batch.next_offset = offset + 1
            try:
                message = SCHEMAS[name].decode(record.value() or b"")
            except BadJson as error:
                self._add_unreadable(record, batch, str(error))
                continue
            if not self._is_believed(record, batch.topic, message):
                continue
            key = getattr(message, batch.topic.key) or ""
            right = partition_of(key, partitions)
            if right == partition:
                batch.offsets.append(offset)
                batch.messages.append(message)
            else:
                self._stray(record, batch.topic, right, key)

    def _add_unreadable(self, record: Record, batch: Batch, reason: str) -> None:
        """Set it aside. A request of which the driver is known is handed over as well, where it is decided, if it is
        that driver's."""
        topic, find = batch.topic, UNREADABLE.get(batch.topic.name)
        request = find(record.value() or b"", reason, _came_at(record)) if find is not None else None
        if request is not None and self._why_not(record, topic, request) is None:
            key = getattr(request, topic.key)
            right = partition_of(key, self.partitions)
            if right != batch.partition and key != UNKNOWN_PLACE:
                self._stray(record, topic, right, key)
                return
            batch.offsets.append(batch.next_offset - 1)
            batch.messages.append(request)
        self.set_aside(record, reason)

    def _is_believed(self, record: Record, topic: Topic, message: Message) -> bool:
        reason = self._why_not(record, topic, message)
        if reason is not None:
            self.doubt(record, message, reason)
        return reason is None

    def _why_not(self, record: Record, topic: Topic, message: Message) -> str | None:
        try:
            return self.seals.why_not(topic, message, record.value() or b"", seal_of(record))
        except Exception as error:
            # Whatever somebody has written must not end the reading of a partition.
            return f"it cannot be judged: {error!r}"[:500]

    def _stray(self, record: Record, topic: Topic, right: int, key: str) -> None:
        if topic.keeper is None:
            self.set_aside(record, f"{key} belongs to partition {right}, not {record.partition()}")
        elif topic.keeper == self.group:
            self.strays.append(Stray(record, topic.name, right, key))


def seal_of(record: Record) -> bytes | None:
    """The seal that came with a record."""
    headers = record.headers()
    found = dict(headers).get(HEADER) if headers else None
    return found if isinstance(found, bytes) else None


def _came_at(record: Record) -> datetime:
    """When a record came to Kafka, as far as that is known."""
    kind, milliseconds = record.timestamp()
    try:
        return datetime.fromtimestamp(0 if kind == TIMESTAMP_NOT_AVAILABLE else milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)
