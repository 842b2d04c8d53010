"""Who seals the messages of a process, and whose seals count there: the contract, and none at all."""

from typing import Final, Protocol

from evcharging.common.kafka import DRIVER_REQUESTS, Topic, key_of
from evcharging.common.messages import Message
from evcharging.domain.access.keys import CENTRAL_ID, KeyKind
from evcharging.roles.engine.messages import WALK_IN

Owner = tuple[KeyKind, str]
"""Whose key it is."""

CENTRALS_OWN: Final[Owner] = (KeyKind.CENTRAL, CENTRAL_ID)


class Seals(Protocol):
    """Asked by a bus on which others can write, in any thread. It must be quick: it is asked for every message."""

    @property
    def is_ready(self) -> bool:
        """Whether it knows well enough whose word counts. While it does not, nothing is judged: the bus waits."""
        ...

    def seal(self, topic: Topic, message: Message, body: bytes) -> bytes | None:
        """The seal of a message of this process, as its bytes are sent; None where it has no key for that."""
        ...

    def why_not(self, topic: Topic, message: Message, body: bytes, seal: bytes | None) -> str | None:
        """Why a message that came is not believed, in a sentence without its content; None where it is. A message that
        is not believed reaches no role: it is set aside as a dead letter."""
        ...

    def answer(self, message: Message) -> Message | None:
        """What its sender is told of a message that is not believed, if anything. That is sent without a seal, since
        whoever has a key must not take it for an answer to its own."""
        ...


class NoSeals:
    """Nothing is sealed, and everybody is believed."""

    is_ready = True

    def seal(self, topic: Topic, message: Message, body: bytes) -> bytes | None:
        """No seal."""
        return None

    def why_not(self, topic: Topic, message: Message, body: bytes, seal: bytes | None) -> str | None:
        """Believed."""
        return None

    def answer(self, message: Message) -> Message | None:
        """Nothing: everybody is believed."""
        return None


NO_SEALS: Final[Seals] = NoSeals()
"""For a bus on which nobody proves anything."""


def owner_of(topic: Topic, message: Message) -> Owner:
    """By whose key a message is sealed: that of the point or driver that it is from or to, or Central's. Who begins to
    charge by hand has none: the point says it."""
    field = topic.sealed_by
    if field is None:
        return CENTRALS_OWN
    owner: str = getattr(message, field)
    if field == "cp_id":
        return KeyKind.POINT, owner
    if owner == WALK_IN and topic is DRIVER_REQUESTS:
        return KeyKind.POINT, key_of(message)
    return KeyKind.DRIVER, owner


NO_SEAL = "it has no seal"
OTHER_SENDER = "its sender may not say that"
UNKNOWN_SENDER = "its sender has no key that counts"
OTHER_KEY = "its seal was made with another key, or for another message"
"""Why a message is not believed."""
