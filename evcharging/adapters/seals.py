"""Who seals the messages of a process, and whose seals count there: the contract, and none at all."""

from typing import Protocol

from evcharging.common.kafka import Topic
from evcharging.common.messages import Message


class Seals(Protocol):
    """Asked by a bus on which others can write, in any thread. It must be quick: it is asked for every message."""

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

    def seal(self, topic: Topic, message: Message, body: bytes) -> bytes | None:
        """No seal."""
        return None

    def why_not(self, topic: Topic, message: Message, body: bytes, seal: bytes | None) -> str | None:
        """Believed."""
        return None

    def answer(self, message: Message) -> Message | None:
        """Nothing: everybody is believed."""
        return None


NO_SEAL = "it has no seal"
OTHER_SENDER = "its sender may not say that"
UNKNOWN_SENDER = "its sender has no key that counts"
OTHER_KEY = "its seal was made with another key, or for another message"
"""Why a message is not believed."""
