"""A bus in one process, with Kafka's semantics: partitions, positions, groups. It lasts as long as the process."""

from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from uuid import uuid4

from evcharging.adapters.bus import COMMITTED, END, NOW, Fetched, Place, checked
from evcharging.adapters.bus.traffic import Hear, Passing, SetAside
from evcharging.adapters.seals import NO_SEALS, Seals
from evcharging.common.kafka import TOPIC_OF, TOPICS, Topic, key_of, partition_of
from evcharging.common.messages import Message
from evcharging.common.utils import to_json

FIXED = "fixed"
"""Tells the name of a reader of fixed partitions from that of a group."""

KEYS_KNOWN = 1_000_000
"""Keys whose partition is remembered, at most."""


class _Log:
    """One partition: what is still kept of it, from offset `base` on, and who reads it. `marks` says up to where each
    reader is done: a group that shares partitions by its name, a reader of fixed ones by itself until it closes."""

    __slots__ = ("base", "marks", "messages", "partition", "readers", "topic")

    def __init__(self, topic: Topic, partition: int) -> None:
        self.topic = topic
        self.partition = partition
        self.base = 0
        self.messages: list[Message] = []
        self.readers: list[MemorySubscription] = []
        self.marks: dict[object, int] = {}

    @property
    def place(self) -> Place:
        return self.topic.name, self.partition

    @property
    def end(self) -> int:
        return self.base + len(self.messages)

    def trim(self) -> None:
        """Forget what every reader is done with."""
        done = min(self.marks.values(), default=self.end) - self.base
        if done > 0:
            del self.messages[:done]
            self.base += done


class MemorySubscription:
    """One reader of some logs."""

    def __init__(
        self,
        bus: "MemoryBus",
        topics: tuple[Topic, ...],
        group: str,
        fixed: frozenset[int] | None,
        on_ready: Callable[[], None] | None,
    ) -> None:
        self.topics = topics
        self.group = group
        self.dirty: dict[_Log, None] = {}
        self._bus = bus
        self._is_fixed = fixed is not None
        self._on_ready = on_ready
        self.assigned: frozenset[int] = frozenset()
        self._shown = self.assigned
        self._lost: set[int] = set()
        self._offsets: dict[_Log, int] = {}

    def assignment(self) -> frozenset[int]:
        return self._shown

    def assign(self, partitions: frozenset[int]) -> None:
        """Read nothing any more but these partitions; those that are new from when they are shown."""
        for log in [log for log in self._offsets if log.partition not in partitions]:
            log.readers.remove(self)
            del self._offsets[log]
            self.dirty.pop(log, None)
        self._lost |= self.assigned - partitions
        self.assigned = partitions
        if self._on_ready is not None:
            self._on_ready()

    def show(self) -> None:
        """Let the next change be seen; a partition that was lost and came back is first seen to be away."""
        away = self._lost & self._shown
        self._lost.clear()
        if away:
            self._shown -= away
        else:
            for topic in self.topics:
                for partition in sorted(self.assigned - self._shown):
                    log = self._bus.log(topic, partition)
                    log.readers.append(self)
                    self._offsets[log] = self._begin(log)
                    self.mark(log)
            self._shown = self.assigned
        if self._on_ready is not None:
            self._on_ready()

    def _begin(self, log: _Log) -> int:
        if not self._is_fixed:
            return log.marks.setdefault(self.group, log.base)
        offset = log.marks[self] = log.marks.pop((FIXED, self.group), log.base)
        return offset

    def mark(self, log: _Log) -> None:
        """There is something in this log."""
        was_idle = not self.dirty
        self.dirty[log] = None
        if was_idle and self._on_ready is not None:
            self._on_ready()

    def seek(self, positions: Mapping[Place, int]) -> None:
        for log in self._offsets:
            offset = positions.get(log.place)
            if offset is not None:
                key = self._key
                offset = {END: log.end, NOW: log.end, COMMITTED: log.marks[key]}.get(offset, offset)
                offset = self._offsets[log] = offset if log.base <= offset <= log.end else log.base
                log.marks[key] = min(log.marks[key], offset)
                self.mark(log)

    @property
    def waiting(self) -> int:
        return sum(log.end - offset for log, offset in list(self._offsets.items()))

    def behind(self, log: _Log) -> int:
        """How many messages of a log are before this reader."""
        return log.end - self._offsets[log]

    def poll(self, limit: int) -> list[Fetched]:
        fetched: list[Fetched] = []
        if self._shown is not self.assigned:
            self.show()
            return fetched
        while self.dirty and limit > 0:
            log = next(iter(self.dirty))
            del self.dirty[log]
            start = max(self._offsets[log] - log.base, 0)
            messages = log.messages[start : start + limit]
            if messages:
                limit -= len(messages)
                stop = start + len(messages)
                self._offsets[log] = log.base + stop
                fetched.append(Fetched(log.topic, log.partition, log.base + stop, messages))
                if stop < len(log.messages):
                    self.dirty[log] = None
        return fetched

    def done(self, positions: Mapping[Place, int]) -> None:
        key = self._key
        for log in self._offsets:
            offset = positions.get(log.place)
            if offset is not None and offset > log.marks[key]:
                log.marks[key] = min(offset, log.end)
                log.trim()

    def close(self, *, for_good: bool = False) -> None:
        logs = list(self._offsets)
        self.assign(frozenset())
        self._shown = self.assigned
        if self._is_fixed:
            # Kept for the reader that comes back under this name; of twins, for the one that was less far.
            left = (FIXED, self.group)
            for log in logs:
                mark = log.marks.pop(self)
                if not for_good:
                    log.marks[left] = min(mark, log.marks.get(left, mark))
                log.trim()
        else:
            self._bus.leave(self)

    @property
    def _key(self) -> object:
        return self if self._is_fixed else self.group


class MemoryTail:
    """Somebody who looks on at a memory bus."""

    def __init__(self, hear: Hear, others: "list[MemoryTail]") -> None:
        self.hear = hear
        self._others = others
        others.append(self)

    def close(self) -> None:
        if self in self._others:
            self._others.remove(self)


class MemoryTraffic:
    """What can be seen on a memory bus, where every message is readable and nothing is sealed."""

    seals: Seals = NO_SEALS

    def __init__(self, logs: Mapping[str, list[_Log]]) -> None:
        self.on_set_aside: list[Callable[[SetAside], None]] = []
        self.tails: list[MemoryTail] = []
        self._logs = logs

    def behind(self) -> Mapping[str, int]:
        return {
            name: sum(max((reader.behind(log) for reader in log.readers), default=0) for log in logs)
            for name, logs in self._logs.items()
            if any(log.readers for log in logs)
        }

    def tail(self, hear: Hear) -> MemoryTail:
        return MemoryTail(hear, self.tails)

    def show(self, message: Message, log: _Log) -> None:
        """Let all who look on see a message that came into a log just now."""
        if not log.topic.link:
            offset = log.end - 1 if log.marks else None
            passing = Passing(log.topic, log.partition, offset, key_of(message), to_json(message))
            for tail in tuple(self.tails):
                tail.hear(passing)


class MemoryBus:
    """Keeps each message until every reader of its partition is done with it, also for one that left and may come
    back; what nobody has ever read is not kept."""

    is_shared = False
    away = False
    trouble: str | None = None
    dead_letters = 0
    unbelieved = 0
    dropped = 0
    unsent = 0

    def __init__(self, partitions: int = 8, log_id: str | None = None) -> None:
        self.partitions = partitions
        self.log_id = log_id or f"memory-{uuid4().hex}"
        self.on_away: list[Callable[[bool], None]] = []
        self._logs = {topic.name: [_Log(topic, number) for number in range(partitions)] for topic in TOPICS}
        self._routes = {kind: (self._logs[topic.name], attrgetter(topic.key)) for kind, topic in TOPIC_OF.items()}
        self.traffic = MemoryTraffic(self._logs)
        self._partition_of: dict[str | None, int] = {}
        self._groups: dict[str, list[MemorySubscription]] = {}

    def publish(self, message: Message, on_sent: Callable[[], None] | None = None) -> None:
        self.publish_all((message,))
        if on_sent is not None:
            on_sent()

    def publish_all(self, messages: Iterable[Message]) -> None:
        routes, partition_of, marked = self._routes, self._partition_of.get, None
        tails = self.traffic.tails
        for message in messages:
            logs, key_of = routes[type(message)]
            partition = partition_of(key_of(message))
            log = logs[partition if partition is not None else self._learn(key_of(message))]
            if log.marks:
                log.messages.append(message)
                if log is not marked:
                    marked = log
                    for reader in log.readers:
                        if log not in reader.dirty:
                            reader.mark(log)
            if tails:
                self.traffic.show(message, log)

    def _learn(self, key: str | None) -> int:
        if len(self._partition_of) >= KEYS_KNOWN:
            self._partition_of.clear()
        partition = self._partition_of[key] = partition_of(key or "", self.partitions)
        return partition

    def subscribe(
        self,
        topics: Iterable[Topic],
        *,
        group: str,
        partitions: Iterable[int] | None = None,
        on_ready: Callable[[], None] | None = None,
    ) -> MemorySubscription:
        fixed = None if partitions is None else checked(partitions, self.partitions)
        subscription = MemorySubscription(self, tuple(topics), group, fixed, on_ready)
        if fixed is not None:
            subscription.assign(fixed)
        else:
            self.join(subscription)
        subscription.show()
        return subscription

    def log(self, topic: Topic, partition: int) -> _Log:
        """One partition of a topic."""
        return self._logs[topic.name][partition]

    def join(self, subscription: MemorySubscription) -> None:
        """A member comes into its group and takes its share."""
        self._groups.setdefault(subscription.group, []).append(subscription)
        self._rebalance(subscription.group)

    def expel(self, subscription: MemorySubscription) -> None:
        """A member is held for dead: the others take its partitions, which it notices with its next poll."""
        subscription.assign(frozenset())
        self.leave(subscription)

    def leave(self, subscription: MemorySubscription) -> None:
        """A member leaves its group; the others take its partitions."""
        members = self._groups.get(subscription.group, [])
        if subscription in members:
            members.remove(subscription)
            self._rebalance(subscription.group)

    def _rebalance(self, group: str) -> None:
        members = self._groups[group]
        for place, member in enumerate(members):
            share = frozenset(range(place, self.partitions, len(members)))
            if share != member.assigned:
                member.assign(share)
