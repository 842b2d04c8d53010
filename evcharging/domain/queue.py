"""The queue at a site: who waits for any of its points, which point serves best, and when one is expected. Knows no
bus, store or clock."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import ClassVar
from zlib import crc32

from evcharging.common.messages_queue import QueueStatus, SiteRequest, Want
from evcharging.common.messages_site import PointAtSite
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.meter import to_mwh
from evcharging.domain.record import Record

OPEN_ENTRIES = (QueueStatus.QUEUED, QueueStatus.HOLDING, QueueStatus.OFFERED, QueueStatus.STARTING)
"""How a request stands that has not come to its end."""

OPEN_VALUES = tuple(status.value for status in OPEN_ENTRIES)
"""The same, as stores search for them."""

WITH_A_POINT = (QueueStatus.HOLDING, QueueStatus.OFFERED, QueueStatus.STARTING)
"""How it stands while one point is asked for it, or kept."""

IN_SERVICE = (CPState.ACTIVATED, CPState.SUPPLYING)

OFFER_FOR = timedelta(minutes=3)
"""How long a driver has to answer an offer."""

HOLD_FOR = OFFER_FOR + timedelta(minutes=1)
"""How long a point is kept by itself, in case its site says nothing more: longer than an offer, so that who answers at
the last moment finds it kept."""

LONGEST_WAIT = timedelta(hours=12)

HOPELESS_AFTER = timedelta(minutes=1)
"""A site none of whose points is in service for so long denies those who wait."""

MOST_WAITING = 1_000
"""At one site."""


class QueueEntry(Record, frozen=True, kw_only=True):
    """A driver's request at a site, and what has come of it. `number` keeps the order of those of a site. `has_waited`:
    no point was free when it came, so that one is offered before it begins. `cp_id` is the point that is asked, kept,
    or has the session; `ask_epoch` and `ask_seq` are the number of what it was asked last. `offered_until`: until when
    its driver may answer."""

    key_field: ClassVar[str] = "request_id"
    table: ClassVar[str] = "queue_entries"
    searched: ClassVar[tuple[str, ...]] = ("status", "site_id", "driver_id")
    moment: ClassVar[str] = "asked_at"
    texts: ClassVar[tuple[str, ...]] = ("request_id", "site_id", "driver_id")

    request_id: str
    site_id: str
    driver_id: str
    asked_at: datetime
    number: int
    status: QueueStatus = QueueStatus.QUEUED
    limit_mwh: int | None = None
    minutes: int | None = None
    payment_method: str | None = None
    has_waited: bool = False
    cp_id: str | None = None
    ask_epoch: int = 0
    ask_seq: int = 0
    offered_until: datetime | None = None
    ended_at: datetime | None = None
    session_id: str | None = None
    reason: str | None = None

    @property
    def is_open(self) -> bool:
        """It has not come to its end."""
        return self.status in OPEN_ENTRIES


def entered(request: SiteRequest, number: int, now: datetime) -> QueueEntry:
    """A request at a site, as the last one of its queue."""
    return QueueEntry(
        request_id=request.request_id,
        site_id=request.site_id,
        driver_id=request.driver_id,
        asked_at=now,
        number=number,
        limit_mwh=None if request.kwh is None else to_mwh(request.kwh),
        minutes=request.minutes,
        payment_method=request.payment_method,
    )


def is_asked_by(entry: QueueEntry, request: SiteRequest) -> bool:
    """Whether a request asks for what an entry is about."""
    return entered(request, entry.number, entry.asked_at) == QueueEntry(
        request_id=entry.request_id,
        site_id=entry.site_id,
        driver_id=entry.driver_id,
        asked_at=entry.asked_at,
        number=entry.number,
        limit_mwh=entry.limit_mwh,
        minutes=entry.minutes,
        payment_method=entry.payment_method,
    )


def asking(entry: QueueEntry, cp_id: str, want: Want, number: tuple[int, int]) -> QueueEntry:
    """The entry once this point is asked, by an ask with this number."""
    status = QueueStatus.STARTING if want is Want.START else QueueStatus.HOLDING
    return changed(entry, status=status, cp_id=cp_id, ask_epoch=number[0], ask_seq=number[1], offered_until=None)


def waiting(entry: QueueEntry) -> QueueEntry:
    """The entry once it is known that it has to wait."""
    return changed(entry, has_waited=True)


def offered(entry: QueueEntry, now: datetime) -> QueueEntry:
    """The entry once its point is kept: its driver has some minutes to answer."""
    return changed(entry, status=QueueStatus.OFFERED, offered_until=now + OFFER_FOR)


def served(entry: QueueEntry, session_id: str | None, now: datetime) -> QueueEntry:
    """The entry once its point has accepted it."""
    return changed(entry, status=QueueStatus.SERVED, session_id=session_id, offered_until=None, ended_at=now)


def waiting_again(entry: QueueEntry) -> QueueEntry:
    """The entry once its point is not to be had: it keeps its place."""
    return changed(entry, status=QueueStatus.QUEUED, cp_id=None, offered_until=None)


def ended_entry(entry: QueueEntry, status: QueueStatus, reason: str | None, now: datetime) -> QueueEntry:
    """The entry at its end, without a session."""
    return changed(entry, status=status, cp_id=None, offered_until=None, reason=reason, ended_at=now)


def best(candidates: Iterable[PointAtSite], used: Mapping[str, int], request_id: str) -> str | None:
    """The free point that serves a request best: where it ends first, which is that of the most power; then the one
    that was used least, the cheaper one, and one by a hash that spreads requests and is the same each time."""

    def rank(point: PointAtSite) -> tuple[float, int, float, int]:
        spread = crc32(f"{request_id}/{point.cp_id}".encode())
        return -point.kw_rate, used.get(point.cp_id, 0), point.euros_per_kwh, spread

    found = min(candidates, key=rank, default=None)
    return found.cp_id if found is not None else None


def expected_starts(waiting: int, points: Iterable[PointAtSite], now: datetime) -> Sequence[datetime | None]:
    """When each of so many who wait may expect a point, in their order: as those that are taken are expected to end,
    one after the other. None where nobody can say."""
    ends = sorted(max(point.ends_at, now) for point in points if point.ends_at is not None)
    known: list[datetime | None] = [*ends[:waiting]]
    return [*known, *[None] * (waiting - len(known))]
