"""What a broker knows of the seals that it carries, and of words that nobody proven has said. Knows no fault and no
invariant."""

from collections import deque
from datetime import datetime, timedelta
from typing import NamedTuple

from evcharging.adapters.central_seals import CentralSeals
from evcharging.adapters.key_ring import KeyRing
from evcharging.adapters.own_seals import OwnSeals
from evcharging.adapters.seals import owner_of
from evcharging.common.kafka import CP_STATUS, CP_TELEMETRY, FROM_DRIVERS, TOPIC_OF
from evcharging.common.messages import Message
from evcharging.common.utils import changed, to_json
from evcharging.domain.access.keys import KeyKind
from evcharging.proof.agenda import Agenda
from evcharging.proof.identities import Registry

FROM_OWNERS = (CP_STATUS, CP_TELEMETRY, *FROM_DRIVERS)
"""What points and drivers say."""

RECENT = 300
"""Words that may be stolen: the newest ones."""


class Carried(NamedTuple):
    """A word on the bus, with the seal that it came with, and when it was first said."""

    message: Message
    seal: bytes | None
    said_at: datetime


class SealedTraffic:
    """`recent` are the newest words that were truly said. Each word on the bus is an object of its own, by which it is
    known whatever it says: `false` says how one was forged, `again` when one was said first that is said again, `late`
    of whom one is that was sealed after that key was revoked."""

    def __init__(self, registry: Registry, agenda: Agenda) -> None:
        self.registry = registry
        self.recent: deque[Carried] = deque(maxlen=RECENT)
        self.false: dict[int, str] = {}
        self.again: dict[int, datetime] = {}
        self.late: dict[int, str] = {}
        self._agenda = agenda
        self._carried: dict[int, Carried] = {}
        self._ring = KeyRing(lambda: agenda.now, lambda: 0.0)

    def forge(self, message: Message, seal: bytes | None, how: str) -> Message:
        """A word that nobody proven has said."""
        word = self._put(message, seal)
        self.false[id(word)] = how
        return word

    def repeat(self, carried: Carried) -> Message:
        """A word that was truly said, once more."""
        word = self._put(carried.message, carried.seal)
        self.again[id(word)] = carried.said_at
        return word

    def _put(self, message: Message, seal: bytes | None) -> Message:
        word = changed(message)
        self._carried[id(word)] = Carried(word, seal, self._agenda.now)
        return word

    def said(self, message: Message, seal: bytes | None) -> Message:
        """The same of a word that was truly said."""
        word = self._put(message, seal)
        self.recent.append(self._carried[id(word)])
        return word

    def is_revoked_since(self, kind: KeyKind, owner: str, lately: timedelta) -> bool:
        """Whether somebody's key was revoked longer ago than that."""
        identity = self.registry.identity(kind, owner)
        at = identity.revoked_at if identity is not None else None
        return at is not None and self._agenda.now - at > lately

    def seal_of(self, word: Message) -> bytes | None:
        """What it came with."""
        return self._carried[id(word)].seal

    def true_seal(self, message: Message) -> bytes | None:
        """The seal of whom a message is from."""
        topic, body = TOPIC_OF[type(message)], to_json(message)
        if topic in FROM_OWNERS:
            found = self.registry.identity(*owner_of(topic, message))
            # By the key that its owner uses, who may not have the newest yet.
            keys = [] if found is None else [self.registry.own_key(found.kind, found.id, found.in_use)]
            return OwnSeals(keys).seal(topic, message, body)
        self._ring.look(self.registry)
        return CentralSeals(self._ring, self.registry.key_of).seal(topic, message, body)
