"""A store around another one, to which it passes everything on. Knows no technology."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from evcharging.adapters.store import Commit, Found, GroupTotal, Place, Search, Store
from evcharging.common.messages import Message
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.record import Record
from evcharging.domain.totals import Step, Total

R = TypeVar("R", bound=Record)
Where = Mapping[str, Sequence[str]]


class ForwardingStore:
    """Whoever wants something to happen on the way overrides a method."""

    def __init__(self, store: Store) -> None:
        self.inner = store

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

    def page(
        self, kind: type[R], *, limit: int, before: int | None = None, where: Where | None = None
    ) -> list[tuple[int, R]]:
        return self.inner.page(kind, limit=limit, before=before, where=where)

    def search(self, kind: type[R], search: Search) -> Found[R]:
        return self.inner.search(kind, search)

    def tally(
        self,
        kind: type[R],
        by: str,
        *,
        sums: Sequence[str] = (),
        after: str = "",
        only: str | None = None,
        limit: int = 100,
    ) -> list[GroupTotal]:
        return self.inner.tally(kind, by, sums=sums, after=after, only=only, limit=limit)

    def series(self, subject: str, step: Step, since: datetime, until: datetime) -> list[Total]:
        return self.inner.series(subject, step, since, until)

    def meter_values(self, session_ids: Sequence[str]) -> list[MeterValue]:
        return self.inner.meter_values(session_ids)

    def remove_measured(self, *, values_before: datetime, minutes_before: datetime, limit: int) -> int:
        return self.inner.remove_measured(values_before=values_before, minutes_before=minutes_before, limit=limit)

    def facts(self, kind: type[R]) -> list[R]:
        return self.inner.facts(kind)

    def check(self) -> str | None:
        return self.inner.check()

    def close(self) -> None:
        self.inner.close()
