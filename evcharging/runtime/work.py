"""The roles that live in a host, and what one fold of theirs gives. Knows no bus, store or clock."""

from dataclasses import dataclass, field
from datetime import datetime

from evcharging.adapters.store import Commit
from evcharging.common.kafka import is_volatile
from evcharging.common.messages import Message
from evcharging.domain.record import Record
from evcharging.roles.role import Effect, Role


@dataclass(slots=True, eq=False)
class Resident:
    """A role at its address, with the shard and run that its records belong to."""

    address: str
    role: Role
    shard: str
    epoch: int
    scheduled: datetime | None = None


@dataclass(slots=True)
class Work:
    """What one fold gave: what must last, and then what must reach others, in order; `durable` says which of these
    are in the outbox, by their places in `outgoing`."""

    commit: Commit
    outgoing: list[Message] = field(default_factory=list)
    durable: list[int] = field(default_factory=list)
    moved: bool = False

    def keep(self, resident: Resident, effect: Effect) -> None:
        """Take one thing that a role says, after all that was said before."""
        commit = self.commit
        if isinstance(effect, Record):
            commit.records.append((resident.shard, effect))
            commit.epochs[resident.shard] = resident.epoch
        elif is_volatile(effect):
            self.outgoing.append(effect)
        else:
            self.durable.append(len(self.outgoing))
            self.outgoing.append(effect)
            commit.outbox.append((resident.shard, effect))
            commit.epochs[resident.shard] = resident.epoch

    @property
    def is_empty(self) -> bool:
        """Nothing was taken and nothing came of it."""
        return not (self.moved or self.outgoing or self.commit.is_durable)
