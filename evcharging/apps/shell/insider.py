"""What only this process knows, by which programs that run in it beside Central prove who they are: a network in one
process registers and links its own points. It is made anew at each start, and is written nowhere."""

from collections.abc import Collection
from secrets import token_bytes, token_urlsafe
from typing import Final

from evcharging.domain.access.keys import KeyKind, derived_key

PREFIX: Final = "evi_"
VERSION: Final = 999_999_999
"""The version of a key that nobody is given."""


class Insider:
    """Speaks for these points: by `credential` over HTTP, by a key for each on its link."""

    def __init__(self, cp_ids: Collection[str] = ()) -> None:
        self.credential = f"{PREFIX}{token_urlsafe(32)}"
        self._cp_ids = frozenset(cp_ids)
        self._secret = token_bytes(32)

    def has(self, cp_id: str) -> bool:
        """Whether a point is one of those in this process."""
        return cp_id in self._cp_ids

    def key_of(self, cp_id: str) -> bytes:
        """The key of a point, in the one version that counts."""
        return derived_key(self._secret, KeyKind.POINT, cp_id, VERSION)
