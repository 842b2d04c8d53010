"""A store in memory, for simulation and tests. It lasts as long as the process."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from evcharging.adapters.store import Commit, Fenced, Place, Tally
from evcharging.common.messages import Message
from evcharging.domain.record import Record

R = TypeVar("R", bound=Record)
Where = Mapping[str, Sequence[str]]


class MemoryStore:
    """`keep_facts` also remembers every older record; without it only the newest of each key."""

    def __init__(self, *, keep_facts: bool = False) -> None:
        self._epochs: dict[str, int] = {}
        self._newest: defaultdict[type[Record], dict[str, Record]] = defaultdict(dict)
        self._births: dict[tuple[type[Record], str], int] = {}
        self._facts: list[Record] | None = [] if keep_facts else None
        self._outbox: dict[int, tuple[str, Message]] = {}
        self._numbers = 0
        self._positions: defaultdict[str, dict[Place, int]] = defaultdict(dict)

    def claim(self, shards: Sequence[str]) -> dict[str, int]:
        for shard in shards:
            self._epochs[shard] = self._epochs.get(shard, 0) + 1
        return {shard: self._epochs[shard] for shard in shards}

    def commit(self, commit: Commit) -> list[int]:
        self._check(commit.epochs)
        for _, record in commit.records:
            self._put(record)
        for number in commit.sent:
            self._outbox.pop(number, None)
        numbers = []
        for shard, message in commit.outbox:
            self._numbers += 1
            self._outbox[self._numbers] = (shard, message)
            numbers.append(self._numbers)
        if commit.positions:
            self._positions[commit.log_id].update(commit.positions)
        return numbers

    def _check(self, epochs: Mapping[str, int]) -> None:
        for shard, epoch in epochs.items():
            newest = self._epochs.get(shard, 0)
            if epoch != newest:
                raise Fenced(f"Shard {shard} is in run {newest}, not {epoch}")

    def _put(self, record: Record) -> None:
        kind = type(record)
        key = getattr(record, kind.key_field)
        table = self._newest[kind]
        if key not in table:
            self._births[kind, key] = len(self._births) + 1
        table[key] = record
        if self._facts is not None:
            self._facts.append(record)

    def unsent(self, shards: Sequence[str]) -> list[tuple[int, Message]]:
        wanted = set(shards)
        return [(number, message) for number, (shard, message) in self._outbox.items() if shard in wanted]

    def positions(self, log_id: str) -> dict[Place, int]:
        return dict(self._positions[log_id])

    def fetch(self, kind: type[R], keys: Iterable[str]) -> list[R]:
        table = self._newest[kind]
        return [record for key in keys if isinstance(record := table.get(key), kind)]

    def select(self, kind: type[R], where: Where | None = None) -> list[R]:
        return [record for record in self._newest[kind].values() if isinstance(record, kind) and _fits(record, where)]

    def page(
        self, kind: type[R], *, limit: int, before: int | None = None, where: Where | None = None
    ) -> list[tuple[int, R]]:
        found = []
        for record in reversed(self.select(kind, where)):
            birth = self._births[kind, record.key]
            if before is None or birth < before:
                found.append((birth, record))
            if len(found) == limit:
                break
        return found

    def tally(
        self, kind: type[R], by: str, *, sums: Sequence[str] = (), after: str = "", limit: int = 100
    ) -> list[Tally]:
        groups: defaultdict[str, list[R]] = defaultdict(list)
        for record in self.select(kind):
            if getattr(record, by) is not None:
                groups[getattr(record, by)].append(record)
        return [
            Tally(value, len(group), tuple(sum(getattr(record, name) for record in group) for name in sums))
            for value, group in sorted(groups.items())
            if value > after
        ][:limit]

    def facts(self, kind: type[R]) -> list[R]:
        if self._facts is None:
            return self.select(kind)
        return [record for record in self._facts if isinstance(record, kind)]

    def close(self) -> None:
        """Nothing to let go of: what was committed can still be read."""


def _fits(record: Record, where: Where | None) -> bool:
    return all(getattr(record, name) in values for name, values in (where or {}).items())
