"""Which points a live view may still show as they were told: their shard lives, all its words have come, and it has
heard of them lately. Knows no screen."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from evcharging.common.messages_view import PointShown, ShardAlive

SILENT_AFTER = timedelta(seconds=9)
"""A point is shown DISCONNECTED once its Central has not confirmed contact for this long: the age of the contact when
that was last said, plus the time since that was received."""

LATE = timedelta(seconds=2)
"""A sign of life names the points that were last heard of longer ago than this; of all others it says that much."""

ASK_EVERY = timedelta(seconds=2)
"""How often a shard is asked to tell of all its points, at most."""

NO_TIME = timedelta(0)


class _Shard:
    """What is known of a shard: its run; the first and the last of its words on points that came without a gap; when
    it last confirmed contact with its points, all but those that are `late`; its newest sign of life, in which run; and
    when it was asked to tell of all."""

    __slots__ = ("asked_at", "confirmed_at", "epoch", "first", "last", "late", "newest", "points")

    def __init__(self) -> None:
        self.epoch = 0
        self.first = self.last = 0
        self.confirmed_at: datetime | None = None
        self.late: dict[str, datetime] = {}
        self.points: dict[str, datetime] = {}
        self.newest = (0, 0)
        self.asked_at: datetime | None = None

    def take(self, epoch: int, number: int) -> None:
        """Note that a word came."""
        if epoch > self.epoch or (epoch == self.epoch and number > self.last + 1):
            self.epoch, self.first, self.last = epoch, number, number
        elif epoch == self.epoch and number == self.last + 1:
            self.last = number

    def silent_at(self, cp_id: str) -> datetime:
        """When a point is doubted, if nothing more is said."""
        by_shard = self.late.get(cp_id, self.confirmed_at)
        own = self.points[cp_id]
        return (own if by_shard is None or by_shard < own else by_shard) + SILENT_AFTER


class LiveContacts:
    """The contact of all shards with their points, by the clock of the one who looks on."""

    def __init__(self) -> None:
        self._shards: dict[str, _Shard] = {}
        self._shard_of: dict[str, str] = {}

    def heard(self, view: PointShown, now: datetime) -> None:
        """Something was said of a point. Age at sending is measured on Central's clock, time since then on ours, so
        that clock skew cancels out."""
        age = NO_TIME if view.last_seen is None else max(view.ts - view.last_seen, NO_TIME)
        shard = self._shard(view.shard)
        shard.take(view.epoch, view.number)
        before = self._shard_of.get(view.cp_id)
        if before is not None and before != view.shard:
            self.forget(view.cp_id)
        self._shard_of[view.cp_id] = view.shard
        shard.points[view.cp_id] = now - age
        # What was confirmed before does not count for a point that had no link then.
        shard.late[view.cp_id] = now - age

    def alive(self, sign: ShardAlive, now: datetime) -> bool:
        """A shard lives; whether it must be asked to tell of all its points, since words of it have not come."""
        shard = self._shard(sign.shard)
        is_again = sign.seq > 0 and (sign.epoch, sign.seq) <= shard.newest
        if sign.epoch < shard.epoch or is_again:
            return False
        shard.newest = (sign.epoch, sign.seq)
        if sign.epoch > shard.epoch:
            shard.take(sign.epoch, 0)
        if shard.last == sign.shown and shard.first <= sign.since:
            shard.confirmed_at = now - LATE
            shard.late = {late.cp_id: now - max(sign.ts - late.heard_at, NO_TIME) for late in sign.late}
            return False
        if shard.asked_at is not None and now - shard.asked_at < ASK_EVERY:
            return False
        shard.asked_at = now
        return True

    def silent_at(self, cp_id: str) -> datetime:
        """When a point is shown as DISCONNECTED, if nothing more is said of it."""
        return self._shards[self._shard_of[cp_id]].silent_at(cp_id)

    def confirmed_at(self, cp_id: str) -> datetime | None:
        """When contact with a point was confirmed last; None for one that is shown no more."""
        return self.silent_at(cp_id) - SILENT_AFTER if cp_id in self._shard_of else None

    def doubtful(self, now: datetime) -> Iterator[str]:
        """The points whose contact was not confirmed in time."""
        for shard in self._shards.values():
            is_fresh = shard.confirmed_at is not None and now < shard.confirmed_at + SILENT_AFTER
            for cp_id in [*(shard.late if is_fresh else shard.points)]:
                if cp_id in shard.points and now >= shard.silent_at(cp_id):
                    yield cp_id

    def forget(self, cp_id: str) -> None:
        """A point is shown no more."""
        shard = self._shard_of.pop(cp_id, None)
        if shard is not None:
            self._shards[shard].points.pop(cp_id, None)
            self._shards[shard].late.pop(cp_id, None)

    def shift(self, by: timedelta) -> None:
        """The clock was set: move the moments that are kept here."""
        for shard in self._shards.values():
            shard.confirmed_at = shard.confirmed_at and shard.confirmed_at + by
            shard.asked_at = shard.asked_at and shard.asked_at + by
            shard.late = {cp_id: at + by for cp_id, at in shard.late.items()}
            shard.points = {cp_id: at + by for cp_id, at in shard.points.items()}

    def _shard(self, name: str) -> _Shard:
        return self._shards.setdefault(name, _Shard())
