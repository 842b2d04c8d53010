"""A store in memory, for simulation and tests. It lasts as long as the process."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from operator import gt, lt
from typing import TypeVar

from evcharging.adapters.store import Commit, Place
from evcharging.adapters.store.accounts import ACCESS_SHARD
from evcharging.adapters.store.guard import check_runs, has_lasted, said_once, taken
from evcharging.adapters.store.history import LOWER, Found, GroupTotal, Search
from evcharging.adapters.store.memory_accounts import MemoryAccounts
from evcharging.adapters.store.standing import Where
from evcharging.common.messages import Message
from evcharging.common.moments import MICROSECOND
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.book_totals import balances_of, totals_of_entry
from evcharging.domain.books import AccountBalance, Entry
from evcharging.domain.charging_point import Point
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.record import Record
from evcharging.domain.session import Bill
from evcharging.domain.totals import Step, Total, added_up, of_site, totals_of
from evcharging.domain.turnover import Groups, Shared, grouped

R = TypeVar("R", bound=Record)


class MemoryStore:
    """`keep_facts` also remembers every older record; without it only the newest of each key.
    `first_epoch`: see `claim`. `accounts` are the people and keys beside it."""

    def __init__(self, *, keep_facts: bool = False, first_epoch: int = 1) -> None:
        self._first_epoch = first_epoch
        self._epochs: dict[str, int] = {}
        self._serials: dict[str, int] = {}
        self._newest: defaultdict[type[Record], dict[str, Record]] = defaultdict(dict)
        self._births: dict[tuple[type[Record], str], int] = {}
        self._facts: list[Record] | None = [] if keep_facts else None
        self._meter_values: dict[tuple[str, datetime], MeterValue] = {}
        self._minutes: list[Total] = []
        self._outbox: dict[int, tuple[str, Message]] = {}
        self._numbers = 0
        self._positions: defaultdict[str, dict[Place, int]] = defaultdict(dict)
        self.accounts = MemoryAccounts(self._record_action, self._has_action)

    def _record_action(self, action: OperatorAction) -> None:
        self.commit(Commit(epochs=self.claim([ACCESS_SHARD]), records=[(ACCESS_SHARD, action)]))

    def _has_action(self, action: OperatorAction) -> bool:
        known = self._newest[OperatorAction].get(action.key)
        if known not in (None, action):
            raise taken(action)
        return known is not None

    def claim(self, shards: Sequence[str]) -> dict[str, int]:
        epochs = self._next_runs(shards)
        self._begin(epochs)
        return epochs

    def _next_runs(self, shards: Sequence[str]) -> dict[str, int]:
        return {shard: max(self._epochs.get(shard, 0) + 1, self._first_epoch) for shard in shards}

    def _begin(self, epochs: Mapping[str, int]) -> None:
        for shard, epoch in epochs.items():
            self._epochs[shard] = epoch
            self._serials.pop(shard, None)

    def commit(self, commit: Commit) -> list[int]:
        return self._numbers_of(commit) if self._has_lasted(commit) else self._make_last(commit)

    def _has_lasted(self, commit: Commit) -> bool:
        """Whether it is there already; raises Refused for one that must not be."""
        once = said_once(commit.records)
        check_runs(commit.epochs, self._epochs)
        if has_lasted(commit, self._serials):
            return True
        for (kind, key), record in once.items():
            if self._newest[kind].get(key, record) != record:
                raise taken(record)
        return False

    def _numbers_of(self, commit: Commit) -> list[int]:
        """Nothing newer can be in the outbox for the shards of a commit that is given again."""
        newest = (number for number, (shard, _) in reversed(self._outbox.items()) if shard in commit.epochs)
        return [*islice(newest, len(commit.outbox))][::-1]

    def _make_last(self, commit: Commit) -> list[int]:
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
        if commit.serial:
            self._serials.update(dict.fromkeys(commit.epochs, commit.serial))
        return numbers

    def _put(self, record: Record) -> None:
        if isinstance(record, MeterValue):
            self._meter_values[record.session_id, record.at] = record
        elif isinstance(record, Total):
            self._minutes.append(record)
        else:
            self._keep(record)

    def _keep(self, record: Record) -> None:
        kind = type(record)
        key = getattr(record, kind.key_field)
        table = self._newest[kind]
        if key not in table:
            self._births[kind, key] = len(self._births) + 1
        elif kind.once:
            return
        table[key] = record
        if self._facts is not None and kind.is_fact and not record.is_said_elsewhere:
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

    def search(self, kind: type[R], search: Search) -> Found[R]:
        walk = self._walk(kind, search)
        looked_at = walk[: search.look_at] if search.text else walk
        found = [(birth, record) for _, birth, record in looked_at if _holds(record, search.text)]
        is_cut = bool(search.text) and len(found) < search.limit and len(looked_at) == search.look_at
        return Found(found[: search.limit], looked_at[-1][:2] if is_cut else None)

    def _walk(self, kind: type[R], search: Search) -> list[tuple[datetime, int, R]]:
        """All records that a search may come to, whatever their texts say, in its order."""
        found = [
            (getattr(record, kind.moment), self._births[kind, record.key], record)
            for record in self.select(kind, search.where)
            if _is_within(getattr(record, kind.moment), search)
            and all((getattr(record, name) is not None) is is_there for name, is_there in search.has.items())
        ]
        found.sort(key=lambda each: each[:2], reverse=not search.oldest_first)
        if search.beyond is not None:
            is_after = gt if search.oldest_first else lt
            found = [each for each in found if is_after(each[:2], search.beyond)]
        return found

    def nearest(self, kind: type[R], at: datetime, where: Where | None = None, *, later: bool = False) -> list[R]:
        since, until = (at + MICROSECOND, None) if later else (None, at + MICROSECOND)
        walk = self._walk(kind, Search(limit=0, where=where or {}, since=since, until=until, oldest_first=not later))
        found = {getattr(record, kind.past_of): record for _, _, record in walk}
        return [found[cp_id] for cp_id in self._newest[Point] if cp_id in found]

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
        groups: defaultdict[str, list[R]] = defaultdict(list)
        for record in self.select(kind):
            if getattr(record, by) is not None:
                groups[getattr(record, by)].append(record)
        return [
            GroupTotal(value, len(group), tuple(sum(getattr(record, name) for record in group) for name in sums))
            for value, group in sorted(groups.items())
            if value > after and only in (None, value)
        ][:limit]

    def series(self, subject: str, step: Step, since: datetime, until: datetime) -> list[Total]:
        billed = (total for bill in self.select(Bill) for total in totals_of(bill))
        totals = self._minutes if step is Step.MINUTE else billed
        wanted = (each for each in totals if (each.subject, each.step) == (subject, step) and since <= each.at < until)
        return added_up(wanted)

    def sites(self, step: Step, since: datetime, until: datetime) -> list[Total]:
        billed = (total for bill in self.select(Bill) if bill.site_id for total in totals_of(bill))
        wanted = (each for each in billed if each.step is step and since <= each.at < until)
        return added_up(changed(each, at=since) for each in wanted if each.subject.startswith(of_site("")))

    def turnover(self, by: Shared, since: datetime, until: datetime, limit: int) -> Groups:
        return grouped((bill for bill in self.select(Bill) if since < bill.ended_at <= until), by, limit)

    def balances(self, since: datetime, until: datetime) -> list[AccountBalance]:
        totals = (total for entry in self.select(Entry) for total in totals_of_entry(entry))
        return balances_of((each.subject, each.micro_euros) for each in totals if since <= each.at < until)

    def meter_values(self, session_ids: Sequence[str]) -> list[MeterValue]:
        wanted = set(session_ids)
        return [value for (session_id, _), value in sorted(self._meter_values.items()) if session_id in wanted]

    def remove_measured(self, *, values_before: datetime, minutes_before: datetime, limit: int) -> int:
        values = [key for key in self._meter_values if key[1] < values_before][:limit]
        minutes = [each for each in self._minutes if each.at < minutes_before][:limit]
        for key in values:
            del self._meter_values[key]
        self._minutes = [each for each in self._minutes if each not in minutes]
        return len(values) + len(minutes)

    def facts(self, kind: type[R]) -> list[R]:
        if self._facts is None:
            return self.select(kind)
        return [record for record in self._facts if isinstance(record, kind)]

    def check(self) -> str | None:
        """Nothing can be in the way."""

    def close(self) -> None:
        """Nothing to let go of: what was committed can still be read."""


def _fits(record: Record, where: Where | None) -> bool:
    return all(getattr(record, name) in values for name, values in (where or {}).items())


def _holds(record: Record, text: str) -> bool:
    values = (getattr(record, name) or "" for name in record.texts)
    return not text or any(text.translate(LOWER) in value.translate(LOWER) for value in values)


def _is_within(moment: datetime, search: Search) -> bool:
    since, until = search.since, search.until
    return (since is None or since <= moment) and (until is None or moment < until)
