"""What a host takes from the bus: of which partitions, from where on, and what its roles must be reminded of before.
Knows no role."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import product
from typing import Protocol

from evcharging.adapters.bus import COMMITTED, END, Bus, Fetched, Place, Subscription
from evcharging.adapters.store import Ledger
from evcharging.common.kafka import Topic
from evcharging.common.messages import Message
from evcharging.roles.role import Role
from evcharging.runtime.recall import Recall

BATCH = 10_000
"""Messages taken at once, at most."""


class PartitionRoles(Protocol):
    """The roles that come and go with the partitions of a process."""

    def shard_at(self, topic: str, partition: int) -> str:
        """The shard that a partition of a topic concerns, which is the address of its role as well."""
        ...

    def adopt(self, assigned: frozenset[int]) -> Callable[[], None]:
        """Ask the store about roles that are new with these partitions, in any thread; returns what gives these a home
        and lets those of lost partitions go."""
        ...


Ready = Callable[[], None]


class Intake:
    """Reads topics from where the store says, and volatile ones from now on: the past of those helps nobody. Before
    messages of the `recalled` topics are handled, roles are reminded of the records that those are about. With
    `shared` roles the partitions are shared in the group, and roles come and go with them; else they are fixed, or
    all."""

    def __init__(
        self,
        store: Ledger,
        bus: Bus,
        topics: Iterable[Topic],
        *,
        group: str,
        partitions: Iterable[int] | None,
        recalled: Iterable[Topic],
        shared: PartitionRoles | None,
        role_in: Callable[[Fetched], Callable[[Message], Role | None]],
        on_ready: Ready | None,
    ) -> None:
        self.positions: dict[Place, int] = {}
        """The next offsets to read, of places that were read since the last commit."""
        self.log_id = bus.log_id
        """The history that these offsets count in."""
        self._store = store
        self._bus = bus
        self._topics = tuple(topics)
        self._group = group
        self._fixed = None if partitions is None else frozenset(partitions)
        self._recall = Recall(store, recalled, role_in)
        self._shared = shared
        self._on_ready = on_ready
        self._assigned: frozenset[int] = frozenset()
        self._overtaken: frozenset[str] = frozenset()
        self._regains = False
        self._deferred: list[Fetched] = []
        self._learned: tuple[frozenset[int], Callable[[], None], str, dict[Place, int]] | None = None
        self.subscription = self._join()
        if self._fixed is not None:
            self._go_on(self._fixed, store.positions(bus.log_id))

    @property
    def waiting(self) -> int:
        """How many messages there are to be taken, as far as is known; may be asked in any thread."""
        return self.subscription.waiting

    def take(self) -> list[Fetched]:
        """A batch of messages. It may be less than has come, where roles are not to decide the same at once."""
        if self.log_id != self._bus.log_id:
            self._forget_positions()
        fetched = self._deferred + self.subscription.poll(BATCH)
        if self._overtaken:
            fetched = [each for each in fetched if not self._is_overtaken((each.topic.name, each.partition))]
        if self.is_reassigned:
            self._wake()
        batch, self._deferred = self._recall.divide(fetched)
        return batch

    def needs_recall(self, batch: list[Fetched]) -> bool:
        """Whether `recall` may have to ask the store."""
        return self._recall.is_needed(batch)

    def recall(self, batch: list[Fetched]) -> None:
        """Remind roles of the records that this batch is about. May run in another thread than the rest."""
        self._recall.remind(batch)

    def done(self, positions: dict[Place, int]) -> None:
        """What is before these offsets is never asked for again."""
        if self.log_id == self._bus.log_id:
            self.subscription.done(positions)

    def _forget_positions(self) -> None:
        """Offsets of another history mean nothing. Where a message from before is still to be handled, to begin with
        the oldest is right for a topic that is another one now, and safe for the others."""
        self.log_id, self.positions = self._bus.log_id, {}
        self._deferred = [replace(fetched, next_offset=0) for fetched in self._deferred]

    def close(self) -> None:
        """Read no more, and leave the group."""
        self.subscription.close()

    # Whose partitions they are

    @property
    def is_reassigned(self) -> bool:
        """Whether this process has other partitions now than its roles have: `learn` and `settle` before `take`."""
        return self._shared is not None and (self._regains or self.subscription.assignment() != self._assigned)

    def learn(self) -> None:
        """Ask the store what roles of new partitions have to know. May run in another thread than the rest."""
        if self._shared is not None:
            assigned, log_id = self.subscription.assignment(), self._bus.log_id
            self._learned = assigned, self._shared.adopt(assigned), log_id, self._store.positions(log_id)

    def settle(self) -> None:
        """Let roles come and go as was learnt, and read on."""
        if self._learned is None:
            return
        (assigned, move, log_id, stored), self._learned = self._learned, None
        fresh, self._assigned = assigned - self._assigned, assigned
        move()
        self.positions = {place: offset for place, offset in self.positions.items() if place[1] in assigned}
        self._deferred = [fetched for fetched in self._deferred if fetched.partition in assigned]
        self._go_on(fresh, stored if log_id == self._bus.log_id else {})
        self._overtaken, self._regains = frozenset(), False

    @property
    def may_rejoin(self) -> bool:
        """Whether the roles here come and go."""
        return self._shared is not None

    def shard_at(self, place: Place) -> str | None:
        """The shard that a place concerns, where roles come and go with partitions."""
        return self._shared.shard_at(*place) if self._shared is not None else None

    def leave(self, shards: frozenset[str]) -> None:
        """Other processes have these shards now: read nothing more of theirs, until the partitions that this process
        has change, or `regain`."""
        self._overtaken |= shards
        self.positions = {place: at for place, at in self.positions.items() if not self._is_overtaken(place)}
        self._deferred = [each for each in self._deferred if not self._is_overtaken((each.topic.name, each.partition))]

    def regain(self) -> None:
        """Take up again what was left to others and is still assigned to this process."""
        self._regains = bool(self._overtaken)
        self._wake()

    def _is_overtaken(self, place: Place) -> bool:
        return self.shard_at(place) in self._overtaken

    def rejoin(self) -> None:
        """Leave the group and join it anew, with nothing in mind; what was not committed is read again."""
        self.subscription.close()
        self._assigned, self._deferred, self._learned, self.positions = frozenset(), [], None, {}
        self._overtaken, self._regains = frozenset(), False
        self.subscription = self._join()
        self._wake()

    def _join(self) -> Subscription:
        return self._bus.subscribe(self._topics, group=self._group, partitions=self._fixed, on_ready=self._on_ready)

    def _go_on(self, partitions: frozenset[int], stored: dict[Place, int]) -> None:
        names = [topic.name for topic in self._topics]
        volatile = [topic.name for topic in self._topics if topic.volatile]
        goes_on = {place: offset for place, offset in stored.items() if place[1] in partitions}
        ends = dict.fromkeys(product(volatile, partitions), END)
        # What was read of these and not committed is read again.
        again = [place for place in product(names, self._assigned - partitions) if self._is_overtaken(place)]
        regained = {place: END if place[0] in volatile else stored.get(place, COMMITTED) for place in again}
        self.subscription.seek({**goes_on, **ends, **regained})

    def _wake(self) -> None:
        if self._on_ready is not None:
            self._on_ready()
