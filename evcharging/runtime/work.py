"""The roles that live in a host, what one fold of theirs gives, and who is told of it. Knows no bus, store or clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from evcharging.adapters.bus import Fetched
from evcharging.adapters.store import Commit, Place
from evcharging.common.kafka import is_volatile
from evcharging.common.messages import Message
from evcharging.common.schema import MESSAGES
from evcharging.domain.record import Record
from evcharging.roles.role import Effect, Effects, Input, Role

ALL_KINDS: frozenset[type[Message]] = frozenset(MESSAGES)
"""Kinds of messages that who looks only at what lasts need not see one by one."""

Reaction = tuple[str, Input | None, Effects]
"""A role's address, what it was given (None: its deadline came), and what it said."""


@dataclass(slots=True, eq=False)
class HostedRole:
    """A role at its address, with the shard and run that its records belong to."""

    address: str
    role: Role
    shard: str
    epoch: int
    scheduled: datetime | None = None


@dataclass(slots=True)
class Work:
    """What one fold took, from the bus and otherwise, and what it gave: what must last, and then what must reach
    others, in order; `shards` says of each of these from which shard it comes, and `durable` which of them are in the
    outbox, by their places. `reactions` are gathered where somebody looks on; `commit_seconds` is how long it took to
    last, where it did."""

    commit: Commit
    taken: list[Fetched] = field(default_factory=list)
    told: list[Input] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    outgoing: list[Message] = field(default_factory=list)
    shards: list[str] = field(default_factory=list)
    durable: list[int] = field(default_factory=list)
    commit_seconds: float | None = None

    def keep(self, hosted: HostedRole, effect: Effect) -> None:
        """Take one thing that a role says, after all that was said before."""
        commit, shard = self.commit, hosted.shard
        if isinstance(effect, Record):
            commit.records.append((shard, effect))
            commit.epochs[shard] = hosted.epoch
            return
        if not is_volatile(effect):
            self.durable.append(len(self.outgoing))
            commit.outbox.append((shard, effect))
            commit.epochs[shard] = hosted.epoch
        self.outgoing.append(effect)
        self.shards.append(shard)

    def drop(self, shards: frozenset[str], shard_at: Callable[[Place], str | None]) -> None:
        """Take back all that roles of these shards said."""
        commit = self.commit
        commit.records = [(shard, record) for shard, record in commit.records if shard not in shards]
        commit.outbox = [(shard, message) for shard, message in commit.outbox if shard not in shards]
        commit.epochs = {shard: epoch for shard, epoch in commit.epochs.items() if shard not in shards}
        commit.positions = {place: at for place, at in commit.positions.items() if shard_at(place) not in shards}
        self.reactions = [reaction for reaction in self.reactions if reaction[0] not in shards]
        kept = [place for place, shard in enumerate(self.shards) if shard not in shards]
        durable = frozenset(self.durable)
        self.durable = [new for new, old in enumerate(kept) if old in durable]
        self.outgoing = [self.outgoing[place] for place in kept]
        self.shards = [self.shards[place] for place in kept]

    @property
    def is_empty(self) -> bool:
        """Nothing was taken and nothing came of it."""
        return not (self.taken or self.told or self.outgoing or self.commit.is_durable)


class Observer(Protocol):
    """Looks on: for log lines, counts and records of what happened."""

    quiet: frozenset[type[Message]]
    """Kinds of messages, the many, the reactions to which it need not see."""

    def committed(self, work: Work) -> None:
        """What roles did in one round lasts, and is about to be published."""
        ...

    def failed(self, address: str, message: Input | None, error: Exception) -> None:
        """A role failed on a message; the message is set aside and the role goes on."""
        ...
