"""The part of a bus's contract by which somebody looks on: all that passes, as it stands on the bus, and what is set
aside. Knows no reader of messages, and holds none up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from evcharging.adapters.seals import NO_SEALS, Seals
from evcharging.common.kafka import TOPICS, Topic

WATCHED: tuple[Topic, ...] = tuple(topic for topic in TOPICS if not topic.link)
"""Topics on which somebody may look on: links never reach the bus of others."""


@dataclass(frozen=True, slots=True)
class Passing:
    """A message as it stands on the bus, readable or not. `offset` is None where the bus keeps it for nobody."""

    topic: Topic
    partition: int
    offset: int | None
    key: str
    body: bytes
    seal: bytes | None = None


@dataclass(frozen=True, slots=True)
class SetAside:
    """A message that this process could not read, or whose sender it does not believe: where it is, why, and how its
    text begins."""

    topic: str
    partition: int
    offset: int
    reason: str
    text: str
    is_unbelieved: bool


Hear = Callable[[Passing], None]


class Tail(Protocol):
    """Somebody who looks on."""

    def close(self) -> None:
        """Look on no longer: nothing is told from now on."""
        ...


class Traffic(Protocol):
    """Used in the event loop, in which everything is told."""

    @property
    def seals(self) -> Seals:
        """Whose word counts on this bus."""
        ...

    @property
    def on_set_aside(self) -> list[Callable[[SetAside], None]]:
        """Told of each message that this process sets aside."""
        ...

    def behind(self) -> Mapping[str, int]:
        """How many messages of each topic the reader of this process has before it that is the furthest behind; of
        topics that nobody reads here, nothing."""
        ...

    def tail(self, hear: Hear) -> Tail:
        """Look on at all that passes from now on, of each partition in its order. It belongs to no group and changes
        nothing. The first messages may be missed while it begins, and those while the bus is away."""
        ...


class _NoTail:
    def close(self) -> None:
        pass


class NoTraffic:
    """Of a bus at which nobody looks on."""

    seals: Seals = NO_SEALS

    def __init__(self) -> None:
        self.on_set_aside: list[Callable[[SetAside], None]] = []

    def behind(self) -> Mapping[str, int]:
        """Nothing is known."""
        return {}

    def tail(self, hear: Hear) -> Tail:
        """Nothing is told."""
        return _NoTail()
