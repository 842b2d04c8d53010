"""The contract of a store: facts, outgoing messages and input positions, in one commit. Knows no rule.
`memory`, `sql` and `journal` keep it; one suite holds them all to it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from string import ascii_lowercase, ascii_uppercase
from typing import Generic, Protocol, TypeVar

from evcharging.common.messages import Message
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.record import Record
from evcharging.domain.totals import Step, Total

R = TypeVar("R", bound=Record)

LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
"""A to Z in lower case, as every database does it."""

LOOK_AT = 50_000
"""So many records are looked at for a text in a few hundredths of a second, however many there are."""

Place = tuple[str, int]
"""A topic and a partition of it."""


class Refused(Exception):
    """Nothing of a commit lasted, and it never will: whoever made it must forget what it had in mind and start over
    from the store."""


class Fenced(Refused):
    """Other processes have taken over these shards; this one must leave them alone."""

    def __init__(self, text: str, shards: Iterable[str]) -> None:
        super().__init__(text)
        self.shards = frozenset(shards)


class Taken(Refused):
    """What may be recorded only once was recorded before, with other content."""


class StoreUnavailable(Exception):
    """The store cannot be reached or written to."""


class StoreUnusable(StoreUnavailable):
    """The store cannot be used as it is, however long one waits."""


@dataclass(slots=True)
class Commit:
    """Everything that one host cycle persists, atomically.

    `epochs`: for every shard written to, the run that writes. `records`: facts, in order, each with its shard.
    `outbox`: messages to be published, in order, each with its shard. `sent`: outbox numbers that others have now.
    `positions`: the next offset to read, by place, in the log called `log_id`. `serial`: the number of this commit
    among those of its host's run, growing from 1; a host that hears no answer gives the same commit again. With 0, or
    without epochs, it must not be given again."""

    epochs: dict[str, int] = field(default_factory=dict)
    records: list[tuple[str, Record]] = field(default_factory=list)
    outbox: list[tuple[str, Message]] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    log_id: str = ""
    positions: dict[Place, int] = field(default_factory=dict)
    serial: int = 0

    @property
    def anchor(self) -> str | None:
        """The one of its shards that is asked for its serial, which all of them remember, so that the others still know
        it where one was taken over; None where it must not be given again."""
        return min(self.epochs) if self.serial and self.epochs else None

    @property
    def is_durable(self) -> bool:
        """Whether it holds anything that must survive; positions alone can wait for the next commit."""
        return bool(self.records or self.outbox)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in it at all."""
        return not (self.is_durable or self.positions or self.sent)


@dataclass(frozen=True, slots=True)
class GroupTotal:
    """What a group of records with the same value adds up to."""

    value: str
    count: int
    sums: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """Which records are wanted, in the order of the moment that their kind names: those with `text` in one of the texts
    that their kind names (A to Z in any case), from `since` until before `until`, and with one of the values in each
    text field of `where`. Newest first, unless `oldest_first`; it goes on `beyond` the moment and number of one. For a
    text no more than `look_at` records are looked at, in that order."""

    limit: int
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)
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


class Store(Protocol):
    """Synchronous and used by one thread at a time; every method may raise StoreUnavailable."""

    def claim(self, shards: Sequence[str]) -> dict[str, int]:
        """Begin a new run of each shard: its epoch grows, and commits of older epochs raise Fenced. A shard that the
        store does not know begins with the store's first epoch, and none falls behind that."""
        ...

    def commit(self, commit: Commit) -> list[int]:
        """Make all of it last, or nothing. Returns the numbers of the outbox messages, in their order.
        Raises Fenced where an epoch is not the newest of its shard, and Taken where a record that may be recorded only
        once is there with other content; one with the same content is left as it is. Nothing is written then.
        After StoreUnavailable it may have lasted all the same, when only the answer was lost: the same commit given
        again, with its serial, lasts if it had not, changes nothing if it had, and returns the same numbers."""
        ...

    def unsent(self, shards: Sequence[str]) -> list[tuple[int, Message]]:
        """The outbox messages of these shards that were never said to be sent, oldest first."""
        ...

    def positions(self, log_id: str) -> dict[Place, int]:
        """Where to go on reading in a log; empty for a log that was never read."""
        ...

    def fetch(self, kind: type[R], keys: Iterable[str]) -> list[R]:
        """The newest records with these keys; a key without one is left out."""
        ...

    def select(self, kind: type[R], where: Mapping[str, Sequence[str]] | None = None) -> list[R]:
        """The newest record of every key, oldest key first, where each named text field has one of the values."""
        ...

    def page(
        self, kind: type[R], *, limit: int, before: int | None = None, where: Mapping[str, Sequence[str]] | None = None
    ) -> list[tuple[int, R]]:
        """The newest record of the youngest keys, youngest first, each with its number; `before` goes on below one."""
        ...

    def search(self, kind: type[R], search: Search) -> Found[R]:
        """The newest records of the keys that are wanted, all as of one moment; of a kind that names a moment."""
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

    def check(self) -> str | None:
        """Why nothing can be kept any more, in a sentence, as far as that shows without waiting: such as a file that
        was removed, or replaced by another. Commits raise StoreUnavailable then, and so do reads of what is not in
        memory; all goes on when the very same file is put back. May be called in any thread."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
