"""Whose keys count on links, by the ring of what accounts say. Knows no link."""

from collections.abc import Callable

from evcharging.adapters.key_ring import KeyRing
from evcharging.domain.access.keys import KeyKind, KeyOf


class RingKeys:
    """The keys of points, as `PointKeys` wants them; `is_secure`: whether anybody has to prove anything just now."""

    def __init__(self, ring: KeyRing, key_of: KeyOf, is_secure: Callable[[], bool]) -> None:
        self._ring = ring
        self._key_of = key_of
        self._is_secure = is_secure

    @property
    def are_asked_for(self) -> bool:
        """Whether links have to prove a key."""
        return self._is_secure()

    def why_not(self, cp_id: str, version: int) -> str | None:
        """Why a point's key of this version does not count now and what to do, in one sentence; None where it does."""
        edition = self._ring.edition
        if edition.accepts(KeyKind.POINT, cp_id, version):
            return None
        identity = edition.find(KeyKind.POINT, cp_id)
        if identity is None:
            return f"Nobody has enrolled {cp_id} here: evcharging points enrol {cp_id}"
        if identity.revoked_at is not None:
            return f"The key of {cp_id} was revoked: to let it in again, evcharging points enrol {cp_id}"
        return (
            f"Version {version} of the key of {cp_id} counts no more, the newest is {identity.version}: put that into"
            f" its key file, or evcharging points enrol {cp_id}"
        )

    def key_of(self, cp_id: str, version: int) -> bytes:
        """That key."""
        return self._key_of(KeyKind.POINT, cp_id, version)
