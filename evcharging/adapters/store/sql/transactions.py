"""Runs what is to be done in one transaction, and again where only others were in the way or the connection was stale.
Knows no statement."""

from collections.abc import Callable
from time import sleep
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, TimeoutError

from evcharging.adapters.store.sql.troubles import is_conflict, is_lost, trouble

T = TypeVar("T")

PAUSES_S = (0.0, 0.01, 0.05, 0.2)
"""Before each further attempt."""


def run(engine: Engine, job: Callable[[Connection], T], *, repeatable: bool = True) -> T:
    """What a job gives, once its transaction has lasted. The job may run several times; one that must not take effect
    twice is not `repeatable`. Raises StoreUnavailable."""
    pauses = iter(PAUSES_S)
    while True:
        try:
            with engine.begin() as connection:
                return job(connection)
        except (DBAPIError, TimeoutError) as error:
            pause_s = next(pauses, None)
            again = is_conflict(error) or (repeatable and is_lost(error))
            if not again or pause_s is None:
                known = trouble(engine.url, error)
                if known is None:
                    raise
                raise known from error
        sleep(pause_s)
