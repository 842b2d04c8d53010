"""What happens in a world, as it is judged: one structure for each kind of event. Knows no invariant."""

from dataclasses import dataclass

from evcharging.adapters.store import Commit
from evcharging.common.messages import Message
from evcharging.domain.provider import ProviderPayment
from evcharging.domain.record import Record
from evcharging.domain.session import Bill, Session
from evcharging.roles.role import Effects, Input


@dataclass(frozen=True, slots=True)
class Lasted:
    """A commit lasts in the ledger; `before` is how the sessions that it changes stood, `billed` its bills, each with
    the site where its point was."""

    commit: Commit
    records: list[Record]
    before: dict[str, Session]
    billed: list[tuple[str | None, Bill]]


@dataclass(frozen=True, slots=True)
class Journalled:
    """A commit lasts in an engine's journal."""

    cp_id: str
    records: list[Record]


@dataclass(frozen=True, slots=True)
class Handled:
    """A role reacted, in a process of this name."""

    process: str
    address: str
    message: Input | None
    effects: Effects


@dataclass(frozen=True, slots=True)
class Said:
    """A message reached the bus."""

    message: Message


@dataclass(frozen=True, slots=True)
class Placed:
    """A Central's word lasts on how far it has read what is said to these shards, in these runs of its."""

    process: str
    runs: dict[str, int]


@dataclass(frozen=True, slots=True)
class Rested:
    """An engine's process has nothing in hand."""

    cp_id: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A message of an outbox counts as sent from now on, and is not sent again."""

    message: Message


@dataclass(frozen=True, slots=True)
class Provided:
    """Something has changed in the books of the provider of payments; `before` is how it stood."""

    before: ProviderPayment | None
    payment: ProviderPayment


Event = Lasted | Placed | Journalled | Handled | Said | Rested | Noted | Provided
