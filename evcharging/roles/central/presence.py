"""Who is there: monitors' links and reports, engines' statuses."""

from datetime import datetime, timedelta

from evcharging.common.messages import Action, CPStatus, HealthReport, MonitorDisconnected
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.charging_point import is_news, reported
from evcharging.domain.notice import NoticeCode
from evcharging.domain.plausibility import is_ahead
from evcharging.domain.session import Session, SessionStatus
from evcharging.roles.central import idle
from evcharging.roles.central.orders import command, limit, query, start
from evcharging.roles.central.payments import paid_for
from evcharging.roles.central.point_view import notice, show
from evcharging.roles.central.shard import Handlers, LivePoint, Run, Shard
from evcharging.roles.role import NOTHING, Effect, Effects

MILLISECOND = timedelta(milliseconds=1)
OLDEST_REPORT = timedelta(seconds=10)
"""How old a report counts as at most."""

LINKS_KEPT = 4
"""Of how many links of a point it is kept in mind how far they were heard."""

SILENCE = "silence"

ROLL_CALL = "roll call"
ROLL_CALL_EVERY = timedelta(seconds=2)
"""How long the processes of one point's engine have to answer a query; while two do, they are asked again so often."""


FORGOTTEN = "session forgotten"
FORGOTTEN_AFTER = timedelta(seconds=2)
"""How long the engine that supplies a session has to answer once it seems that it lost its memory."""


def on_report(shard: Shard, report: HealthReport, now: datetime) -> Effects:
    """A monitor reports: its link is alive, and this is how its engine is. An older link than the newest is nothing."""
    live = shard.known(report.cp_id)
    if live is None or (live.linked and report.link < live.link) or _is_said_again(live, report):
        return NOTHING
    heard_at = now - min(report.age_ms * MILLISECOND, OLDEST_REPORT) if report.age_ms else now
    if not live.linked or live.heard_at is None or live.heard_at < heard_at:
        live.heard_at = heard_at
    said = _believed(live, report)
    if live.linked and said == (live.link, live.well, live.why, live.deaf):
        return [query(shard, live, now)] if live.is_ahead else NOTHING
    is_new_link = not live.linked or report.link != live.link
    live.linked = True
    live.link, live.well, live.why, live.deaf = said
    effects: list[Effect] = []
    if is_new_link:
        if shard.cadences.silent_after is not None:
            shard.timers.set(SILENCE, report.cp_id, heard_at + shard.cadences.silent_after)
        effects.append(query(shard, live, now))
    return [*effects, *idle.end_in_fault(shard, live, now), *show(shard, live, now)]


def _is_said_again(live: LivePoint, report: HealthReport) -> bool:
    """Whether it was heard before, and somebody else says it once more; a report without a number counts."""
    if not report.seq:
        return False
    if report.seq <= live.counted.get(report.link, 0):
        return True
    live.counted[report.link] = report.seq
    if len(live.counted) > LINKS_KEPT:
        del live.counted[min(live.counted)]
    return False


def _believed(live: LivePoint, report: HealthReport) -> tuple[int, bool, str | None, bool]:
    """What a report says, unless that is a fault of which the engine itself has said since that it is over."""
    if not report.well and not report.deaf and report.reason is not None and report.reason == live.disbelieved:
        return report.link, True, None, False
    live.disbelieved = None
    return report.link, report.well, report.reason, report.deaf


def on_monitor_disconnected(shard: Shard, message: MonitorDisconnected, now: datetime) -> list[Effect]:
    """The newest link of a point ended; the end of an older one is nothing."""
    live = shard.points.get(message.cp_id)
    if live is None or not live.linked or message.link != live.link:
        return []
    return unlink(shard, live, now)


def on_silence(shard: Shard, cp_id: str, now: datetime) -> list[Effect]:
    """Look whether a point has been heard of lately."""
    live, silent_after = shard.points.get(cp_id), shard.cadences.silent_after
    if live is None or not live.linked or live.heard_at is None or silent_after is None:
        return []
    silent_at = live.heard_at + silent_after
    if silent_at <= now:
        return unlink(shard, live, now)
    shard.timers.set(SILENCE, cp_id, silent_at)
    return []


def unlink(shard: Shard, live: LivePoint, now: datetime) -> list[Effect]:
    """The point has no link any more; whether a vehicle is still plugged in, nobody knows."""
    live.linked = False
    shard.timers.cancel(SILENCE, live.point.cp_id)
    live.status = changed(live.status, last_seen=live.heard_at)
    return [live.status, *idle.end_unlinked(shard, live, now), *show(shard, live, now)]


def on_status(shard: Shard, status: CPStatus, now: datetime) -> list[Effect]:
    """An engine says how it is. One that nobody registered has its status kept until somebody does."""
    live = shard.points.get(status.cp_id)
    if live is None:
        shard.meet(status)
        return []
    if live.point.retired_at is not None:
        return []
    if is_ahead(status.epoch, now):
        return _refuse_run(shard, live, status, now)
    was_ahead, live.is_ahead = live.is_ahead, False
    effects = [*_count(shard, live, status, now), *idle.end_in_fault(shard, live, now)]
    if _is_superseded(shard, live, status) or not is_news(live.status, status):
        return effects + show(shard, live, now) if was_ahead else effects
    is_new_run = status.epoch > live.status.epoch
    _believe_recovery(live, status)
    live.run = (status.epoch, status.run)
    live.status = reported(live.status, status)
    session = live.session
    if (session is None or is_new_run) and status.state is not CPState.SUPPLYING:
        live.register_mwh = status.register_mwh
    if session is not None and is_new_run and session.status is SessionStatus.SUPPLYING:
        expect_memory(shard, session, now)
    again = _remind(shard, live, now)
    if not status.query_epoch:
        again += _order_again(shard, live, now)
    return [live.status, *effects, *again, *idle.end_in_fault(shard, live, now), *show(shard, live, now)]


def _believe_recovery(live: LivePoint, status: CPStatus) -> None:
    """An engine says that its fault is over: what its monitor reported of the same fault is older than that."""
    if status.state is CPState.FAULT:
        live.disbelieved = None
    elif live.status.state is CPState.FAULT:
        live.disbelieved = live.status.reason
        if not live.well and not live.deaf and live.why == live.disbelieved:
            live.well, live.why = True, None


def _order_again(shard: Shard, live: LivePoint, now: datetime) -> list[Effect]:
    """An engine that has announced itself since an order was given does not obey it: the order is given again."""
    session = live.session
    request = shard.request(session.request_id) if session else None
    if session is None or request is None or session.status is not SessionStatus.AUTHORISED:
        return []
    return [start(shard, live, session, paid_for(shard, session, live.status.power_w), now)]


def expect_memory(shard: Shard, session: Session, now: datetime) -> None:
    """Give the engine that supplies a session a moment to show that it still knows it."""
    shard.timers.set(FORGOTTEN, session.session_id, now + FORGOTTEN_AFTER)
    shard.forgetting[session.session_id] = session.cp_id


def cancel_forgetting(shard: Shard, session: Session) -> None:
    """An engine says that it supplies the session."""
    shard.timers.cancel(FORGOTTEN, session.session_id)
    shard.forgetting.pop(session.session_id, None)


def _refuse_run(shard: Shard, live: LivePoint, status: CPStatus, now: datetime) -> list[Effect]:
    """A run that is dated too far ahead would make later ones count for nothing. Said once; the engine is asked."""
    if live.is_ahead:
        return []
    live.is_ahead = True
    said = notice(shard, NoticeCode.RUN_AHEAD, status.cp_id, now, detail=str(status.epoch))
    return [*said, query(shard, live, now), *idle.end_in_fault(shard, live, now), *show(shard, live, now)]


def _count(shard: Shard, live: LivePoint, status: CPStatus, now: datetime) -> list[Effect]:
    """Find out whether more than one process speaks for a point: each answers a query."""
    run = (status.epoch, status.run)
    if status.query_epoch == shard.epoch:
        return _answered(shard, live, status, run, now)
    if run in live.answered and status.seq > live.answered[run].seq:
        live.answered[run] = status
    known = live.answered if live.run is None else (live.run,)
    # Where nobody was heard of since a start of Central, an older run than the one in the ledger is another one, too.
    is_other = status.epoch > live.status.epoch or (run not in known if known else status.epoch < live.status.epoch)
    if is_other and status.query_epoch and shard.timers.is_set(ROLL_CALL, status.cp_id):
        # A question for each of many answers to an earlier run would be answered by as many again.
        live.roll_again = True
        return []
    return call_roll(shard, live, now) if is_other else []


def _is_superseded(shard: Shard, live: LivePoint, status: CPStatus) -> bool:
    """Whether it answers an earlier question than the newest, and another process speaks for the point: one that is
    there answers the newest as well."""
    is_old = status.query_epoch > 0 and (status.query_epoch, status.query_seq) != (shard.epoch, live.roll_call)
    return is_old and live.run is not None and (status.epoch, status.run) != live.run


def _answered(shard: Shard, live: LivePoint, status: CPStatus, run: Run, now: datetime) -> list[Effect]:
    if run == live.meter.run:
        live.meter.confirmed_at = now
    if status.query_seq != live.roll_call:
        return []
    live.answered[run] = status
    if run != live.run:
        # Nobody may have been known to speak for the point when it was asked, as after a start of Central.
        shard.timers.set(ROLL_CALL, status.cp_id, now + ROLL_CALL_EVERY)
    if len(live.answered) < 2 or live.twins:
        return []
    live.twins = True
    shard.timers.set(ROLL_CALL, status.cp_id, now + ROLL_CALL_EVERY)
    return show(shard, live, now)


def call_roll(shard: Shard, live: LivePoint, now: datetime) -> list[Effect]:
    """Ask all processes of a point's engine, and look later how many answered."""
    live.roll_again = False
    shard.timers.set(ROLL_CALL, live.point.cp_id, now + ROLL_CALL_EVERY)
    return [query(shard, live, now)]


def on_roll_called(shard: Shard, cp_id: str, now: datetime) -> list[Effect]:
    """Two engines that say to be one point stay a fault until only one of them answers. That one speaks for the point
    from then on, though the other's run was the newer one."""
    live = shard.known(cp_id)
    if live is None:
        return []
    if len(live.answered) > 1 or live.roll_again:
        return call_roll(shard, live, now)
    live.twins = False
    effects: list[Effect] = []
    for run, status in live.answered.items():
        if run != live.run:
            live.run, live.status = run, reported(live.status, status)
            live.register_mwh = status.register_mwh
            effects = [live.status, *_remind(shard, live, now), *_order_again(shard, live, now)]
    return [*effects, *show(shard, live, now)]


def _remind(shard: Shard, live: LivePoint, now: datetime) -> list[Effect]:
    """An engine that has not heard of a limit, or of an operator's stop or resume, hears it again."""
    state = live.status.state
    again: list[Effect] = [] if live.point.limit == live.status.limit else [limit(shard, live, now)]
    if live.is_stopped and state in (CPState.ACTIVATED, CPState.SUPPLYING):
        again.append(command(shard, live, Action.STOP, now))
    elif not live.point.stopped and state is CPState.STOPPED:
        again.append(command(shard, live, Action.RESUME, now))
    return again


HANDLERS: Handlers = {
    HealthReport: on_report,
    CPStatus: on_status,
    MonitorDisconnected: on_monitor_disconnected,
}
