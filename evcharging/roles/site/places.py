"""What drivers who wait at a site are told: their place, when a point is expected, what is offered, and how it ended.
Decides nothing."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from evcharging.common.messages_queue import QueueStatus, QueueUpdate
from evcharging.domain.queue import QueueEntry, expected_starts
from evcharging.roles.site.counts import SiteCounts
from evcharging.roles.site.entries import Entries
from evcharging.roles.timers import Timers
from evcharging.roles.voice import Voice

PLACES = "places"
"""Telling those who wait at a site where their place has changed."""

TELL_EVERY = timedelta(seconds=1)

Standing = tuple[int, int, datetime | None]
"""The place of somebody, of how many, and when a point is expected."""


class Places:
    """The places of all who wait in one partition."""

    def __init__(self, voice: Voice, timers: Timers, entries: Entries, counts: Mapping[str, SiteCounts]) -> None:
        self._voice = voice
        self._timers = timers
        self._entries = entries
        self._counts = counts
        self._told: dict[str, Standing] = {}

    def look(self, site_id: str, now: datetime) -> None:
        """Something has changed: tell those whom it concerns, soon."""
        if self._entries.at(site_id):
            self._timers.sooner(PLACES, site_id, now + TELL_EVERY)

    def tell(self, site_id: str, now: datetime) -> list[QueueUpdate]:
        """To each who waits and stands otherwise than when last told."""
        said = []
        for entry, standing in self._standings(site_id, now):
            if self._told.get(entry.request_id) != standing:
                said.append(self._place(entry, standing, now))
        return said

    def answered(self, entry: QueueEntry, now: datetime) -> list[QueueUpdate]:
        """To one who asks how a request stands. Of one that is served, its point tells."""
        match entry.status:
            case QueueStatus.QUEUED | QueueStatus.HOLDING:
                found = dict(self._by_request(entry.site_id, now))
                standing = found.get(entry.request_id)
                return [self._place(entry, standing, now)] if standing is not None else []
            case QueueStatus.OFFERED:
                return [self.update(entry, now)]
            case QueueStatus.STARTING | QueueStatus.SERVED:
                return []
            case _:
                return [self.update(entry, now, reason=entry.reason)]

    def update(self, entry: QueueEntry, now: datetime, reason: str | None = None) -> QueueUpdate:
        """How an entry stands, without its place."""
        self._told.pop(entry.request_id, None)
        return self._voice.say(
            QueueUpdate,
            ts=now,
            request_id=entry.request_id,
            driver_id=entry.driver_id,
            site_id=entry.site_id,
            status=entry.status,
            cp_id=entry.cp_id,
            until=entry.offered_until,
            reason=reason,
        )

    def forget(self, request_id: str) -> None:
        """Nobody waits for this any more."""
        self._told.pop(request_id, None)

    def shift(self) -> None:
        """The clock was set: what was told by the old one counts no more."""
        self._told.clear()

    def _by_request(self, site_id: str, now: datetime) -> list[tuple[str, Standing]]:
        return [(entry.request_id, standing) for entry, standing in self._standings(site_id, now)]

    def _standings(self, site_id: str, now: datetime) -> list[tuple[QueueEntry, Standing]]:
        waiting = [
            entry for entry in self._entries.at(site_id) if entry.status in (QueueStatus.QUEUED, QueueStatus.HOLDING)
        ]
        counts = self._counts.get(site_id)
        points = counts.points.values() if counts is not None else ()
        expected = expected_starts(len(waiting), points, now)
        return [
            (entry, (place, len(waiting), at))
            for place, (entry, at) in enumerate(zip(waiting, expected, strict=True), 1)
        ]

    def _place(self, entry: QueueEntry, standing: Standing, now: datetime) -> QueueUpdate:
        self._told[entry.request_id] = standing
        place, waiting, expected_at = standing
        return self._voice.say(
            QueueUpdate,
            ts=now,
            request_id=entry.request_id,
            driver_id=entry.driver_id,
            site_id=entry.site_id,
            status=QueueStatus.QUEUED,
            place=place,
            waiting=waiting,
            expected_at=expected_at,
        )
