"""The contract of a bus: topics of ordered partitions, read from positions that the reader keeps. Knows no role.
`memory` and `kafka` keep it; one suite holds every bus to it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from evcharging.adapters.bus.traffic import Traffic
from evcharging.common.kafka import Topic
from evcharging.common.messages import Message

Place = tuple[str, int]
"""A topic's name and a partition of it."""

END = -1
"""Instead of an offset: after the newest message that there is."""


NOW = -3
"""Instead of an offset: what comes once reading has begun, for who wants none of what came since the bus was opened."""

COMMITTED = -2
"""Instead of an offset: where the group of the reader is done, as if it began now."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """Messages of one partition in their order; `next_offset` is where to go on."""

    topic: Topic
    partition: int
    next_offset: int
    messages: list[Message]


class Subscription(Protocol):
    """One reader. It begins where it is set to by `seek`, or else where its group was done when it last read.
    A group that shares partitions and was never here begins with the oldest message that the bus still has."""

    def assignment(self) -> frozenset[int]:
        """The partitions that this reader has now; members of a group share them, each partition with one member.
        Ask before each `poll`: where it changed, set the new partitions to where they were committed. A change shows
        after a poll, which hands out nothing of the new partitions yet; one that was lost and came back meanwhile is
        first seen to be away."""
        ...

    def seek(self, positions: Mapping[Place, int]) -> None:
        """Go on reading at these offsets, or with what comes from now on at `END` or `NOW`, or with what its group is
        not done with at `COMMITTED`; one that the log does not have any more means the oldest that it has. Positions of
        partitions that this reader does not have are ignored."""
        ...

    @property
    def waiting(self) -> int:
        """How many messages there are to be polled, as far as is known; may be asked in any thread."""
        ...

    def poll(self, limit: int) -> list[Fetched]:
        """What has come since, at most `limit` messages; never waits."""
        ...

    def done(self, positions: Mapping[Place, int]) -> None:
        """What is before these offsets will never be asked for again by this reader or its group."""
        ...

    def close(self, *, for_good: bool = False) -> None:
        """Read no more, and leave the group; what it was not done with waits for the next reader of that name, unless a
        reader of fixed partitions ends `for_good`."""
        ...


class Bus(Protocol):
    """A message goes to the partition of its key, and reaches every group that subscribes to its topic."""

    partitions: int
    is_shared: bool
    """Whether members of a group may be in other processes."""

    @property
    def log_id(self) -> str:
        """Names the history that offsets count in; another history has another name."""
        ...

    @property
    def away(self) -> bool:
        """Whether the bus cannot be reached just now. Nothing is handed out meanwhile."""
        ...

    @property
    def on_away(self) -> list[Callable[[bool], None]]:
        """Called with True when the bus goes away. When it is back they are called with False, before anything is
        handed out again."""
        ...

    @property
    def trouble(self) -> str | None:
        """Why the bus cannot do its work just now, in one sentence; None while it can. May be asked in any thread."""
        ...

    @property
    def dead_letters(self) -> int:
        """Messages that could not be read and were set aside, since the beginning."""
        ...

    @property
    def unbelieved(self) -> int:
        """Messages whose sender was not proven, and that were set aside, since the beginning."""
        ...

    @property
    def dropped(self) -> int:
        """Volatile messages that were lost since the beginning, since the bus could not keep up."""
        ...

    @property
    def unsent(self) -> int:
        """Messages that were published and that the bus does not keep safe yet; may be asked in any thread."""
        ...

    @property
    def traffic(self) -> Traffic:
        """By which somebody looks on at all that passes."""
        ...

    def publish(self, message: Message, on_sent: Callable[[], None] | None = None) -> None:
        """Send; `on_sent` is called once the bus itself keeps the message safe. A bus that cannot keep up, or that
        is away, may lose volatile messages, no others."""
        ...

    def publish_all(self, messages: Iterable[Message]) -> None:
        """Send several, in their order, that nobody needs to be told of."""
        ...

    def subscribe(
        self,
        topics: Iterable[Topic],
        *,
        group: str,
        partitions: Iterable[int] | None = None,
        on_ready: Callable[[], None] | None = None,
    ) -> Subscription:
        """Read topics as a member of a group that shares all partitions or, where `partitions` are named, just those:
        then nothing is shared, and the group is only the reader's name. `on_ready` is called when there may be
        something to poll after a poll that gave nothing. Raises ValueError for a partition that there is not."""
        ...


def checked(partitions: Iterable[int], count: int) -> frozenset[int]:
    """These partitions; raises ValueError if one of them is not below `count`."""
    wanted = frozenset(partitions)
    missing = sorted(number for number in wanted if not 0 <= number < count)
    if missing:
        raise ValueError(f"There is no partition {missing[0]}: the topics have {count}")
    return wanted
