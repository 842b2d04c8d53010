"""How the two sides of a link prove to each other that they have one key, and how everything that they say after that
is kept from strangers. Knows no socket, no clock and no chance, and not whose key counts.

The server greets with a challenge; the client proves with a nonce of its own that it has the key; the server proves the
same. A MAC is HMAC-SHA-256 (RFC 2104) in hexadecimal, over parts with a zero byte between; all begin with
`evcharging/link/1`. What is said from then on is in an envelope with a counter and a MAC by a key of this link alone.
"""

import hmac
import re
from enum import Enum
from typing import Annotated, Final

from evcharging.common.utils import BadJson, Frozen, Raw, changed, json_decoder, shown, to_json

VERSION: Final = 1
RANDOM_BYTES: Final = 32
"""The length of a challenge and of a nonce, in bytes."""
MAC_BYTES: Final = 16
"""The length of the MAC in an envelope, in bytes: the first of its 32."""

_LABEL: Final = b"evcharging/link/1"
_is_random: Final = re.compile(r"[0-9a-f]{64}").fullmatch
_is_owner: Final = re.compile(r"[A-Za-z0-9._@:-]{1,64}").fullmatch


class Side(Enum):
    """Who speaks, as a MAC says it."""

    CLIENT = b"client"
    SERVER = b"server"


Random = Annotated[str, shown("00" * RANDOM_BYTES, "32 bytes in hexadecimal")]
WholeMac = Annotated[str, shown("00" * 32, "HMAC-SHA-256 in hexadecimal")]


class LinkHello(Frozen, frozen=True, kw_only=True, tag="LinkHello", tag_field="type"):
    """The server's first payload: 32 bytes that it has never sent before, in hexadecimal."""

    version: int
    challenge: Random


class LinkProof(Frozen, frozen=True, kw_only=True, tag="LinkProof", tag_field="type"):
    """The client's first payload: whose key of which version it has, and 32 bytes of its own, in hexadecimal."""

    cp_id: str
    key_version: int
    nonce: Random
    mac: WholeMac


class LinkProven(Frozen, frozen=True, kw_only=True, tag="LinkProven", tag_field="type"):
    """The server's second payload: it has the key, too."""

    mac: WholeMac


class SealedMessage(Frozen, frozen=True, kw_only=True):
    """Every later payload: its number in its direction, from 1, and the message, any JSON text."""

    n: int
    mac: str
    say: Raw


PROOFS: Final = (LinkHello, LinkProof, LinkProven)
"""What is said until both sides have proven that they have the key, in this order."""

_read_hello: Final = json_decoder(LinkHello)
_read_proof: Final = json_decoder(LinkProof)
_read_proven: Final = json_decoder(LinkProven)
_read_envelope: Final = json_decoder(SealedMessage)


class NotProven(Exception):
    """The other side has not proven what it says; the text says why, in one sentence."""


class Channel:
    """What is said over a link that both sides have proven. Each message is taken once, in its order, and only as the
    other side of this very link said it."""

    __slots__ = ("_key", "_other", "_own", "_said", "_taken")

    def __init__(self, key: bytes, own: Side) -> None:
        self._key = key
        self._own = own
        self._other = Side.SERVER if own is Side.CLIENT else Side.CLIENT
        self._said = 0
        self._taken = 0

    def wrap(self, say: bytes) -> bytes:
        """The payload that carries a message, which is a JSON text."""
        self._said += 1
        return to_json(SealedMessage(n=self._said, mac=self._mac(self._own, self._said, say), say=Raw(say)))

    def unwrap(self, payload: bytes) -> bytes:
        """The message that a payload carries; raises NotProven, after which nothing more may be believed."""
        try:
            envelope: SealedMessage = _read_envelope(payload)
        except BadJson:
            raise NotProven("A message came without proof of who said it") from None
        due, say = self._taken + 1, bytes(envelope.say)
        if not hmac.compare_digest(envelope.mac.encode(), self._mac(self._other, due, say).encode()):
            raise NotProven("A message was altered, repeated or said by somebody else on its way")
        if envelope.n != due:
            raise NotProven(f"Message {envelope.n} came where {due} was due")
        self._taken = due
        return say

    def _mac(self, side: Side, n: int, say: bytes) -> str:
        return _mac(self._key, side.value, str(n).encode(), say)[:MAC_BYTES].hex()


def hello(challenge: bytes) -> bytes:
    """The server's first payload."""
    return to_json(LinkHello(version=VERSION, challenge=challenge.hex()))


def read_hello(payload: bytes) -> LinkHello | None:
    """The greeting of a server that wants a proof; None where that is something else. Raises NotProven for one that
    this version cannot answer."""
    try:
        found: LinkHello = _read_hello(payload)
    except BadJson:
        return None
    if found.version != VERSION:
        raise NotProven(f"Links are proven there by version {found.version}, and here by {VERSION}: update this one")
    if not _is_random(found.challenge):
        raise NotProven("The challenge is not 64 hexadecimal digits")
    return found


def prove(key: bytes, cp_id: str, key_version: int, greeting: LinkHello, nonce: bytes) -> LinkProof:
    """The client's answer; `nonce` is 32 bytes that nobody could know."""
    claim = LinkProof(cp_id=cp_id, key_version=key_version, nonce=nonce.hex(), mac="")
    return changed(claim, mac=_claim(key, Side.CLIENT, greeting, claim))


def read_proof(payload: bytes) -> LinkProof:
    """The client's answer, not checked; raises NotProven."""
    try:
        proof: LinkProof = _read_proof(payload)
    except BadJson:
        raise NotProven("The first payload is no proof of a key") from None
    if not (_is_random(proof.nonce) and _is_owner(proof.cp_id) and proof.key_version > 0):
        raise NotProven("The first payload is no proof of a key")
    return proof


def accept(key: bytes, challenge: bytes, proof: LinkProof) -> tuple[bytes, Channel]:
    """Check a client's proof: the server's second payload, and what is said from then on; raises NotProven."""
    greeting = LinkHello(version=VERSION, challenge=challenge.hex())
    if not _is_same(proof.mac, _claim(key, Side.CLIENT, greeting, proof)):
        raise NotProven("It was proven with another key")
    answer = to_json(LinkProven(mac=_claim(key, Side.SERVER, greeting, proof)))
    return answer, Channel(_key_of_link(key, greeting, proof), Side.SERVER)


def agree(key: bytes, greeting: LinkHello, proof: LinkProof, payload: bytes) -> Channel:
    """Check the server's proof: what is said from then on; raises NotProven."""
    try:
        answer: LinkProven = _read_proven(payload)
    except BadJson:
        raise NotProven("The server has not proven that it has the key") from None
    if not _is_same(answer.mac, _claim(key, Side.SERVER, greeting, proof)):
        raise NotProven("The server has not proven that it has the key")
    return Channel(_key_of_link(key, greeting, proof), Side.CLIENT)


def _claim(key: bytes, side: Side, greeting: LinkHello, proof: LinkProof) -> str:
    return _mac(key, b"proof", side.value, *_said(greeting, proof)).hex()


def _key_of_link(key: bytes, greeting: LinkHello, proof: LinkProof) -> bytes:
    return _mac(key, b"key", *_said(greeting, proof))


def _said(greeting: LinkHello, proof: LinkProof) -> tuple[bytes, ...]:
    texts = greeting.challenge, proof.nonce, proof.cp_id, str(proof.key_version)
    return tuple(text.encode() for text in texts)


def _mac(key: bytes, *parts: bytes) -> bytes:
    return hmac.digest(key, b"\0".join((_LABEL, *parts)), "sha256")


def _is_same(said: str, due: str) -> bool:
    return hmac.compare_digest(said.encode(), due.encode())
