"""A database's troubles in plain sentences, and what helps: another attempt, time, or a person."""

import re
from typing import NamedTuple

from sqlalchemy import URL
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from evcharging.adapters.store import StoreUnavailable, StoreUnusable


class Advice(NamedTuple):
    """What to do about a trouble whose text has this sign; `lasts`: waiting does not help."""

    sign: str
    text: str
    lasts: bool = False


ANOTHER_PATH = "move this file away or give another path"
WRITABLE = "give a file that may be written to"
OTHERS_WRITE = "another program has been writing to it for too long; stop that one or try again"
FREE_SPACE = "free some space on the disk"

ADVICE = (
    Advice("not a database", ANOTHER_PATH, lasts=True),
    Advice("unable to open", "give the path of a file in a folder that may be written to", lasts=True),
    Advice("read-only transaction", "give a server that may be written to"),
    Advice("readonly|read-only", WRITABLE, lasts=True),
    Advice("disk is full|no space left", FREE_SPACE),
    Advice("disk i/o", "check the disk and the space left on it"),
    Advice("malformed", "restore a backup with `evcharging restore`", lasts=True),
    Advice("locked|lock timeout", OTHERS_WRITE),
    Advice("already exists", "give a database that no other program uses", lasts=True),
    Advice("password|role .* does not exist", "give the right user and password", lasts=True),
    Advice("database .* does not exist", "create it, or give one that exists", lasts=True),
    Advice("relation .* does not exist", "restore the database from a copy", lasts=True),
    Advice("permission denied", "let this user create tables there", lasts=True),
    Advice("connection option", "correct what follows the ? in the address", lasts=True),
    Advice("deadlock|could not serialize", "others are in the way again and again; see what else uses it"),
    Advice("too many", "let the server have more connections"),
    Advice("no answer within|statement timeout", "see what holds the server up"),
)

SILENCE = "no answer within"
CONFLICTS = frozenset({"40001", "40P01"})
"""Serialization failure and deadlock."""

PREFIX = re.compile(r"^(connection (failed|is bad): )?(connection to server at .*? failed: )?(FATAL: +)?")


def is_lost(error: Exception) -> bool:
    """Whether the connection broke, as one does whose server was restarted meanwhile. Not where a server is silent."""
    return isinstance(error, DBAPIError) and error.connection_invalidated and SILENCE not in str(error.orig)


def is_conflict(error: Exception) -> bool:
    """Whether others were in the way, so that nothing lasted and the same may be tried again at once."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) in CONFLICTS


def trouble(url: URL, error: Exception) -> StoreUnavailable | None:
    """A database's trouble as one sentence: what, where, and what to do. None for a mistake of this program, which no
    sentence helps."""
    text = str(getattr(error, "orig", None) or error).strip()
    cause = PREFIX.sub("", text.splitlines()[0]) if text else type(error).__name__
    known = next((advice for advice in ADVICE if re.search(advice.sign, cause, re.IGNORECASE)), None)
    if isinstance(error, IntegrityError | DataError) or (isinstance(error, ProgrammingError) and known is None):
        return None
    general = (
        "check the path and the disk" if _is_file(url) else "check that it is running and that the address is right"
    )
    kind = StoreUnusable if known and known.lasts else StoreUnavailable
    return kind(f"Cannot use the database {place(url)} ({cause}): {known.text if known else general}")


def place(url: URL) -> str:
    """Where a database is, without its password and without options, among which there could be another."""
    return url.database or "" if _is_file(url) else url.set(drivername="postgresql", query={}).render_as_string()


def _is_file(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"
