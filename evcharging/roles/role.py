"""The contract of a role: what it is given and what it answers with. Knows no host."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, runtime_checkable

from evcharging.common.messages import Message
from evcharging.common.utils import Frozen
from evcharging.domain.provider import ProviderOutcome
from evcharging.domain.record import Record
from evcharging.domain.webhook import ErrandOutcome


class HostSignal(Frozen, frozen=True, kw_only=True):
    """Something that a host tells its own roles; it never leaves the process."""


class Started(HostSignal, frozen=True, kw_only=True):
    """The role has its records back and may begin."""


class Stopping(HostSignal, frozen=True, kw_only=True):
    """The program is asked to end; this is the role's last word."""


class Peer(StrEnum):
    """Whom a monitor's links lead to."""

    CENTRAL = "Central"
    ENGINE = "the engine"


class LinkUp(HostSignal, frozen=True, kw_only=True):
    """A link was opened."""

    peer: Peer


class LinkDown(HostSignal, frozen=True, kw_only=True):
    """A link was lost, or could not be opened."""

    peer: Peer


class BusLost(HostSignal, frozen=True, kw_only=True):
    """The bus cannot be reached from this process: nothing that is sent to its roles arrives."""


class BusBack(HostSignal, frozen=True, kw_only=True):
    """The bus can be reached again, or this process stood still for a while: what arrives from now on may be old."""


class ClockStepped(HostSignal, frozen=True, kw_only=True):
    """The clock of this process was set: it shows a moment that is `by` later (or earlier) than it would have. Moments
    that a role has in mind move with it, so that no duration changes."""

    by: timedelta


class ErrandDone(HostSignal, frozen=True, kw_only=True):
    """What came of an `ErrandDue`, at its `attempt`th time."""

    errand_id: str
    attempt: int
    outcome: ErrandOutcome


class ProviderDone(HostSignal, frozen=True, kw_only=True):
    """What the provider of payments has answered to a `ProviderDue`."""

    session_id: str
    key: str
    is_look: bool
    outcome: ProviderOutcome


Input = Message | HostSignal
Effect = Record | Message
"""A record must survive before anything else happens; a message must reach others after that."""

Effects = Sequence[Effect]
NOTHING: Effects = ()


class Role(Protocol):
    """What a host runs. Its deadline may change in any call.
    Nothing in a role waits, so nothing interleaves inside a decision."""

    @property
    def deadline(self) -> datetime | None:
        """When it wants to be woken."""
        ...

    def on_message(self, message: Input, now: datetime) -> Effects:
        """React to a message, or to a signal of the host."""
        ...

    def on_deadline(self, now: datetime) -> Effects:
        """React to `deadline` having come; called again while it is not after `now`."""
        ...


@runtime_checkable
class Recalling(Protocol):
    """A role that may have forgotten what it once recorded, and wants to be reminded before it decides."""

    def forgotten(self, message: Message) -> Sequence[tuple[type[Record], str]]:
        """The records (kind and key) that this message needs and that are not in memory, or may be newer elsewhere;
        asked again once the role has been reminded of those."""
        ...

    def remember(self, record: Record) -> None:
        """Take a record back into memory."""
        ...
