"""Central's seals on a bus that others can write to: it has them once it knows whose keys count. Knows no bus."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from evcharging.adapters.central_seals import CentralSeals
from evcharging.adapters.key_ring import KeyRing
from evcharging.adapters.seals import NO_SEAL
from evcharging.common.kafka import Topic
from evcharging.common.messages import DriverRequest, Message
from evcharging.common.messages_queue import SiteRequest
from evcharging.domain.access.keys import KeyOf
from evcharging.protocols.budget import Budget, Purse
from evcharging.roles.central.unproven import denial

ANSWERS = Budget(per_second=20, at_once=100, at_first=100)
"""How many drivers are told in a second to sign in first."""

EACH_AFTER = 1.0
"""Seconds after which the same driver is told again."""

MOST_TOLD = 10_000


class Admitted(Protocol):
    """Whose keys count, and whether anybody has to prove anything just now."""

    @property
    def ring(self) -> KeyRing: ...

    @property
    def key_of(self) -> KeyOf: ...

    def is_secure(self) -> bool: ...


class Denials:
    """Tells drivers to sign in, as often as is of use to them and to nobody who asks without end."""

    def __init__(self, now: Callable[[], datetime], steady: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._steady = steady
        self._purse = Purse(ANSWERS, steady())
        self._told: dict[str, float] = {}

    def __call__(self, message: Message) -> Message | None:
        """What is said to whom a message is from that is not believed."""
        at = self._steady()
        if not isinstance(message, DriverRequest | SiteRequest):
            return None
        if at - self._told.get(message.driver_id, -EACH_AFTER) < EACH_AFTER:
            return None
        if not self._purse.afford(1, at):
            return None
        if len(self._told) >= MOST_TOLD:
            self._told.clear()
        self._told[message.driver_id] = at
        return denial(message, self._now())


class BusSeals:
    """Nothing is judged, and nothing said, before it is known whose keys count."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._seals: CentralSeals | None = None

    def begin(self, admitted: Admitted) -> None:
        """It is known from now on."""
        self._seals = CentralSeals(admitted.ring, admitted.key_of, admitted.is_secure, Denials(self._now))

    @property
    def is_ready(self) -> bool:
        """Whether it is known."""
        return self._seals is not None and self._seals.is_ready

    def seal(self, topic: Topic, message: Message, body: bytes) -> bytes | None:
        """See CentralSeals."""
        return self._seals.seal(topic, message, body) if self._seals is not None else None

    def why_not(self, topic: Topic, message: Message, body: bytes, seal: bytes | None) -> str | None:
        """See CentralSeals."""
        return self._seals.why_not(topic, message, body, seal) if self._seals is not None else NO_SEAL

    def answer(self, message: Message) -> Message | None:
        """That its driver has to sign in."""
        return self._seals.answer(message) if self._seals is not None else None
