"""Which passwords may be chosen. Knows no hash, and not where those that are guessed first are kept."""

import unicodedata
from collections.abc import Container
from typing import Final

from evcharging.domain.access.people import name_key

SHORTEST, LONGEST = 12, 128
"""In characters."""

FEWEST_DIFFERENT: Final = 4
"""How many different characters a password has at least."""


def why_no_password(password: str, name: str, common: Container[str]) -> str | None:
    """Why an account must not have this password, in one sentence; None where it may. `common` are those that are
    guessed first. By NIST SP 800-63B: long, whatever it is composed of, and not one that is guessed first."""
    length = len(one_spelling(password))
    if not SHORTEST <= length <= LONGEST:
        return f"A password has {SHORTEST} to {LONGEST} characters, and this one has {length}: choose another one"
    plain = name_key(password)
    if plain == name_key(name):
        return "The password must not be the name: choose another one"
    if plain in common or len(set(plain)) < FEWEST_DIFFERENT:
        return "This password is among the first that are guessed: choose another one"
    return None


def one_spelling(password: str) -> str:
    """The same text, however a keyboard writes its letters."""
    return unicodedata.normalize("NFKC", password)
