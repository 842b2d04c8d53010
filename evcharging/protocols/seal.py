"""The seal of a message on the bus: who says it, by which version of the key, and a MAC that only who has the key can
make. Knows no client, and not whose key counts.

A seal is ASCII, `kind/id/version/mac`. `mac` is 32 hexadecimal digits: the first 16 bytes of HMAC-SHA-256 (RFC 2104,
truncated as in RFC 4868) under the sender's key, over `evcharging/1`, the topic, `kind/id/version` and the message's
bytes as they are sent, with a zero byte between."""

import hashlib
import hmac
import re
from typing import Final, NamedTuple

HEADER: Final = "evcharging-seal"
"""The header of a record that carries it."""

MAC_BYTES: Final = 16
BLOCK: Final = 64
"""Bytes of a block of SHA-256."""

LONGEST: Final = 160
_SEAL = re.compile(rb"([a-z]{1,16})/([A-Za-z0-9._@:-]{1,64})/([1-9][0-9]{0,8})/([0-9a-f]{32})")


class Sealer(NamedTuple):
    """Who seals, as a seal names it."""

    kind: str
    id: str
    version: int

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}/{self.version}"


class Seal(NamedTuple):
    """A seal that was read, and not checked."""

    sealer: Sealer
    mac: str


class BadSeal(ValueError):
    """This is no seal; the text says why, in one sentence."""


def head_of(topic: str, sealer: str) -> bytes:
    """What a MAC is made over before the message's bytes; `sealer` is `kind/id/version`."""
    return f"evcharging/1\0{topic}\0{sealer}\0".encode()


def mac_of(key: bytes, topic: str, sealer: str, body: bytes) -> str:
    """The MAC of a message."""
    return hmac.digest(key, head_of(topic, sealer) + body, "sha256")[:MAC_BYTES].hex()


def seal(key: bytes, topic: str, sealer: str, body: bytes) -> bytes:
    """The seal of a message; `sealer` is `kind/id/version`."""
    return f"{sealer}/{mac_of(key, topic, sealer, body)}".encode()


def read_seal(text: bytes) -> Seal:
    """Raises BadSeal."""
    found = _SEAL.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        raise BadSeal("its seal is not kind/id/version/mac")
    kind, owner, version, mac = (part.decode() for part in found.groups())
    return Seal(Sealer(kind, owner, int(version)), mac)


def is_sealed_by(key: bytes, topic: str, found: Seal, body: bytes) -> bool:
    """Whether a seal was made with this key for just this message."""
    return hmac.compare_digest(found.mac, mac_of(key, topic, str(found.sealer), body))


class SealKey:
    """A key of at most 64 bytes, made ready: the two hashes of HMAC begin behind it, so that a MAC takes half as
    long."""

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        block = key.ljust(BLOCK, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def mac(self, said: bytes) -> bytes:
        """The MAC of all that is said, head and body, as a seal has it."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(said)
        outer.update(inner.digest())
        return outer.hexdigest()[: 2 * MAC_BYTES].encode()


class Stamp(NamedTuple):
    """What one sealer seals, or is checked by, on one topic."""

    sealer: Sealer
    name: bytes
    head: bytes
    key: SealKey

    def seal(self, body: bytes) -> bytes:
        """The seal of a message."""
        return self.name + self.key.mac(self.head + body)

    def made(self, mac: bytes, body: bytes) -> bool:
        """Whether a MAC was made with this key for just this message."""
        return hmac.compare_digest(mac, self.key.mac(self.head + body))


def stamp_of(sealer: Sealer, key: SealKey, topic: str) -> Stamp:
    """A sealer's stamp for a topic."""
    return Stamp(sealer, f"{sealer}/".encode(), head_of(topic, str(sealer)), key)
