"""Stores that fail as databases and disks do: away, too late with their answer, torn. Knows no role."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from evcharging.adapters.store import Commit, Ledger, Place, StoreUnavailable
from evcharging.adapters.store.forwarding import ForwardingLedger
from evcharging.adapters.store.memory import MemoryStore
from evcharging.common.messages import Message
from evcharging.domain.record import Record
from evcharging.proof.rare import Rare

R = TypeVar("R", bound=Record)

Seen = Callable[[Rare], None]

AWAY = "The store of the proof is away"


class WatchedStore(MemoryStore):
    """Tells of every record that lasts, once, with the commit that it came by; of claims; and of rare states."""

    def __init__(self, lasted: Callable[[Commit, list[Record]], None], seen: Seen) -> None:
        super().__init__(keep_facts=True)
        self.on_claim: Callable[[Sequence[str]], None] = lambda shards: None
        self.claimed: dict[str, int] = {}
        self._lasted = lasted
        self._seen = seen
        self._fresh: list[Record] = []

    def claim(self, shards: Sequence[str]) -> dict[str, int]:
        epochs = super().claim(shards)
        self.claimed.update(epochs)
        self.on_claim(shards)
        return epochs

    def commit(self, commit: Commit) -> list[int]:
        numbers = super().commit(commit)
        fresh, self._fresh = self._fresh, []
        if fresh:
            self._lasted(commit, fresh)
        elif commit.records:
            self._seen(Rare.GIVEN_AGAIN)
        return numbers

    def _put(self, record: Record) -> None:
        super()._put(record)
        self._fresh.append(record)


class Weather:
    """How a store is treated: `away`, nobody reaches it; `silent`, whether the answer to a commit is lost, and then
    whether the commit lasted (None: the answer comes). `seen` is told of rare states."""

    def __init__(self, seen: Seen) -> None:
        self.away = False
        self.silent: Callable[[], bool | None] = lambda: None
        self.is_silent = False
        self.seen = seen


class FaultyStore(ForwardingLedger):
    """A store in this weather."""

    def __init__(self, ledger: Ledger, weather: Weather) -> None:
        super().__init__(ledger)
        self._weather = weather

    def claim(self, shards: Sequence[str]) -> dict[str, int]:
        self._ask()
        return super().claim(shards)

    def commit(self, commit: Commit) -> list[int]:
        self._ask()
        lasted = self._weather.silent()
        if lasted is None:
            return super().commit(commit)
        if lasted:
            super().commit(commit)
        self._weather.seen(Rare.LASTED if lasted else Rare.VANISHED)
        raise StoreUnavailable(AWAY)

    def unsent(self, shards: Sequence[str]) -> list[tuple[int, Message]]:
        self._ask()
        messages = super().unsent(shards)
        if messages:
            self._weather.seen(Rare.RESENT)
        return messages

    def positions(self, log_id: str) -> dict[Place, int]:
        self._ask()
        return super().positions(log_id)

    def fetch(self, kind: type[R], keys: Iterable[str]) -> list[R]:
        self._ask()
        return super().fetch(kind, keys)

    def select(self, kind: type[R], where: Mapping[str, Sequence[str]] | None = None) -> list[R]:
        self._ask()
        return super().select(kind, where)

    def _ask(self) -> None:
        if self._weather.away:
            raise StoreUnavailable(AWAY)


def _unnoticed(_: Commit | Message) -> None:
    """Of no interest."""


class ToldStore(ForwardingLedger):
    """Tells of every commit that lasts, once, though it may be given again; of every message that counts as sent from
    then on; and of every question."""

    def __init__(
        self,
        ledger: Ledger,
        lasted: Callable[[Commit], None] = _unnoticed,
        sent: Callable[[Message], None] = _unnoticed,
        asked: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(ledger)
        self._told = lasted
        self._sent = sent
        self._asked = asked
        self._last: Commit | None = None
        self._unsent: dict[int, Message] = {}

    def unsent(self, shards: Sequence[str]) -> list[tuple[int, Message]]:
        unsent = super().unsent(shards)
        self._unsent.update(unsent)
        return unsent

    def fetch(self, kind: type[R], keys: Iterable[str]) -> list[R]:
        self._asked()
        return super().fetch(kind, keys)

    def commit(self, commit: Commit) -> list[int]:
        numbers = super().commit(commit)
        if commit is not self._last:
            self._last = commit
            self._told(commit)
            self._unsent.update(zip(numbers, (message for _, message in commit.outbox), strict=True))
            for number in commit.sent:
                if number in self._unsent:
                    self._sent(self._unsent.pop(number))
        return numbers
