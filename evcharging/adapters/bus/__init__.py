"""The contract of a bus: topics of ordered partitions, read from positions that the reader keeps. Knows no role.
`memory` keeps it; one suite holds every bus to it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from evcharging.common.kafka import Topic
from evcharging.common.messages import Message

Place = tuple[str, int]
"""A topic's name and a partition of it."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Messages of one partition in their order; `next_offset` is where to go on."""

    topic: Topic
    partition: int
    next_offset: int
    messages: list[Message]


class Subscription(Protocol):
    """One reader. It reads the partitions of `assignment` from the beginning, or from where it was set to."""

    def assignment(self) -> frozenset[int]:
        """The partitions that this reader has now; members of a group share them, each partition with one member."""
        ...

    def seek(self, positions: Mapping[Place, int]) -> None:
        """Go on reading at these offsets."""
        ...

    def poll(self, limit: int) -> list[Fetched]:
        """What has come since, at most about `limit` messages; never waits."""
        ...

    def done(self, positions: Mapping[Place, int]) -> None:
        """What is before these offsets will never be asked for again."""
        ...

    def close(self) -> None:
        """Read no more, and leave the group."""
        ...


class Bus(Protocol):
    """A message goes to the partition of its key, and reaches every group that subscribes to its topic."""

    partitions: int
    log_id: str
    """Names the history that offsets count in; another history has another name."""

    def publish(self, message: Message, on_sent: Callable[[], None] | None = None) -> None:
        """Send; `on_sent` is called once the bus itself keeps the message safe."""
        ...

    def subscribe(
        self,
        topics: Iterable[Topic],
        *,
        group: str,
        partitions: Iterable[int] | None = None,
        on_ready: Callable[[], None] | None = None,
    ) -> Subscription:
        """Read topics as a member of a group that shares all partitions or, where `partitions` are named, just those.
        `on_ready` is called when there may be something to poll."""
        ...
