"""Secrets that are handed out, of which only hashes are kept: links, sessions, tickets, refresh tokens, machine keys.
Knows no account."""

import re
from hashlib import sha256
from hmac import compare_digest
from secrets import token_hex, token_urlsafe
from typing import Final, NamedTuple

REFRESH: Final = "evr_"
MACHINE: Final = "evk_"
ENROLMENT: Final = "eve_"
_MACHINE = re.compile(r"evk_([a-z0-9]{1,32})_([A-Za-z0-9_-]{43})", re.ASCII)


class MachineWord(NamedTuple):
    """A machine key as a program says it: which one, and its secret."""

    key_id: str
    secret: str


def new_word(prefix: str = "") -> str:
    """Something of 256 bits that nobody can guess, after a prefix that says what it is."""
    return f"{prefix}{token_urlsafe(32)}"


def new_machine_word() -> MachineWord:
    """A machine key that there was not."""
    return MachineWord(f"k{token_hex(6)}", token_urlsafe(32))


def machine_word(text: str) -> MachineWord | None:
    """A machine key as it was said; None for what is none."""
    found = _MACHINE.fullmatch(text)
    return MachineWord(*found.groups()) if found else None


def hash_of_word(word: str) -> str:
    """What is kept of a secret of 256 bits, which needs no slow hash: SHA-256 in hexadecimal digits."""
    return sha256(word.encode()).hexdigest()


def is_word_of(word: str, kept: str) -> bool:
    """Whether this is the secret of which the hash is kept, in a time that tells nothing."""
    return compare_digest(hash_of_word(word), kept)
