"""The contract of a store: a ledger for those who decide, with facts, outgoing messages and input positions in one
commit, and a history for those who read. Knows no rule. `memory`, `sql` and `journal` keep it; one suite holds them all
to it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from evcharging.adapters.store.history import History
from evcharging.adapters.store.standing import Standing
from evcharging.common.messages import Message
from evcharging.domain.record import Record

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


class Ledger(Standing, Protocol):
    """What deciding needs, of Central's ledger as of a journal. Synchronous and used by one thread at a time; every
    method may raise StoreUnavailable."""

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

    def check(self) -> str | None:
        """Why nothing can be kept any more, in a sentence, as far as that shows without waiting: such as a file that
        was removed, or replaced by another. Commits raise StoreUnavailable then, and so do reads of what is not in
        memory; all goes on when the very same file is put back. May be called in any thread."""
        ...


class Store(Ledger, History, Protocol):
    """A ledger and a history in one, as programs open it."""

    def close(self) -> None:
        """Let go of files and connections."""
        ...
