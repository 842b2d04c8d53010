"""The contract of what readers need of a store: pages, searches, sums, and what was measured. Knows no rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from string import ascii_lowercase, ascii_uppercase
from typing import Generic, Protocol, TypeVar

from evcharging.adapters.store.standing import Standing, Where
from evcharging.domain.books import AccountBalance
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.record import Record
from evcharging.domain.totals import Step, Total
from evcharging.domain.turnover import Groups, Shared

R = TypeVar("R", bound=Record)

LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
"""A to Z in lower case, as every database does it."""

LOOK_AT = 50_000
"""So many records are looked at for a text in a few hundredths of a second, however many there are."""


@dataclass(frozen=True, slots=True)
class GroupTotal:
    """What a group of records with the same value adds up to."""

    value: str
    count: int
    sums: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """Which records are wanted, in the order of the moment that their kind names: those with `text` in one of the texts
    that their kind names (A to Z in any case), from `since` until before `until`, with one of the values in each text
    field of `where`, and with any value, or none, in each field that `has` names. Newest first, unless `oldest_first`;
    it goes on `beyond` the moment and number of one. For a text no more than `look_at` records are looked at, in that
    order."""

    limit: int
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)
    has: Mapping[str, bool] = field(default_factory=dict)
    text: str = ""
    since: datetime | None = None
    until: datetime | None = None
    oldest_first: bool = False
    beyond: tuple[datetime, int] | None = None
    look_at: int = LOOK_AT


@dataclass(frozen=True, slots=True)
class Found(Generic[R]):
    """What a search comes to: `records`, each with its number. `looked_to`: the moment and number of the last record
    that was looked at for a text, where as many as may be looked at were not enough to find as many as are wanted."""

    records: list[tuple[int, R]]
    looked_to: tuple[datetime, int] | None = None


class History(Standing, Protocol):
    """Synchronous; what is on a database is read in any number of threads. Every method may raise StoreUnavailable."""

    def page(
        self, kind: type[R], *, limit: int, before: int | None = None, where: Where | None = None
    ) -> list[tuple[int, R]]:
        """The newest record of the youngest keys, youngest first, each with its number; `before` goes on below one."""
        ...

    def search(self, kind: type[R], search: Search) -> Found[R]:
        """The newest records of the keys that are wanted, all as of one moment; of a kind that names a moment."""
        ...

    def nearest(self, kind: type[R], at: datetime, where: Where | None = None, *, later: bool = False) -> list[R]:
        """Of each point in the ledger, the last of its records until a moment, or the first one `later`, where one is:
        of a kind that says of which field's values its `past_of` is looked up, which is that of the point."""
        ...

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
        """Records counted by a text field, and integer fields summed, in order of the field's value beyond `after`, or
        of the `only` value; a record without a value is in no group."""
        ...

    def series(self, subject: str, step: Step, since: datetime, until: datetime) -> list[Total]:
        """What all bills that were ever committed add up to, of one subject in the spans that begin from `since` until
        before `until`; by the minute, what meters said. In order, without spans in which nothing was."""
        ...

    def sites(self, step: Step, since: datetime, until: datetime) -> list[Total]:
        """What the bills of each site come to in the spans, hours or days, that begin from `since` until before
        `until`: one total for each site that has any, which begins at `since`, in order of the sites."""
        ...

    def turnover(self, by: Shared, since: datetime, until: datetime, limit: int) -> Groups:
        """The bills of sessions that ended after `since` and no later than `until`, in groups, of which no more than
        `limit`, at least 1, are named."""
        ...

    def balances(self, since: datetime, until: datetime) -> list[AccountBalance]:
        """What entries have posted, by account, on the days in UTC that begin from `since` until before `until`."""
        ...

    def meter_values(self, session_ids: Sequence[str]) -> list[MeterValue]:
        """What meters said in these sessions, in order of session and moment."""
        ...

    def remove_measured(self, *, values_before: datetime, minutes_before: datetime, limit: int) -> int:
        """Remove meter values, and energy by the minute, from before these moments: at most so many of each. How many
        were removed; facts, and what bills add up to, stay."""
        ...

    def facts(self, kind: type[R]) -> list[R]:
        """Every record of a kind that was ever committed, in order. A journal keeps only the newest of each key."""
        ...
