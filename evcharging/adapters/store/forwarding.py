"""A ledger around another one, to which it passes everything on. Knows no technology."""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from evcharging.adapters.store import Commit, Ledger, Place
from evcharging.adapters.store.standing import Where
from evcharging.common.messages import Message
from evcharging.domain.record import Record

R = TypeVar("R", bound=Record)


class ForwardingLedger:
    """Whoever wants something to happen on the way overrides a method."""

    def __init__(self, ledger: Ledger) -> None:
        self.inner = ledger

    def claim(self, shards: Sequence[str]) -> dict[str, int]:
        return self.inner.claim(shards)

    def commit(self, commit: Commit) -> list[int]:
        return self.inner.commit(commit)

    def unsent(self, shards: Sequence[str]) -> list[tuple[int, Message]]:
        return self.inner.unsent(shards)

    def positions(self, log_id: str) -> dict[Place, int]:
        return self.inner.positions(log_id)

    def fetch(self, kind: type[R], keys: Iterable[str]) -> list[R]:
        return self.inner.fetch(kind, keys)

    def select(self, kind: type[R], where: Where | None = None) -> list[R]:
        return self.inner.select(kind, where)

    def check(self) -> str | None:
        return self.inner.check()
