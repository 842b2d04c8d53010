"""Where a process may die between two durable steps: the names of these places, and a store, a bus and a way to the
provider of payments that pass each of them by name. Knows not what happens there; without these wrappers nothing is
asked and nothing costs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import TypeVar

from evcharging.adapters.bus import Bus, Fetched, Place, Subscription
from evcharging.adapters.bus.traffic import Traffic
from evcharging.adapters.store import Commit, Ledger
from evcharging.adapters.store.forwarding import ForwardingLedger
from evcharging.common.kafka import Topic
from evcharging.common.messages import Message
from evcharging.common.messages_payments import ProviderDue
from evcharging.domain.provider import ProviderOutcome
from evcharging.domain.record import Record
from evcharging.runtime.errands import ProviderRunner

R = TypeVar("R", bound=Record)


class CrashPoint(StrEnum):
    """A place between two durable steps, in the order in which a process comes to them."""

    CLAIM = "before a claim"
    CLAIMED = "after a claim"
    UNSENT = "once the outbox was read, before any of it is sent again"
    COMMIT = "before a commit"
    COMMITTED = "after a commit, before anybody knows"
    PUBLISH = "before a message of the outbox is given to the bus"
    PUBLISHED = "after a message of the outbox was given to the bus"
    SENT = "once the bus has a message, before that is noted"
    DONE = "before the bus is told how far was read"
    ORDERED = "once it lasts what a provider is to be asked, before it is asked"
    CALLED = "once a provider has answered, before any role is told"
    HEARD = "once a role is to be told what a provider has answered, before that lasts"


AT_PROVIDER = (CrashPoint.ORDERED, CrashPoint.CALLED, CrashPoint.HEARD)
"""Those to which only a Central comes that asks for payments."""

Reach = Callable[[CrashPoint], None]
"""Called at each crash point; it may never come back."""


class CrashingStore(ForwardingLedger):
    """A store whose durable steps pass crash points."""

    def __init__(self, ledger: Ledger, reach: Reach) -> None:
        super().__init__(ledger)
        self._reach = reach

    def claim(self, shards: Sequence[str]) -> dict[str, int]:
        self._reach(CrashPoint.CLAIM)
        epochs = super().claim(shards)
        self._reach(CrashPoint.CLAIMED)
        return epochs

    def commit(self, commit: Commit) -> list[int]:
        self._reach(CrashPoint.COMMIT)
        numbers = super().commit(commit)
        self._reach(CrashPoint.COMMITTED)
        return numbers

    def unsent(self, shards: Sequence[str]) -> list[tuple[int, Message]]:
        messages = super().unsent(shards)
        if messages:
            self._reach(CrashPoint.UNSENT)
        return messages


class CrashingBus:
    """A bus on which what comes from an outbox, and what was read, passes crash points."""

    def __init__(self, bus: Bus, reach: Reach) -> None:
        self._bus = bus
        self._reach = reach
        self.partitions = bus.partitions
        self.is_shared = bus.is_shared

    @property
    def log_id(self) -> str:
        return self._bus.log_id

    @property
    def away(self) -> bool:
        return self._bus.away

    @property
    def on_away(self) -> list[Callable[[bool], None]]:
        return self._bus.on_away

    @property
    def trouble(self) -> str | None:
        return self._bus.trouble

    @property
    def dead_letters(self) -> int:
        return self._bus.dead_letters

    @property
    def unbelieved(self) -> int:
        return self._bus.unbelieved

    @property
    def dropped(self) -> int:
        return self._bus.dropped

    @property
    def unsent(self) -> int:
        return self._bus.unsent

    @property
    def traffic(self) -> Traffic:
        return self._bus.traffic

    def publish(self, message: Message, on_sent: Callable[[], None] | None = None) -> None:
        if on_sent is None:
            self._bus.publish(message)
            return
        self._reach(CrashPoint.PUBLISH)
        self._bus.publish(message, partial(self._sent, on_sent))
        self._reach(CrashPoint.PUBLISHED)

    def _sent(self, on_sent: Callable[[], None]) -> None:
        self._reach(CrashPoint.SENT)
        on_sent()

    def publish_all(self, messages: Iterable[Message]) -> None:
        self._bus.publish_all(messages)

    def subscribe(
        self,
        topics: Iterable[Topic],
        *,
        group: str,
        partitions: Iterable[int] | None = None,
        on_ready: Callable[[], None] | None = None,
    ) -> Subscription:
        subscription = self._bus.subscribe(topics, group=group, partitions=partitions, on_ready=on_ready)
        return CrashingSubscription(subscription, self._reach)


class CrashingSubscription:
    """A reader that passes a crash point before it says how far it is."""

    def __init__(self, subscription: Subscription, reach: Reach) -> None:
        self._subscription = subscription
        self._reach = reach

    def assignment(self) -> frozenset[int]:
        return self._subscription.assignment()

    def seek(self, positions: Mapping[Place, int]) -> None:
        self._subscription.seek(positions)

    @property
    def waiting(self) -> int:
        return self._subscription.waiting

    def poll(self, limit: int) -> list[Fetched]:
        return self._subscription.poll(limit)

    def done(self, positions: Mapping[Place, int]) -> None:
        self._reach(CrashPoint.DONE)
        self._subscription.done(positions)

    def close(self, *, for_good: bool = False) -> None:
        self._subscription.close(for_good=for_good)


class CrashingProvider:
    """A way to the provider of payments that passes crash points."""

    def __init__(self, run: ProviderRunner, reach: Reach) -> None:
        self._run = run
        self._reach = reach

    def __call__(self, due: ProviderDue, answer: Callable[[ProviderOutcome], None]) -> None:
        self._reach(CrashPoint.ORDERED)
        self._run(due, partial(self._heard, answer))

    def _heard(self, answer: Callable[[ProviderOutcome], None], outcome: ProviderOutcome) -> None:
        self._reach(CrashPoint.CALLED)
        answer(outcome)
        self._reach(CrashPoint.HEARD)
