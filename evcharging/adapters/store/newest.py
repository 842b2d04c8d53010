"""The newest moment that a store knows of. Knows no clock."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from evcharging.adapters.store import Ledger
from evcharging.adapters.store.history import History
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.charging_point import LastReading, LastStatus, Point
from evcharging.domain.notice import Notice
from evcharging.domain.record import Record
from evcharging.domain.session import Request, Session
from evcharging.domain.supply import Reading, Supply

YOUNGEST = 200
"""Of kinds that grow without end, so many are looked at; no older one is newer by much."""


def newest_in_ledger(store: History) -> datetime | None:
    """By the clock of the Central that wrote it: what engines said of their own time is not taken for that."""
    return max(_ledger_moments(store), default=None)


def newest_in_journal(store: Ledger) -> datetime | None:
    """By the clock of the engines that wrote it."""
    return max(
        (
            *_moments(store.select(Supply), "started_at", "ended_at"),
            *_moments(store.select(Reading), "ts"),
        ),
        default=None,
    )


def _ledger_moments(store: History) -> Iterator[datetime]:
    yield from _moments(store.select(Point), "registered_at")
    yield from _moments(store.select(LastStatus), "last_seen")
    yield from _moments(store.select(LastReading), "heard_at")
    yield from _moments((session for _, session in store.page(Session, limit=YOUNGEST)), "requested_at", "settled_at")
    yield from _moments((request for _, request in store.page(Request, limit=YOUNGEST)), "requested_at")
    yield from _moments((notice for _, notice in store.page(Notice, limit=YOUNGEST)), "ts")
    yield from _moments((action for _, action in store.page(OperatorAction, limit=YOUNGEST)), "at")


def _moments(records: Iterable[Record], *fields: str) -> Iterator[datetime]:
    for record in records:
        for field in fields:
            moment = getattr(record, field)
            if moment is not None:
                yield moment
