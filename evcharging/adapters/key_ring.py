"""Whose keys count, as Central has it in mind: read again whenever accounts have changed, so that a key that is revoked
counts nowhere a few seconds later. Knows no message."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Event, Lock, Thread
from typing import Protocol

from evcharging.adapters.store import StoreUnavailable
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.keys import CENTRAL_ID, Identity, KeyKind

LOOK_EVERY = 1.0
"""Seconds. A key counts no more at most so long after it was revoked, with what it takes to look."""

FRESH_FOR = 4.0
"""Seconds for which what was looked at counts: a program that stood still judges nobody before it has looked again."""

MOST_SEEN = 100_000
"""Newer keys that were seen and not yet noted, at most; one that is passed over is seen again."""

Name = tuple[str, str]
"""The kind and the id of an identity."""


class Identities(Protocol):
    """What of accounts a ring is read from; see `Accounts`."""

    def identities(self, kind: KeyKind | None = None) -> Sequence[Identity]: ...

    def identity(self, kind: KeyKind, owner: str) -> Identity | None: ...

    def put_identity(self, identity: Identity, action: OperatorAction | None) -> None: ...

    def version(self) -> int: ...


class Edition:
    """All identities as they stood when they were read; never changed."""

    def __init__(self, identities: Sequence[Identity], at: datetime) -> None:
        self.at = at
        self._identities: dict[Name, Identity] = {
            (KeyKind.CENTRAL, CENTRAL_ID): Identity(kind=KeyKind.CENTRAL, id=CENTRAL_ID),
            **{(identity.kind, identity.id): identity for identity in identities},
        }
        ends = [each.older_until for each in identities if each.older_until is not None and each.older_until > at]
        self.until = min(ends, default=None)
        """When a key that counts in it counts no more."""

    def find(self, kind: str, owner: str) -> Identity | None:
        """Whose key it is; None for somebody unknown."""
        return self._identities.get((kind, owner))

    def accepts(self, kind: str, owner: str, version: int) -> bool:
        """Whether a word by this version of somebody's key counts."""
        identity = self.find(kind, owner)
        return identity is not None and identity.accepts(version, self.at)


class KeyRing:
    """The newest edition, which may be asked for in any thread; until it was read, nobody is known but Central. `now`
    says until when older keys count, and `steady` are seconds that only pass."""

    def __init__(self, now: Callable[[], datetime], steady: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._steady = steady
        self._looked_at: float | None = None
        self.looks = 0
        """How often it was looked whose keys count."""
        self.edition = Edition((), now())
        self._version: int | None = None
        self._lock = Lock()
        self._seen: dict[Name, int] = {}

    @property
    def is_fresh(self) -> bool:
        """Whether it was looked lately whose keys count."""
        return self._looked_at is not None and self._steady() - self._looked_at <= FRESH_FOR

    def saw(self, kind: str, owner: str, version: int) -> None:
        """Somebody uses a newer key than was known: Central uses it as well, once that is noted."""
        with self._lock:
            if len(self._seen) < MOST_SEEN:
                self._seen[kind, owner] = max(version, self._seen.get((kind, owner), 0))

    def look(self, accounts: Identities) -> None:
        """Note which keys were seen, and read again what has changed; may raise StoreUnavailable."""
        began = self._steady()
        self._note(accounts)
        version, now, until = accounts.version(), self._now(), self.edition.until
        if version != self._version or (until is not None and now >= until):
            self.edition = Edition(accounts.identities(), now)
            self._version = version
        self._looked_at = began
        self.looks += 1

    def _note(self, accounts: Identities) -> None:
        with self._lock:
            seen, self._seen = self._seen, {}
        for (kind, owner), version in seen.items():
            identity = accounts.identity(KeyKind(kind), owner)
            if identity is not None and identity.in_use < version <= identity.version:
                accounts.put_identity(changed(identity, in_use=version), None)


@contextmanager
def kept(ring: KeyRing, accounts: Identities, every: float = LOOK_EVERY) -> Iterator[None]:
    """Look at once, and then every so many seconds in a thread until the block is left; while accounts cannot be read,
    the ring is soon not fresh any more. May raise StoreUnavailable at the first look."""
    ring.look(accounts)
    ended = Event()

    def run() -> None:
        while not ended.wait(every):
            try:
                ring.look(accounts)
            except StoreUnavailable:
                continue

    thread = Thread(target=run, name="key ring", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
