"""Central's seals: it has the key of everybody, believes each for itself alone, and seals what it says with the key of
whom it is to. Knows no file, and not who decides whether anybody has to prove anything."""

from collections import defaultdict
from collections.abc import Callable
from typing import Final

from evcharging.adapters.key_ring import Edition, KeyRing
from evcharging.adapters.seals import (
    CENTRALS_OWN,
    NO_SEAL,
    OTHER_KEY,
    OTHER_SENDER,
    UNKNOWN_SENDER,
    Owner,
    owner_of,
)
from evcharging.common.kafka import DRIVER_UPDATES, FROM_DRIVERS, Topic
from evcharging.common.messages import Message
from evcharging.domain.access.keys import KeyKind, KeyOf
from evcharging.protocols.seal import BadSeal, Seal, Sealer, SealKey, Stamp, read_seal, stamp_of

MOST: Final = 200_000
"""Stamps that are kept at once, at most; beyond that all are made anew."""

GIVEN: Final = frozenset({KeyKind.POINT, KeyKind.DRIVER})
"""Kinds of keys that are given out."""

MOST_NEWER: Final = 10_000
"""Seals by newer keys than are known whose first sight is remembered, at most."""


class _Stamps:
    """What was made ready in one edition of the ring."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.of_central: dict[tuple[str, Owner], Stamp | None] = {}
        """By topic and whom it is to."""
        self.of_senders: defaultdict[str, dict[bytes, Stamp]] = defaultdict(dict)
        """By topic, and the seal's name."""
        self.keys: dict[Sealer, SealKey] = {}

    def is_full(self) -> bool:
        return len(self.of_central) + len(self.keys) > MOST


class CentralSeals:
    """`is_secure`: whether anybody has to prove anything just now; until then all are believed, and Central seals only
    what it says to those who have keys. `denial`: what is said to whom a message is from that is not believed."""

    def __init__(
        self,
        ring: KeyRing,
        key_of: KeyOf,
        is_secure: Callable[[], bool] = lambda: True,
        denial: Callable[[Message], Message | None] = lambda message: None,
    ) -> None:
        self.is_secure = is_secure
        self.denial = denial
        self._ring = ring
        self._key_of = key_of
        self._stamps = _Stamps(ring.edition)
        self._newer: dict[Sealer, int] = {}
        """Who seals by a newer key than is known, and how often the ring had been looked at when first seen."""

    @property
    def is_ready(self) -> bool:
        """Not before it has looked whose keys count, nor where that was too long ago."""
        return self._ring.is_fresh or not self.is_secure()

    def seal(self, topic: Topic, message: Message, body: bytes) -> bytes | None:
        """By the key of whom it is to, in the version that its owner uses; by Central's own where it is to nobody else,
        or speaks for a driver."""
        stamps = self._ready()
        owner = CENTRALS_OWN if topic in FROM_DRIVERS else owner_of(topic, message)
        stamp = self._stamp_of_central(stamps, topic, owner)
        if stamp is None and topic is DRIVER_UPDATES:
            # Whoever has no key hears it by way of a Central, which believes another one.
            owner = CENTRALS_OWN
            stamp = self._stamp_of_central(stamps, topic, owner)
        is_wanted = stamp is not None and (owner is not CENTRALS_OWN or self.is_secure())
        return stamp.seal(body) if stamp is not None and is_wanted else None

    def why_not(self, topic: Topic, message: Message, body: bytes, seal: bytes | None) -> str | None:
        """Believed where it is sealed by whom it is from, with a key that counts; or by Central, where that speaks."""
        if not self.is_secure():
            return None
        if seal is None:
            return NO_SEAL
        stamps = self._ready()
        name, _, mac = seal.rpartition(b"/")
        stamp = stamps.of_senders[topic.name].get(name)
        if stamp is None:
            return self._meet(stamps, topic, message, body, seal)
        return _why_not(stamp, topic, message, body, mac)

    def answer(self, message: Message) -> Message | None:
        """What its driver hears."""
        return self.denial(message)

    def _ready(self) -> _Stamps:
        stamps, edition = self._stamps, self._ring.edition
        if stamps.edition is not edition or stamps.is_full():
            stamps = self._stamps = _Stamps(edition)
        return stamps

    def _stamp_of_central(self, stamps: _Stamps, topic: Topic, owner: Owner) -> Stamp | None:
        place = topic.name, owner
        if place not in stamps.of_central:
            stamps.of_central[place] = self._of_central(stamps, topic, owner)
        return stamps.of_central[place]

    def _of_central(self, stamps: _Stamps, topic: Topic, owner: Owner) -> Stamp | None:
        """None where it is to somebody who has no key that counts."""
        identity = stamps.edition.find(*owner)
        if identity is None or identity.revoked_at is not None:
            return None
        version = identity.version if owner is CENTRALS_OWN else identity.in_use
        return self._stamp(stamps, topic, Sealer(*owner, version))

    def _meet(self, stamps: _Stamps, topic: Topic, message: Message, body: bytes, seal: bytes) -> str | None:
        """Judge a seal whose name was not seen on this topic before; one that is true is known from then on."""
        try:
            found = read_seal(seal)
        except BadSeal as error:
            return str(error)
        if not stamps.edition.accepts(*found.sealer):
            return self._meet_newer(stamps, topic, message, body, found)
        stamp = self._stamp(stamps, topic, found.sealer)
        reason = _why_not(stamp, topic, message, body, found.mac.encode())
        if reason is None:
            stamps.of_senders[topic.name][stamp.name[:-1]] = stamp
            self._notice(stamps.edition, found.sealer)
        return reason

    def _meet_newer(self, stamps: _Stamps, topic: Topic, message: Message, body: bytes, found: Seal) -> str | None:
        """A key that is newer than what was read a moment ago has just been given out, here or by another Central: who
        can seal by it was given it. That is believed until it was looked again twice; what a point says at its
        start is not said twice."""
        sealer = found.sealer
        known = stamps.edition.find(sealer.kind, sealer.id)
        if sealer.kind not in GIVEN or (known is not None and sealer.version <= known.version):
            return UNKNOWN_SENDER
        # Not kept: anybody can name whom they like.
        key = SealKey(self._key_of(KeyKind(sealer.kind), sealer.id, sealer.version))
        if _why_not(stamp_of(sealer, key, topic.name), topic, message, body, found.mac.encode()) is not None:
            return UNKNOWN_SENDER
        if len(self._newer) >= MOST_NEWER:
            self._newer.clear()
        # A look that had begun before the key was given out may end after its first word.
        looks_since = self._ring.looks - self._newer.setdefault(sealer, self._ring.looks)
        return None if looks_since <= 1 else UNKNOWN_SENDER

    def _notice(self, edition: Edition, sealer: Sealer) -> None:
        identity = edition.find(sealer.kind, sealer.id)
        if identity is not None and identity.kind is not KeyKind.CENTRAL and sealer.version > identity.in_use:
            self._ring.saw(*sealer)

    def _stamp(self, stamps: _Stamps, topic: Topic, sealer: Sealer) -> Stamp:
        key = stamps.keys.get(sealer)
        if key is None:
            key = stamps.keys[sealer] = SealKey(self._key_of(KeyKind(sealer.kind), sealer.id, sealer.version))
        return stamp_of(sealer, key, topic.name)


def _why_not(stamp: Stamp, topic: Topic, message: Message, body: bytes, mac: bytes) -> str | None:
    sealer = stamp.sealer
    if (sealer.kind, sealer.id) != owner_of(topic, message) and not _is_for_driver(sealer, topic):
        return OTHER_SENDER
    return None if stamp.made(mac, body) else OTHER_KEY


def _is_for_driver(sealer: Sealer, topic: Topic) -> bool:
    """Whether Central asks for a charge on behalf of a driver, who has asked for it by HTTP, or says to Centrals what a
    driver hears who has no key."""
    return topic in (*FROM_DRIVERS, DRIVER_UPDATES) and (sealer.kind, sealer.id) == CENTRALS_OWN
