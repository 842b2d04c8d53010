"""Whose words are proven by which key: identities, their versions, and from when to when each counts. Keys are derived
from one secret of Central, so that none is kept per device. Knows no message and no store."""

import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from evcharging.common.utils import Frozen, changed

OVERLAP = timedelta(hours=24)
"""How long the version before counts beside a new one."""


class KeyKind(StrEnum):
    """Whose key it is."""

    CENTRAL = "central"
    POINT = "point"
    DRIVER = "driver"


CENTRAL_ID = "central"
"""The one identity that all Centrals share."""


KeyOf = Callable[[KeyKind, str, int], bytes]
"""Gives the key of an identity's version."""


class Identity(Frozen, frozen=True, kw_only=True):
    """Somebody who has a key. `version` is the newest; `in_use` the newest that its owner has used, which Central uses
    towards it; the one before the newest counts until `older_until`. None counts once it is revoked."""

    kind: KeyKind
    id: str
    version: int = 1
    in_use: int = 1
    older_until: datetime | None = None
    revoked_at: datetime | None = None

    def accepts(self, version: int, now: datetime) -> bool:
        """Whether a word by this version of the key counts."""
        if self.revoked_at is not None:
            return False
        is_older = version == self.version - 1 and self.older_until is not None and now < self.older_until
        return version == self.version or is_older


def derived_key(master: bytes, kind: KeyKind, owner: str, version: int) -> bytes:
    """The key of an identity: HMAC-SHA-256 of its name under Central's secret, 32 bytes."""
    return hmac.digest(master, f"evcharging/1/{kind}/{owner}/{version}".encode(), "sha256")


def webhook_key(master: bytes, webhook_id: str) -> bytes:
    """What signs what a webhook is told: derived as well, 32 bytes."""
    return hmac.digest(master, f"evcharging/1/webhook/{webhook_id}".encode(), "sha256")


def fingerprint_of(master: bytes) -> str:
    """By what Centrals know that they have the same secret, of which it tells nothing: the ID of an identity of kind
    CENTRAL."""
    return f"keys-{derived_key(master, KeyKind.CENTRAL, 'fingerprint', 1)[:8].hex()}"


def enrolled(kind: KeyKind, owner: str, before: Identity | None) -> Identity:
    """Somebody is given a key, which is in use at once; none from before counts any more."""
    version = 1 if before is None else before.version + 1
    return Identity(kind=kind, id=owner, version=version, in_use=version)


def rotated(before: Identity, now: datetime) -> Identity:
    """A new key beside the one before, which counts for a while and stays in use until the new one is seen."""
    return changed(before, version=before.version + 1, older_until=now + OVERLAP)


def revoked(before: Identity, now: datetime) -> Identity:
    """No key counts any more; one that was revoked before stays so."""
    return before if before.revoked_at is not None else changed(before, revoked_at=now)
