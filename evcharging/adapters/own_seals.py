"""The seals of points and drivers: what they say is sealed with their own keys, and of what is said to them only
Central's word counts, which is sealed with the same. Knows no file."""

from collections.abc import Iterable

from evcharging.adapters.seals import NO_SEAL, OTHER_KEY, OTHER_SENDER, UNKNOWN_SENDER, Owner, owner_of
from evcharging.common.kafka import TOPICS, Topic
from evcharging.common.messages import Message
from evcharging.common.utils import Frozen
from evcharging.domain.access.keys import KeyKind
from evcharging.protocols.seal import Sealer, SealKey, Stamp, stamp_of


class SealingKey(Frozen, frozen=True, kw_only=True):
    """The key of a point or a driver, by its version, and the one before it, which Central uses until it has seen the
    newer one."""

    kind: KeyKind
    id: str
    version: int
    key: bytes
    older: tuple[int, bytes] | None = None

    def made_ready(self) -> list[tuple[Sealer, SealKey]]:
        """Each version that counts, the newest first."""
        versions = [(self.version, self.key), *([self.older] if self.older is not None else [])]
        return [(Sealer(self.kind, self.id, number), SealKey(key)) for number, key in versions]


class OwnSeals:
    """The keys of this process. What is of a point or driver that has none here is not its concern: it seals none of
    that, and believes all, since roles that have keys hear nothing of it."""

    is_ready = True

    def __init__(self, keys: Iterable[SealingKey]) -> None:
        self._keys: dict[Owner, SealingKey] = {(key.kind, key.id): key for key in keys}
        self._ready: dict[Owner, list[tuple[Sealer, SealKey]]] = {}
        self._stamps: dict[str, dict[Owner, list[Stamp]]] = {topic.name: {} for topic in TOPICS}
        """By topic, of those who had to do with it: a process may have thousands of keys."""

    def seal(self, topic: Topic, message: Message, body: bytes) -> bytes | None:
        """By the newest key of whom it is from."""
        stamps = self._stamps_of(topic, owner_of(topic, message))
        return stamps[0].seal(body) if stamps else None

    def why_not(self, topic: Topic, message: Message, body: bytes, seal: bytes | None) -> str | None:
        """Believed where it is sealed with the key of whom it is to, or where that has none here."""
        if topic.sealed_by is None:
            return OTHER_SENDER
        stamps = self._stamps_of(topic, owner_of(topic, message))
        if not stamps:
            return None
        if seal is None:
            return NO_SEAL
        name, _, mac = seal.rpartition(b"/")
        for stamp in stamps:
            if stamp.name[:-1] == name:
                return None if stamp.made(mac, body) else OTHER_KEY
        return UNKNOWN_SENDER

    def _stamps_of(self, topic: Topic, owner: Owner) -> list[Stamp]:
        """None of whoever has no key here."""
        stamps = self._stamps[topic.name]
        found = stamps.get(owner)
        if found is None and owner in self._keys:
            if owner not in self._ready:
                self._ready[owner] = self._keys[owner].made_ready()
            found = stamps[owner] = [stamp_of(sealer, key, topic.name) for sealer, key in self._ready[owner]]
        return found or []

    def answer(self, message: Message) -> Message | None:
        """Nothing: only Central answers."""
        return None
