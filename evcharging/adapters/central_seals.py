"""Central's seals: it has the key of everybody, believes each for itself alone, and seals what it says with the key of
whom it is to. Knows no file, and not who decides whether anybody has to prove anything."""

from collections import defaultdict
from collections.abc import Callable
from typing import Final

from evcharging.adapters.key_ring import Edition, KeyRing
from evcharging.adapters.own_seals import KIND_OF
from evcharging.adapters.seals import NO_SEAL, OTHER_KEY, OTHER_SENDER, UNKNOWN_SENDER
from evcharging.common.kafka import DRIVER_REQUESTS, Topic
from evcharging.common.messages import Message
from evcharging.domain.access.keys import CENTRAL_ID, KeyKind
from evcharging.protocols.seal import BadSeal, Sealer, SealKey, Stamp, read_seal, stamp_of

KeyOf = Callable[[KeyKind, str, int], bytes]
"""Gives the key of an identity's version."""

MOST: Final = 200_000
"""Stamps that are kept at once, at most; beyond that all are made anew."""


class _Stamps:
    """What was made ready in one edition of the ring."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.of_central: dict[tuple[str, str], Stamp | None] = {}
        """By topic and whom it is to."""
        self.of_senders: defaultdict[str, dict[bytes, Stamp]] = defaultdict(dict)
        """By topic, and the seal's name."""
        self.keys: dict[Sealer, SealKey] = {}

    def is_full(self) -> bool:
        return len(self.of_central) + len(self.keys) > MOST


class CentralSeals:
    """`is_secure`: whether anybody has to prove anything just now; until then all are believed, and Central seals only
    what it says to those who have keys. `denial`: what a driver hears whose request is not believed, if anything."""

    def __init__(
        self,
        ring: KeyRing,
        key_of: KeyOf,
        is_secure: Callable[[], bool] = lambda: True,
        denial: Callable[[Message], Message | None] = lambda message: None,
    ) -> None:
        self._ring = ring
        self._key_of = key_of
        self._is_secure = is_secure
        self.denial = denial
        self._stamps = _Stamps(ring.edition)

    def seal(self, topic: Topic, message: Message, body: bytes) -> bytes | None:
        """By the key of whom it is to, in the version that its owner uses; by Central's own where it is to nobody else,
        or speaks for a driver."""
        stamps = self._ready()
        owner = "" if topic is DRIVER_REQUESTS else getattr(message, topic.sealed_by or "", "")
        place = topic.name, owner
        if place not in stamps.of_central:
            stamps.of_central[place] = self._of_central(stamps, topic, owner)
        stamp = stamps.of_central[place]
        return None if stamp is None or (not owner and not self._is_secure()) else stamp.seal(body)

    def why_not(self, topic: Topic, message: Message, body: bytes, seal: bytes | None) -> str | None:
        """Believed where it is sealed by whom it is from, with a key that counts; or by Central, where that speaks."""
        if not self._is_secure():
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

    def _of_central(self, stamps: _Stamps, topic: Topic, owner: str) -> Stamp | None:
        """None where it is to somebody who has no key that counts."""
        kind = KIND_OF[topic.sealed_by or ""] if owner else KeyKind.CENTRAL
        identity = stamps.edition.find(kind, owner or CENTRAL_ID)
        if identity is None or identity.revoked_at is not None:
            return None
        version = identity.in_use if owner else identity.version
        return self._stamp(stamps, topic, Sealer(kind, identity.id, version))

    def _meet(self, stamps: _Stamps, topic: Topic, message: Message, body: bytes, seal: bytes) -> str | None:
        """Judge a seal whose name was not seen on this topic before; one that is true is known from then on."""
        try:
            found = read_seal(seal)
        except BadSeal as error:
            return str(error)
        stamp = self._of_sender(stamps, topic, found.sealer)
        if isinstance(stamp, str):
            return stamp
        reason = _why_not(stamp, topic, message, body, found.mac.encode())
        if reason is None:
            stamps.of_senders[topic.name][stamp.name[:-1]] = stamp
            self._notice(stamps.edition, found.sealer)
        return reason

    def _of_sender(self, stamps: _Stamps, topic: Topic, sealer: Sealer) -> Stamp | str:
        """What somebody's seals are checked by on a topic, or why nothing that one says there is believed."""
        is_central = sealer.kind == KeyKind.CENTRAL
        own_kind = KIND_OF.get(topic.sealed_by or "")
        may_speak = (own_kind is None or topic is DRIVER_REQUESTS) if is_central else sealer.kind == own_kind
        if not may_speak:
            return OTHER_SENDER
        if not stamps.edition.accepts(*sealer):
            return UNKNOWN_SENDER
        return self._stamp(stamps, topic, sealer)._replace(owner="" if is_central else sealer.id)

    def _notice(self, edition: Edition, sealer: Sealer) -> None:
        identity = edition.find(sealer.kind, sealer.id)
        if sealer.kind != KeyKind.CENTRAL and identity is not None and sealer.version > identity.in_use:
            self._ring.saw(*sealer)

    def _stamp(self, stamps: _Stamps, topic: Topic, sealer: Sealer) -> Stamp:
        key = stamps.keys.get(sealer)
        if key is None:
            key = stamps.keys[sealer] = SealKey(self._key_of(KeyKind(sealer.kind), sealer.id, sealer.version))
        return stamp_of(sealer, key, topic.name)


def _why_not(stamp: Stamp, topic: Topic, message: Message, body: bytes, mac: bytes) -> str | None:
    # A stamp of nobody's is Central's, which may speak for everybody where it may speak at all.
    if stamp.owner and stamp.owner != getattr(message, topic.sealed_by or "", None):
        return OTHER_SENDER
    return None if stamp.made(mac, body) else OTHER_KEY
