"""Signs of life of a shard for live views: that it lives, when it last heard of its points, and all of them again for
one that has missed something."""

from datetime import datetime, timedelta

from evcharging.common.messages_view import LateContact, PointsWanted, ShardAlive
from evcharging.common.utils import changed
from evcharging.roles.central.shard import Handlers, Shard
from evcharging.roles.live_contacts import LATE
from evcharging.roles.role import Effect

ALIVE = "alive"
MOST_LATE = 1_000
"""Of more points than this that are late, each is told again itself."""

TELL_EVERY = timedelta(seconds=1)
"""How often all points are told again, at most, however many ask."""


def plan(shard: Shard, now: datetime) -> None:
    """Set when the next sign of life is due, if ever."""
    if shard.cadences.alive_every is not None:
        shard.timers.set(ALIVE, "", now + shard.cadences.alive_every)


def on_alive_due(shard: Shard, _: str, now: datetime) -> list[Effect]:
    """Say that the shard lives, or tell of all its points where too many have not been heard of lately."""
    plan(shard, now)
    lives = [live for live in shard.points.values() if live.shown is not None]
    if not lives:
        return []
    late = tuple(
        LateContact(cp_id=live.point.cp_id, heard_at=live.heard_at)
        for live in lives
        if live.linked and live.heard_at is not None and now - live.heard_at > LATE
    )
    if len(late) > MOST_LATE:
        return tell_all(shard, now)
    cp_id = lives[0].point.cp_id
    return [
        shard.say(ShardAlive, ts=now, cp_id=cp_id, shard=shard.name, shown=shard.shown, since=shard.since, late=late)
    ]


def tell_all(shard: Shard, now: datetime) -> list[Effect]:
    """Tell how every point stands."""
    shard.since, shard.told_at = shard.shown + 1, now
    return [
        shard.showing(changed(live.shown, ts=now, last_seen=live.heard_at))
        for live in shard.points.values()
        if live.shown is not None
    ]


def on_points_wanted(shard: Shard, _: PointsWanted, now: datetime) -> list[Effect]:
    """Somebody has missed something."""
    if shard.told_at is not None and now - shard.told_at < TELL_EVERY:
        return []
    return tell_all(shard, now)


HANDLERS: Handlers = {PointsWanted: on_points_wanted}
