"""Who is there: monitors' links and reports, engines' words about themselves."""

from datetime import datetime, timedelta

from evcharging.common.messages import (
    Action,
    CentralCommand,
    CPStatus,
    HealthReport,
    MonitorDisconnected,
    QueryStatus,
)
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.charging_point import Point, is_news, reported
from evcharging.roles.central.shard import LivePoint, Shard
from evcharging.roles.central.showing import show
from evcharging.roles.role import NOTHING, Effect, Effects

MILLISECOND = timedelta(milliseconds=1)
SILENT_AFTER = timedelta(seconds=10)
"""A point that is unheard for so long is no longer shown as connected."""

SILENCE = "silence"


def on_report(shard: Shard, report: HealthReport, now: datetime) -> Effects:
    """A monitor reports: its link is alive, and this is how its engine is. An older link than the newest is nothing."""
    live = shard.points.get(report.cp_id)
    if live is None or (live.linked and report.link < live.link):
        return NOTHING
    heard_at = now - min(report.age_ms * MILLISECOND, SILENT_AFTER)
    if not live.linked or live.heard_at is None or live.heard_at < heard_at:
        live.heard_at = heard_at
    if live.linked and report.link == live.link and report.well == live.well and report.reason == live.why:
        return NOTHING
    is_new_link = not live.linked or report.link != live.link
    live.linked, live.link, live.well, live.why = True, report.link, report.well, report.reason
    effects: list[Effect] = []
    if is_new_link:
        shard.timers.set(SILENCE, report.cp_id, heard_at + SILENT_AFTER)
        effects.append(query(shard, live, now))
    return effects + show(shard, live, now)


def on_monitor_disconnected(shard: Shard, message: MonitorDisconnected, now: datetime) -> list[Effect]:
    """The newest link of a point ended; the end of an older one is nothing."""
    live = shard.points.get(message.cp_id)
    if live is None or not live.linked or message.link != live.link:
        return []
    return _unlink(shard, live, now)


def on_silence(shard: Shard, cp_id: str, now: datetime) -> list[Effect]:
    """Look whether a point has been heard of lately."""
    live = shard.points.get(cp_id)
    if live is None or not live.linked or live.heard_at is None:
        return []
    silent_at = live.heard_at + SILENT_AFTER
    if silent_at <= now:
        return _unlink(shard, live, now)
    shard.timers.set(SILENCE, cp_id, silent_at)
    return []


def _unlink(shard: Shard, live: LivePoint, now: datetime) -> list[Effect]:
    live.linked = False
    shard.timers.cancel(SILENCE, live.point.cp_id)
    live.point = changed(live.point, last_seen=live.heard_at)
    return [live.point, *show(shard, live, now)]


def query(shard: Shard, live: LivePoint, now: datetime) -> QueryStatus:
    """The question to an engine how it is, and what became of the session that is open there."""
    return QueryStatus(
        ts=now,
        epoch=shard.epoch,
        seq=shard.next(),
        cp_id=live.point.cp_id,
        session_id=live.session.session_id if live.session else None,
    )


def on_status(shard: Shard, status: CPStatus, now: datetime) -> list[Effect]:
    """An engine says how it is. One that nobody registered becomes known, without a link and so DISCONNECTED."""
    live = shard.points.get(status.cp_id) or LivePoint(Point(cp_id=status.cp_id), now)
    if not is_news(live.point, status.epoch, status.seq):
        return []
    shard.points[status.cp_id] = live
    live.point = reported(live.point, status)
    if live.session is None and status.state is not CPState.SUPPLYING:
        live.register_mwh = status.register_mwh
    return [live.point, *_remind(shard, live, now), *show(shard, live, now)]


def _remind(shard: Shard, live: LivePoint, now: datetime) -> list[Effect]:
    """An engine that has not heard of an operator's stop or resume hears it again."""
    state, stopped = live.point.engine_state, live.point.stopped
    if stopped and state is CPState.ACTIVATED:
        return [command(shard, live.point.cp_id, Action.STOP, now)]
    if not stopped and state is CPState.STOPPED:
        return [command(shard, live.point.cp_id, Action.RESUME, now)]
    return []


def command(shard: Shard, cp_id: str, action: Action, now: datetime) -> CentralCommand:
    """An action, passed on to an engine."""
    return CentralCommand(ts=now, epoch=shard.epoch, seq=shard.next(), cp_id=cp_id, action=action)
