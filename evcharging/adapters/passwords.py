"""Passwords: how they are hashed and compared, by Argon2id, and which are guessed first. Knows no account, and
not which may be chosen.

A hash takes 19 MiB and some ten milliseconds of a processor: at most two are made at once, in threads of their own, and
not more than a few dozen wait."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from importlib.resources import files
from secrets import token_urlsafe
from threading import BoundedSemaphore
from typing import Final, NamedTuple, TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from evcharging.domain.access.passwords import one_spelling

T = TypeVar("T")

MEMORY_KIB: Final = 19 * 1024
ROUNDS: Final = 2
AT_ONCE: Final = 2
WAITING: Final = 40
"""How many passwords may wait to be looked at; more would take longer than people do."""

_HASHER = PasswordHasher(time_cost=ROUNDS, memory_cost=MEMORY_KIB, parallelism=1, type=Type.ID)


class TooBusy(Exception):
    """So many passwords are waiting to be looked at that one more is not taken."""


class Checked(NamedTuple):
    """Whether a password is the right one, and its new hash where the one that is kept is of another kind."""

    is_right: bool
    new_hash: str | None = None


def hash_of(password: str) -> str:
    """The hash of a password, with all that it is compared by; it takes a while."""
    return _HASHER.hash(one_spelling(password))


def check(password: str, kept: str | None) -> Checked:
    """Compare a password with the hash that is kept; it takes as long where there is none, so that time tells nothing
    of who has an account."""
    try:
        _HASHER.verify(kept or _nobodys(), one_spelling(password))
    except (VerificationError, InvalidHashError):
        return Checked(False)
    if kept is None:
        return Checked(False)
    return Checked(True, hash_of(password) if _HASHER.check_needs_rehash(kept) else None)


class Passwords:
    """The same for those who must not be held up."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="password")
        self._places = BoundedSemaphore(AT_ONCE + WAITING)

    async def hash_of(self, password: str) -> str:
        """Raises TooBusy."""
        return await self._when_free(partial(hash_of, password))

    async def check(self, password: str, kept: str | None) -> Checked:
        """Raises TooBusy."""
        return await self._when_free(partial(check, password, kept))

    async def _when_free(self, work: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            raise TooBusy("Too many people sign in at once: try again in a few seconds")
        future = self._threads.submit(work)
        # Whoever asked may have left; the place is free once the work is done, and not before.
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """End the threads, once they have done what they are at."""
        self._threads.shutdown(wait=False, cancel_futures=True)


@cache
def common_passwords() -> frozenset[str]:
    """The passwords that are guessed first, in small letters."""
    text = files(__package__).joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))


@cache
def _nobodys() -> str:
    """The hash of a password that nobody has."""
    return hash_of(token_urlsafe(32))
