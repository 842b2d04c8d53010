"""How far a ledger's time has come. Knows no database."""

from collections.abc import Iterator
from datetime import datetime

from evcharging.adapters.store import Store
from evcharging.domain.charging_point import LastReading, Notice, Point
from evcharging.domain.session import Session, SessionStatus

YOUNGEST = 500
"""How many sessions are looked at. An older one may have ended later; its point was seen then, too."""


def newest_moment(store: Store) -> datetime | None:
    """The latest moment that a ledger tells of; None for one in which nothing has happened. What a device said of a
    session that is suspect is not believed. Reads points and a page of sessions: one moment even for a long ledger."""
    return max(_moments(store), default=None)


def _moments(store: Store) -> Iterator[datetime]:
    for _, notice in store.page(Notice, limit=1):
        yield notice.ts
    for _, session in store.page(Session, limit=YOUNGEST):
        yield from moments_of(session)
    for point in store.select(Point):
        if point.last_seen is not None:
            yield point.last_seen
    for reading in store.select(LastReading):
        yield reading.heard_at


def moments_of(session: Session) -> Iterator[datetime]:
    """When a session was asked for, and began and ended as far as that is believed."""
    yield session.requested_at
    if session.status is not SessionStatus.SUSPECT:
        yield from filter(None, (session.started_at, session.ended_at))
