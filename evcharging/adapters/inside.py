"""Keys of points whose programs run in Central's own process: made anew at each start, and written nowhere."""

from secrets import token_bytes
from typing import Final

from evcharging.adapters.link_proofs import PointKeys
from evcharging.domain.access.keys import KeyKind, derived_key

INSIDE: Final = 999_999_999
"""The version that such keys have, which no other key comes to."""


class WithInside:
    """Keys of points, and those of the points of this process beside them."""

    def __init__(self, others: PointKeys) -> None:
        self._others = others
        self._secret = token_bytes(32)
        self.points: frozenset[str] = frozenset()
        """The points of this process."""

    @property
    def are_asked_for(self) -> bool:
        """As without them."""
        return self._others.are_asked_for

    def why_not(self, cp_id: str, version: int) -> str | None:
        """None for a point of this process, by the key that it has here; others as without them."""
        if version != INSIDE:
            return self._others.why_not(cp_id, version)
        return None if cp_id in self.points else f"{cp_id} does not run in Central's process"

    def key_of(self, cp_id: str, version: int) -> bytes:
        """That key."""
        if version != INSIDE:
            return self._others.key_of(cp_id, version)
        return derived_key(self._secret, KeyKind.POINT, cp_id, version)
