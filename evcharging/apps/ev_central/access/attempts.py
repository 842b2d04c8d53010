"""How often somebody may try to sign in, by account and by the address that asks. Knows no password."""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from evcharging.apps.ev_central.refusals import TooManyAttempts
from evcharging.domain.access.guessing import OTHERS_PER_MINUTE, Guesses, Limits, network_of
from evcharging.domain.access.people import name_key

SECOND: Final = timedelta(seconds=1)


class Attempts:
    """The attempts of all who sign in at one Central."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._passwords = Limits(Guesses(), Guesses())
        self._secrets = Limits(Guesses(OTHERS_PER_MINUTE))

    def password(self, name: str, address: str) -> None:
        """Somebody at an address tries a password; raises TooManyAttempts."""
        _refuse(self._passwords.attempt(_who(name, address), self._now()))

    def was_right(self, name: str, address: str) -> None:
        """The password that was just tried was no guess."""
        self._passwords.give_back(_who(name, address), self._now())

    def secret(self, address: str) -> None:
        """Somebody at an address tries a token that nobody can guess; raises TooManyAttempts."""
        _refuse(self._secrets.attempt([network_of(address)], self._now()))


def _who(name: str, address: str) -> tuple[str, str]:
    return name_key(name), network_of(address)


def _refuse(wait: timedelta | None) -> None:
    if wait is not None:
        seconds = ceil(wait / SECOND)
        raise TooManyAttempts(f"This was tried too often: try again in {seconds} s", seconds)
