"""The monitor's side of a link's proof: the key of its point in, payloads and messages out. Knows no socket or file."""

from collections.abc import Callable
from secrets import token_bytes
from typing import NamedTuple

from evcharging.common.utils import to_json
from evcharging.protocols.proof import RANDOM_BYTES, Channel, LinkHello, LinkProof, NotProven, agree, prove, read_hello

GREETED_WITHIN = 2.0
"""Seconds that a Central has to ask for a proof, once it agreed to talk; it does so at once, if at all."""


class HeldKey(NamedTuple):
    """A point's key, and its version."""

    version: int
    key: bytes


KeyOf = Callable[[str], HeldKey | None]
"""Gives the key that a point has now, if it has any."""


def no_key(cp_id: str) -> HeldKey | None:
    """No point has any."""
    return None


class Prover:
    """One link of a point that has a key. Where Central asks for no proof, all is said as if there were no key."""

    def __init__(self, cp_id: str, held: HeldKey) -> None:
        self.is_asked = False
        """Whether Central has asked for a proof."""
        self._cp_id = cp_id
        self._held = held
        self._greeting: LinkHello | None = None
        self._proof: LinkProof | None = None
        self._channel: Channel | None = None

    @property
    def is_done(self) -> bool:
        """Whether both sides have proven that they have the key."""
        return self._channel is not None

    def answer_to(self, payload: bytes) -> bytes | None:
        """What is said to a greeting; None for a payload that is none. Raises NotProven."""
        if self._greeting is not None or (greeting := read_hello(payload)) is None:
            return None
        self.is_asked, self._greeting = True, greeting
        version, key = self._held
        self._proof = prove(key, self._cp_id, version, greeting, token_bytes(RANDOM_BYTES))
        return to_json(self._proof)

    def agree(self, payload: bytes) -> None:
        """Central's own proof; raises NotProven."""
        if self._greeting is None or self._proof is None:
            raise NotProven("Nothing was asked")
        self._channel = agree(self._held.key, self._greeting, self._proof, payload)

    def heard(self, payload: bytes) -> bytes:
        """What a payload says, once both sides have proven themselves; raises NotProven."""
        return self._channel.unwrap(payload) if self._channel else payload

    def wrapped(self, message: bytes) -> bytes:
        """How a message is said."""
        return self._channel.wrap(message) if self._channel else message
