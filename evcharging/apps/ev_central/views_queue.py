"""What is shown of the queue at a site: to its driver, and to operators. `views.py` says more of such structures."""

from collections.abc import Sequence
from typing import Annotated, Literal

from evcharging.apps.ev_central.views import CpId, DriverId, Moment, RequestId, SessionId, SiteId, View, utc_or_none
from evcharging.common.messages import Quote
from evcharging.common.messages_queue import QueueStatus, QueueUpdate
from evcharging.common.utils import shown, utc
from evcharging.domain.meter import to_kwh
from evcharging.domain.queue import QueueEntry

Place = Annotated[int, shown(1, "1 for who is served next")]
Waiting = Annotated[int, shown(3, "How many wait there")]
Expected = Annotated[Moment, shown("2026-01-01T12:00:00Z", "When a point is expected to be free")]
Until = Annotated[Moment, shown("2026-01-01T12:03:00Z", "Until when the point is kept")]
Why = Annotated[str, shown("no point of SITE-1 is in service")]


class QueueEntryView(View, frozen=True, kw_only=True):
    """A request at a site, as it stands: who asked for how much, which point it has, and how it ended."""

    request_id: RequestId
    site_id: SiteId
    driver_id: DriverId
    asked_at: Moment
    status: QueueStatus
    kwh: Annotated[float, shown(10.5)] | None
    minutes: Annotated[int, shown(45)] | None
    cp_id: CpId | None
    until: Until | None
    session_id: SessionId | None
    ended_at: Moment | None
    reason: Why | None


class OwnSiteRequest(View, frozen=True, kw_only=True):
    """A charge that was asked for at a site. Without a `status` nothing is known of it yet; once a point has accepted
    it, `session_id` names the session, and `quote` says what it will cost."""

    request_id: RequestId
    site_id: SiteId
    status: QueueStatus | None
    place: Place | None
    waiting: Waiting | None
    expected_at: Expected | None
    cp_id: CpId | None
    until: Until | None
    session_id: SessionId | None
    quote: Quote | None


class OwnQueueFrame(View, frozen=True, kw_only=True):
    """How a request at a site stands: QUEUED, with its place; OFFERED, a point is kept `until` then for its driver to
    answer; or how it ended without a session."""

    type: Literal["queue"]
    ts: Moment
    request_id: RequestId
    site_id: SiteId
    status: QueueStatus
    place: Place | None
    waiting: Waiting | None
    expected_at: Expected | None
    cp_id: CpId | None
    until: Until | None
    reason: Why | None


def queue_entry_view(entry: QueueEntry) -> QueueEntryView:
    """A request at a site, as the ledger has it."""
    return QueueEntryView(
        request_id=entry.request_id,
        site_id=entry.site_id,
        driver_id=entry.driver_id,
        asked_at=utc(entry.asked_at),
        status=entry.status,
        kwh=None if entry.limit_mwh is None else to_kwh(entry.limit_mwh),
        minutes=entry.minutes,
        cp_id=entry.cp_id,
        until=utc_or_none(entry.offered_until),
        session_id=entry.session_id,
        ended_at=utc_or_none(entry.ended_at),
        reason=entry.reason,
    )


def queue_views(entries: Sequence[QueueEntry]) -> list[QueueEntryView]:
    """Those who wait at a site, in their order."""
    return [queue_entry_view(entry) for entry in sorted(entries, key=lambda each: (each.number, each.asked_at))]


def queue_frame(update: QueueUpdate) -> OwnQueueFrame:
    """What its driver is told, as it comes."""
    has_place = update.status is QueueStatus.QUEUED
    return OwnQueueFrame(
        type="queue",
        ts=utc(update.ts),
        request_id=update.request_id,
        site_id=update.site_id,
        status=update.status,
        place=update.place if has_place else None,
        waiting=update.waiting if has_place else None,
        expected_at=utc_or_none(update.expected_at),
        cp_id=update.cp_id,
        until=utc_or_none(update.until),
        reason=update.reason,
    )
