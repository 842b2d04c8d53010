"""What was read of people and keys a moment ago, as long as nobody has changed any of it, here or at another Central.
Knows no rule."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from time import monotonic
from typing import Any, Final, TypeVar

from evcharging.adapters.store.accounts import Accounts

T = TypeVar("T")

EVERY_S: Final = 1.0
"""How long what was read counts without asking whether it was changed; what is revoked is refused everywhere then."""

MOST: Final = 20_000

Key = tuple[str, Hashable]


class Remembered:
    """`moment` is in seconds, of a clock that nobody sets. May be used in any thread."""

    def __init__(self, accounts: Accounts, moment: Callable[[], float] = monotonic) -> None:
        self._accounts = accounts
        self._moment = moment
        self._turn = Lock()
        self._version = -1
        self._looked_at = float("-inf")
        self._kept: OrderedDict[Key, Any] = OrderedDict()

    def known(self, key: Key) -> tuple[bool, Any]:
        """Whether something is in mind that counts, and what; at once, without asking anybody."""
        with self._turn:
            if self._moment() - self._looked_at >= EVERY_S or key not in self._kept:
                return False, None
            self._kept.move_to_end(key)
            return True, self._kept[key]

    def get(self, key: Key, read: Callable[[], T]) -> T:
        """What is in mind, or what is read now; raises StoreUnavailable."""
        version = self.look()
        is_known, value = self.known(key)
        if is_known:
            found: T = value
            return found
        found = read()
        with self._turn:
            # What was read while others changed it may be of before.
            if version == self._version:
                self._kept[key] = found
                while len(self._kept) > MOST:
                    self._kept.popitem(last=False)
        return found

    def look(self, *, now: bool = False) -> int:
        """Whether anything was changed since; at most once in a while, unless it is to be `now`."""
        with self._turn:
            if not now and self._moment() - self._looked_at < EVERY_S:
                return self._version
        began = self._moment()
        version = self._accounts.version()
        with self._turn:
            if version != self._version:
                self._kept.clear()
                self._version = version
            self._looked_at = max(began, self._looked_at)
            return self._version
