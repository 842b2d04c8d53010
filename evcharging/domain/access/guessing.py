"""How often somebody may try to guess: so many attempts at once, and then one by one as time passes. Knows no clock and
no secret."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

MINUTE = timedelta(minutes=1)
PER_MINUTE = 5
OTHERS_PER_MINUTE = 20
"""For secrets that no one can guess, where what is tried costs little."""

MOST = 20_000
"""How many names or addresses are kept in mind."""

ROUNDING = 1e-4
"""What is missing of an attempt by no more than this is not waited for."""

IPV6_NETWORK = 64
"""The bits of an IPv6 address that are one customer's."""


class _Bucket(NamedTuple):
    """`left` attempts at a moment, and more since."""

    left: float
    at: datetime


class Guesses:
    """Attempts by each of many, by name: `per_minute` at once, and as many in each minute after that. Of more than
    `most` the ones that are longest ago are forgotten."""

    def __init__(self, per_minute: int = PER_MINUTE, most: int = MOST) -> None:
        self._per_minute = per_minute
        self._most = most
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, who: str, now: datetime) -> timedelta | None:
        """How long this one has to wait for the next attempt; None for one who may try now."""
        missing = 1 - self._left(who, now)
        return MINUTE * (missing / self._per_minute) if missing > ROUNDING else None

    def count(self, who: str, now: datetime) -> None:
        """This one has tried."""
        self._put(who, self._left(who, now) - 1, now)

    def give_back(self, who: str, now: datetime) -> None:
        """What was just counted was no guess."""
        self._put(who, self._left(who, now) + 1, now)

    def __len__(self) -> int:
        return len(self._buckets)

    def _left(self, who: str, now: datetime) -> float:
        bucket = self._buckets.get(who)
        if bucket is None:
            return float(self._per_minute)
        # Where the clock was set back, no time has passed.
        since = max(now - bucket.at, timedelta(0))
        return min(self._per_minute, bucket.left + since / MINUTE * self._per_minute)

    def _put(self, who: str, left: float, now: datetime) -> None:
        self._buckets[who] = _Bucket(min(max(left, 0.0), self._per_minute), now)
        self._buckets.move_to_end(who)
        while len(self._buckets) > self._most:
            self._buckets.popitem(last=False)


class Limits:
    """Several kinds of `Guesses` at once, such as by account and by address: an attempt counts in all of them, or,
    where one has to wait, in none."""

    def __init__(self, *kinds: Guesses) -> None:
        self._kinds = kinds

    def attempt(self, whos: Iterable[str], now: datetime) -> timedelta | None:
        """How long it has to wait; None for an attempt that may be made, and counts now."""
        pairs = list(zip(self._kinds, whos, strict=True))
        wait = max((kind.wait(who, now) or timedelta(0) for kind, who in pairs), default=timedelta(0))
        if wait:
            return wait
        for kind, who in pairs:
            kind.count(who, now)
        return None

    def give_back(self, whos: Iterable[str], now: datetime) -> None:
        """What was just counted was no guess."""
        for kind, who in zip(self._kinds, whos, strict=True):
            kind.give_back(who, now)


def network_of(address: str) -> str:
    """Whose an address is: itself, or the network of an IPv6 address, in which one customer has all."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Address(int(found) >> (128 - IPV6_NETWORK) << (128 - IPV6_NETWORK)))
