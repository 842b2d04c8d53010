"""A bus in one process, with Kafka's semantics: partitions, positions, groups. It lasts as long as the process."""

from collections.abc import Callable, Iterable, Mapping
from itertools import count

from evcharging.adapters.bus import Fetched, Place
from evcharging.common.kafka import TOPIC_OF, Topic, partition_of
from evcharging.common.messages import Message


class _Log:
    """One partition: what is still kept of it, from offset `base` on, and who reads it."""

    __slots__ = ("base", "kept", "messages", "partition", "readers", "topic")

    def __init__(self, topic: Topic, partition: int) -> None:
        self.topic = topic
        self.partition = partition
        self.base = 0
        self.messages: list[Message] = []
        self.readers: list[MemorySubscription] = []
        self.kept: dict[str, int] = {}

    @property
    def place(self) -> Place:
        return self.topic.name, self.partition

    def trim(self) -> None:
        """Forget what every group is done with."""
        done = min(self.kept.values(), default=self.base) - self.base
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
        self.fixed = fixed
        self._bus = bus
        self._on_ready = on_ready
        self._assigned: frozenset[int] = frozenset()
        self._offsets: dict[_Log, int] = {}
        self.dirty: dict[_Log, None] = {}

    def assignment(self) -> frozenset[int]:
        return self._assigned

    def assign(self, partitions: frozenset[int]) -> None:
        """Read these partitions from now on; new ones from where the group was done."""
        for log in [log for log in self._offsets if log.partition not in partitions]:
            log.readers.remove(self)
            del self._offsets[log]
            self.dirty.pop(log, None)
        for topic in self.topics:
            for partition in sorted(partitions - self._assigned):
                log = self._bus.log(topic, partition)
                log.readers.append(self)
                self._offsets[log] = log.kept.setdefault(self.group, log.base)
                self.mark(log)
        self._assigned = partitions

    def mark(self, log: _Log) -> None:
        """There is something in this log."""
        if not self.dirty and self._on_ready is not None:
            self._on_ready()
        self.dirty[log] = None

    def seek(self, positions: Mapping[Place, int]) -> None:
        for log in self._offsets:
            if log.place in positions:
                self._offsets[log] = max(positions[log.place], log.base)
                self.mark(log)

    def poll(self, limit: int) -> list[Fetched]:
        fetched = []
        while self.dirty and limit > 0:
            log = next(iter(self.dirty))
            start = self._offsets[log] - log.base
            messages = log.messages[start : start + limit]
            if start + len(messages) == len(log.messages):
                del self.dirty[log]
            if messages:
                limit -= len(messages)
                self._offsets[log] += len(messages)
                fetched.append(Fetched(log.topic, log.partition, self._offsets[log], messages))
        return fetched

    def done(self, positions: Mapping[Place, int]) -> None:
        for log in self._offsets:
            if log.place in positions:
                log.kept[self.group] = positions[log.place]
                log.trim()

    def close(self) -> None:
        logs = list(self._offsets)
        self.assign(frozenset())
        self._bus.leave(self)
        if self.fixed is not None:
            for log in logs:
                log.kept.pop(self.group, None)


class MemoryBus:
    """Keeps each message until every group that reads its topic is done with it; what nobody reads is not kept."""

    _histories = count(1)

    def __init__(self, partitions: int = 8, log_id: str | None = None) -> None:
        self.partitions = partitions
        self.log_id = log_id or f"memory-{next(self._histories)}"
        self._logs: dict[str, list[_Log]] = {}
        self._partition_of: dict[str, int] = {}
        self._groups: dict[str, list[MemorySubscription]] = {}

    def publish(self, message: Message, on_sent: Callable[[], None] | None = None) -> None:
        topic = TOPIC_OF[type(message)]
        logs = self._logs.get(topic.name)
        if logs is not None:
            key = getattr(message, topic.key) or ""
            partition = self._partition_of.get(key)
            if partition is None:
                partition = self._partition_of[key] = partition_of(key, self.partitions)
            log = logs[partition]
            if log.kept:
                log.messages.append(message)
                for reader in log.readers:
                    if log not in reader.dirty:
                        reader.mark(log)
        if on_sent is not None:
            on_sent()

    def subscribe(
        self,
        topics: Iterable[Topic],
        *,
        group: str,
        partitions: Iterable[int] | None = None,
        on_ready: Callable[[], None] | None = None,
    ) -> MemorySubscription:
        fixed = None if partitions is None else frozenset(partitions)
        subscription = MemorySubscription(self, tuple(topics), group, fixed, on_ready)
        if fixed is not None:
            subscription.assign(fixed)
        else:
            self._groups.setdefault(group, []).append(subscription)
            self._rebalance(group)
        return subscription

    def log(self, topic: Topic, partition: int) -> _Log:
        """One partition of a topic."""
        logs = self._logs.get(topic.name)
        if logs is None:
            logs = self._logs[topic.name] = [_Log(topic, number) for number in range(self.partitions)]
        return logs[partition]

    def leave(self, subscription: MemorySubscription) -> None:
        """A member leaves its group; the others take its partitions."""
        members = self._groups.get(subscription.group, [])
        if subscription in members:
            members.remove(subscription)
            self._rebalance(subscription.group)

    def _rebalance(self, group: str) -> None:
        members = self._groups[group]
        for member in members:
            member.assign(member.assignment() & self._share(members, member))
        for member in members:
            member.assign(self._share(members, member))

    def _share(self, members: list[MemorySubscription], member: MemorySubscription) -> frozenset[int]:
        return frozenset(range(members.index(member), self.partitions, len(members)))
