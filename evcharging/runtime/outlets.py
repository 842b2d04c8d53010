"""The ways by which a host's messages leave, and which of the durable ones others have. Knows no role."""

from collections.abc import Callable
from functools import partial

from evcharging.adapters.bus import Bus
from evcharging.common.messages import Message


class Outlets:
    """The bus, and what else was named for a kind of message. `sent`: the outbox numbers of messages that others have,
    and of which no commit has noted that."""

    def __init__(self, bus: Bus, on_ready: Callable[[], None] | None) -> None:
        self.sent: list[int] = []
        self._bus = bus
        self._on_ready = on_ready
        self._outlets: dict[type[Message], Callable[[Message], None]] = {}

    def send_by(self, kind: type[Message], outlet: Callable[[Message], None]) -> None:
        """Let messages of a kind leave by another way than the bus."""
        self._outlets[kind] = outlet

    def send_all(self, messages: list[Message]) -> None:
        """Send messages that are in no outbox."""
        if not self._outlets:
            self._bus.publish_all(messages)
            return
        for message in messages:
            self.send(message, None)

    def send(self, message: Message, number: int | None) -> None:
        """Send one message; `number` is its place in the outbox."""
        outlet = self._outlets.get(type(message))
        if outlet is not None:
            outlet(message)
        elif number is None:
            self._bus.publish(message)
        else:
            self._bus.publish(message, partial(self._note_sent, number))

    def take_sent(self) -> list[int]:
        """What a commit is to note now."""
        sent, self.sent = self.sent, []
        return sent

    def _note_sent(self, number: int) -> None:
        self.sent.append(number)
        if self._on_ready is not None:
            self._on_ready()
