"""What a thread has fetched and its reader has not yet taken: in order, bounded, and dropped when the reader goes
elsewhere. Knows no Kafka client; both sides may call at any time."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from threading import Event, Lock

from evcharging.adapters.bus import COMMITTED, Fetched, Place
from evcharging.common.kafka import Topic
from evcharging.common.messages import Message

FULL = 10_000
"""Messages from which on nothing more is fetched, until half of them are taken."""


@dataclass(slots=True)
class Batch:
    """Messages of one partition and their offsets; `next_offset` is after all that was fetched, readable or not."""

    topic: Topic
    partition: int
    next_offset: int = 0
    offsets: list[int] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    def take(self, limit: int) -> Fetched:
        """Split off the first messages."""
        messages, self.messages = self.messages[:limit], self.messages[limit:]
        self.offsets = self.offsets[limit:]
        next_offset = self.offsets[0] if self.offsets else self.next_offset
        return Fetched(self.topic, self.partition, next_offset, messages)


class FetchBuffer:
    """Every time that reading starts somewhere else, a new *turn* begins, and what was fetched in an older one is
    dropped. A change of assignment waits in the queue like a batch, so that it shows in its place.
    `tell` is called, by the thread that puts something in, when there is something new to take."""

    def __init__(self, assigned: frozenset[int], tell: Callable[[], None]) -> None:
        self._lock = Lock()
        self._tell = tell
        self._told = False
        self._turn = 0
        self._queue: deque[Batch | frozenset[int]] = deque()
        self._waiting = 0
        self._room = Event()
        self._room.set()
        self._assigned = assigned
        self._next: dict[Place, int] = {}

    # For the reader

    def assignment(self) -> frozenset[int]:
        """The partitions as of the last `poll`."""
        return self._assigned

    @property
    def waiting(self) -> int:
        """How many messages have not been taken yet."""
        return self._waiting

    def by_topic(self) -> Counter[str]:
        """How many messages of each topic have not been taken yet."""
        with self._lock:
            batches = [batch for batch in self._queue if isinstance(batch, Batch)]
        found: Counter[str] = Counter()
        for batch in batches:
            found[batch.topic.name] += len(batch.messages)
        return found

    def poll(self, limit: int) -> list[Fetched]:
        """At most `limit` messages; ends early where the assignment changes."""
        fetched: list[Fetched] = []
        with self._lock:
            self._told = False
            while self._queue and limit > 0:
                batch = self._queue[0]
                if isinstance(batch, frozenset):
                    self._assigned = batch
                    self._queue.popleft()
                    break
                part = batch.take(limit)
                if not batch.messages:
                    self._queue.popleft()
                limit -= len(part.messages)
                self._waiting -= len(part.messages)
                self._next[part.topic.name, part.partition] = part.next_offset
                fetched.append(part)
            rest = bool(self._queue)
            if self._waiting <= FULL // 2:
                self._room.set()
        if rest:
            self._announce()
        return fetched

    def seek(self, positions: Mapping[Place, int]) -> None:
        """Begin a new turn, in which these places are read from these offsets."""
        if positions:
            with self._lock:
                self._next.update(positions)
                self._next = {place: at for place, at in self._next.items() if at != COMMITTED}
                self._drop()

    def close(self) -> None:
        """Nothing is assigned any more."""
        with self._lock:
            self._assigned = frozenset()
            self._drop()
            self._queue.clear()

    # For the thread that fetches

    @property
    def turn(self) -> int:
        """The number of the turn; what belongs to another one need not be put in."""
        return self._turn

    def wait_for_room(self, seconds: float) -> bool:
        """Whether more may be put in, at the latest after so long."""
        return self._room.wait(seconds)

    def begin(self, positions: Mapping[Place, int]) -> None:
        """Read from these offsets where no other ones are known."""
        with self._lock:
            self._next = {**positions, **self._next}

    def starts(self) -> tuple[int, dict[Place, int]]:
        """The turn, and where each place is to be read from in it; a place that is missing may begin anywhere."""
        with self._lock:
            return self._turn, dict(self._next)

    def put(self, turn: int, batches: Iterable[Batch]) -> None:
        """Something was fetched in this turn."""
        with self._lock:
            if turn != self._turn:
                return
            for batch in batches:
                self._queue.append(batch)
                self._waiting += len(batch.messages)
            if self._waiting >= FULL:
                self._room.clear()
        self._announce()

    def drop(self) -> None:
        """Begin a new turn: nobody may be given what was fetched so far."""
        with self._lock:
            self._drop()

    def assign(self, partitions: frozenset[int]) -> None:
        """These partitions are read from now on; where others were read up to is of no use any more."""
        with self._lock:
            self._drop()
            self._queue.append(partitions)
            self._next = {place: offset for place, offset in self._next.items() if place[1] in partitions}
        self._announce()

    def _drop(self) -> None:
        self._turn += 1
        self._waiting = 0
        self._room.set()
        self._queue = deque(item for item in self._queue if isinstance(item, frozenset))

    def _announce(self) -> None:
        if not self._told:
            self._told = True
            self._tell()
