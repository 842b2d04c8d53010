"""Who has which key in a world, as accounts keep it. Knows no fault and no invariant."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from evcharging.adapters.own_seals import SealingKey
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.keys import OVERLAP, Identity, KeyKind, derived_key


class Registry:
    """All identities, and the secret that their keys are made from."""

    def __init__(self, master: bytes, identities: Iterable[Identity] = ()) -> None:
        self._master = master
        self._known = {(identity.kind, identity.id): identity for identity in identities}
        self._version = 0

    def identities(self, kind: KeyKind | None = None) -> Sequence[Identity]:
        """All of a kind, or all."""
        return [identity for identity in self._known.values() if kind in (None, identity.kind)]

    def identity(self, kind: KeyKind, owner: str) -> Identity | None:
        """Somebody's, if there is one."""
        return self._known.get((kind, owner))

    def put_identity(self, identity: Identity, action: OperatorAction | None) -> None:
        """In place of the one before."""
        self._known[identity.kind, identity.id] = identity
        self._version += 1

    def version(self) -> int:
        """Grows with each change."""
        return self._version

    def key_of(self, kind: KeyKind, owner: str, version: int) -> bytes:
        """The key of a version."""
        return derived_key(self._master, kind, owner, version)

    def own_key(self, kind: KeyKind, owner: str, version: int | None = None) -> SealingKey:
        """What its owner has: the newest key, or one of another version, and the one before."""
        version = version or self._known[kind, owner].version
        older = (version - 1, self.key_of(kind, owner, version - 1)) if version > 1 else None
        return SealingKey(kind=kind, id=owner, version=version, key=self.key_of(kind, owner, version), older=older)

    def rotate(self, kind: KeyKind, owner: str, now: datetime) -> None:
        """A new key; the one before counts for a while."""
        before = self._known[kind, owner]
        self.put_identity(changed(before, version=before.version + 1, older_until=now + OVERLAP), None)

    def revoke(self, kind: KeyKind, owner: str, now: datetime) -> None:
        """No key of theirs counts any more."""
        self.put_identity(changed(self._known[kind, owner], revoked_at=now), None)
