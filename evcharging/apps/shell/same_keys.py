"""That all Centrals of a ledger have the same secret keys: the ledger keeps their fingerprint, as an identity. Knows no
file."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

from evcharging.adapters.key_files import KeyFileUnusable
from evcharging.adapters.store.accounts import Accounts
from evcharging.apps.shell.actions import noted
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.domain.access.keys import Identity, KeyKind, fingerprint_of, revoked

CENTRAL: Final = Actor(kind=ActorKind.SYSTEM, id="central", via="start")

OTHERS_IN_USE: Final = (
    "The keys of points and drivers were made by other secrets than those in {path}: put back the file by which they"
    " were made, which other Centrals of this ledger have too. If this is that file: `evcharging users use-keys`"
)
OTHERS_SINCE: Final = (
    "Another Central of this ledger was started with other secret keys: give all of them the same keys.json, and start"
    " them anew"
)


class SameKeys:
    """Synchronous, in any thread; may raise StoreUnavailable. `master` gives the secret of this Central."""

    def __init__(self, accounts: Accounts, master: Callable[[], bytes], now: Callable[[], datetime]) -> None:
        self._accounts = accounts
        self._master = master
        self._now = now
        self._is_claimed = False

    def check(self, path: Path) -> None:
        """Raises KeyFileUnusable where somebody's key that counts was made by other secrets than these, of `path`."""
        if self._others() and has_made_keys(self._accounts):
            raise KeyFileUnusable(OTHERS_IN_USE.format(path=path))

    def trouble(self) -> str | None:
        """That another Central has claimed other keys since this one did, in a sentence. The first call claims them:
        they are those of the ledger from then on."""
        if not self._is_claimed:
            self.claim(CENTRAL)
            self._is_claimed = True
        mine = self._mine()
        return None if mine is not None and mine.revoked_at is None and not self._others() else OTHERS_SINCE

    def claim(self, actor: Actor) -> None:
        """From now on these are the keys of the ledger. Raises Overtaken where another Central has just done the
        same."""
        now = self._now()
        for other in self._others():
            self._put(actor, revoked(other, now), other, now)
        kept = self._mine()
        if kept is None or kept.revoked_at is not None:
            self._put(actor, Identity(kind=KeyKind.CENTRAL, id=fingerprint_of(self._master())), kept, now)

    def _put(self, actor: Actor, identity: Identity, before: Identity | None, now: datetime) -> None:
        action = "revoke_key" if identity.revoked_at else "use_key"
        self._accounts.put_identity(identity, noted(actor, action, identity.id, now), before=before)

    def _mine(self) -> Identity | None:
        return self._accounts.identity(KeyKind.CENTRAL, fingerprint_of(self._master()))

    def _others(self) -> list[Identity]:
        """Fingerprints of other secrets that count."""
        mine = fingerprint_of(self._master())
        known = self._accounts.identities(KeyKind.CENTRAL)
        return [each for each in known if each.id != mine and each.revoked_at is None]


def has_made_keys(accounts: Accounts) -> bool:
    """Whether a point or a driver has a key that counts."""
    return any(each.revoked_at is None and each.kind is not KeyKind.CENTRAL for each in accounts.identities())
