"""What Central shows of a point: computed by the truth table, said to the panel when it changes, with a notice
where an operator should know. Decides nothing else."""

from datetime import datetime

from evcharging.common.messages import DriverUpdate, UpdateStatus
from evcharging.common.messages_site import PointAtSite, PointLeftSite
from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.alert import PointFacts
from evcharging.domain.catalogue import tariff_at
from evcharging.domain.charging_point import is_free, shown_state, view_of
from evcharging.domain.notice import NoticeCode, noticed, shown_again
from evcharging.domain.ongoing import ongoing
from evcharging.domain.quote import expected_end
from evcharging.domain.reservation import earlier
from evcharging.domain.session import Session, SessionStatus
from evcharging.roles.central.shard import UNREAD, LivePoint, Shard
from evcharging.roles.role import Effect

UNHEARD = "the engine has not announced itself"
AHEAD = "its engine's run is dated more than a day ahead of Central's clock"

AGAIN = "show again"
"""Telling sites what they should know already: for one that has just begun, and as a sign of life."""


ALERT = "alert due"
"""Looking whether something has gone on for long enough that somebody should know."""


def state_of(live: LivePoint) -> CPState:
    """The state that the truth table gives."""
    session = live.session
    return shown_state(
        linked=live.linked,
        well=_trouble(live) is None,
        stopped=live.is_stopped,
        supplying=session is not None and session.status is SessionStatus.SUPPLYING,
    )


def _trouble(live: LivePoint) -> str | None:
    """What is wrong with the engine of a point whose link is alive."""
    wrong = _engine_trouble(live)
    if wrong is None and live.meter.silent is not None:
        return f"no readings for {live.meter.silent.total_seconds():g} s"
    return UNHEARD if wrong is None and not _is_announced(live) else wrong


def _is_announced(live: LivePoint) -> bool:
    return live.status.state is not CPState.DISCONNECTED


def _engine_trouble(live: LivePoint) -> str | None:
    """What it is that the engine or its monitor says, or that shows in what they say."""
    if live.status.state is CPState.FAULT:
        return live.status.reason or "fault"
    if not live.well:
        return live.why or "fault"
    if live.twins:
        return f"two engines say that they are {live.point.cp_id}"
    return AHEAD if live.is_ahead else None


def reason_of(live: LivePoint) -> str | None:
    """Why a point is not in service, if it is not."""
    match state_of(live):
        case CPState.FAULT:
            return _trouble(live)
        case CPState.STOPPED:
            return "stopped by the operator"
        case CPState.DISCONNECTED:
            return "no link to its monitor"
        case _:
            return None


RESERVED = "reservation due"
"""Something is due of the reservations of a point."""


def follow(shard: Shard, live: LivePoint, now: datetime) -> None:
    """Note since when a point could serve the first of its reservations; what follows is looked at soon."""
    is_free = is_in_service(live) and live.session is None and not live.status.occupied
    if live.reserved.follow(live.session, now, is_free=is_free, is_in_service=is_in_service(live)):
        shard.timers.set(RESERVED, live.point.cp_id, now)


def is_in_service(live: LivePoint) -> bool:
    """Whether somebody could charge at a point, or does."""
    return state_of(live) in (CPState.ACTIVATED, CPState.SUPPLYING) and not live.point.stopped


def show(shard: Shard, live: LivePoint, now: datetime) -> list[Effect]:
    """Tell the panel what changed of a point, and operators and driver what they should know."""
    follow(shard, live, now)
    before = live.shown
    state = state_of(live)
    if before is None or before.state is not state:
        live.since = now
    view, alerts = _view(shard, live, state, now), look(shard, live, now)
    if before is not None and view == changed(before, ts=now, last_seen=view.last_seen):
        return alerts
    live.shown = view
    effects: list[Effect] = [shard.showing(view), *_at_site(shard, view, now), *alerts]
    if before is not None and before.state is not state and not view.retired:
        effects += _announce(shard, before.state, view, now)
        effects += _warn_driver(shard, live, view, now)
    return effects


def look(shard: Shard, live: LivePoint, now: datetime) -> list[Effect]:
    """What opens and closes of the alerts of a point, and when to look again."""
    session_id = live.session.session_id if live.session else None
    changes = shard.alerts.look(live.point, session_id, _facts(live), now)
    due = shard.alerts.next_due(live.point.cp_id)
    if due is not None:
        shard.timers.sooner(ALERT, live.point.cp_id, due)
    return changes


def on_alert_due(shard: Shard, cp_id: str, now: datetime) -> list[Effect]:
    """Something may have gone on for long enough."""
    live = shard.points.get(cp_id)
    return [] if live is None else look(shard, live, now)


def _facts(live: LivePoint) -> PointFacts:
    session, meter = live.session, live.meter
    is_supplying = session is not None and session.status is SessionStatus.SUPPLYING
    is_unheard = is_supplying and meter.silent is None and meter.order == UNREAD
    return PointFacts(
        linked=live.linked,
        trouble=_engine_trouble(live),
        announced=_is_announced(live),
        has_readings=None if is_unheard else not is_supplying or meter.silent is None,
        limit_kept=live.point.limit == live.status.limit,
        overdrawn=live.status.overdrawn,
        occupied=live.status.occupied,
        reserved_in_vain=live.reserved.is_in_vain,
        retired=live.point.retired_at is not None,
    )


def plan_again(shard: Shard, now: datetime) -> None:
    """Set when sites are told again, if they ever are."""
    if shard.cadences.show_every is not None:
        shard.timers.set(AGAIN, "", now + shard.cadences.show_every)


def show_again(shard: Shard, _: str, now: datetime) -> list[Effect]:
    """Tell sites how their points stand."""
    plan_again(shard, now)
    shown = (live.shown for live in shard.points.values() if live.shown is not None)
    return [effect for view in shown for effect in _at_site(shard, view, now)]


def _at_site(shard: Shard, view: PointShown, now: datetime) -> list[Effect]:
    """Tell its site how a point stands."""
    if view.site_id is None or view.retired:
        return []
    said = shard.say(
        PointAtSite,
        ts=now,
        site_id=view.site_id,
        cp_id=view.cp_id,
        state=view.state,
        free=is_free(view),
        kw_rate=view.kw_rate,
        euros_per_kwh=view.euros_per_kwh,
        ends_at=_ends_at(shard, view.cp_id),
    )
    return [said]


def _ends_at(shard: Shard, cp_id: str) -> datetime | None:
    """When the session of a point is expected to end."""
    live = shard.points[cp_id]
    return None if live.session is None else expected_end(live.session, live.status.power_w, live.point.limit)


def leave_site(shard: Shard, cp_id: str, site_id: str | None, now: datetime) -> list[Effect]:
    """Tell a site that a point is there no more."""
    if site_id is None:
        return []
    return [shard.say(PointLeftSite, ts=now, site_id=site_id, cp_id=cp_id)]


def _view(shard: Shard, live: LivePoint, state: CPState, now: datetime) -> PointShown:
    tariff = tariff_at(live.point, shard.catalogue, now)
    known = view_of(live.point, live.status, tariff, ts=now, state=state, since=live.since)
    session = ongoing(live.session) if live.session else None
    held_until = live.hold.until if live.hold is not None else None
    first = live.reserved.first
    return changed(
        known,
        reason=reason_of(live),
        last_seen=live.heard_at,
        session=session,
        held_until=held_until,
        reserved_from=first.begins_at if first is not None else None,
        is_reserved=first is not None and now >= earlier(first.kept_from, shard.terms.least_charge),
        finishing=live.finishes,
    )


def _announce(shard: Shard, before: CPState, view: PointShown, now: datetime) -> list[Effect]:
    cp_id = view.cp_id
    match view.state:
        case CPState.FAULT:
            return notice(shard, NoticeCode.POINT_FAULTY, cp_id, now, detail=view.reason)
        case CPState.STOPPED:
            return notice(shard, NoticeCode.POINT_STOPPED, cp_id, now)
        case CPState.DISCONNECTED:
            return notice(shard, NoticeCode.POINT_OFFLINE, cp_id, now)
    if before is CPState.DISCONNECTED:
        return notice(shard, NoticeCode.POINT_ONLINE, cp_id, now)
    if before in (CPState.FAULT, CPState.STOPPED):
        return notice(shard, NoticeCode.POINT_IN_SERVICE, cp_id, now)
    return []


def _warn_driver(shard: Shard, live: LivePoint, view: PointShown, now: datetime) -> list[Effect]:
    session = live.session
    if session is None or session.status is not SessionStatus.SUPPLYING or view.state is not CPState.FAULT:
        return []
    told = update(shard, session, UpdateStatus.IN_PROGRESS, now, f"{view.cp_id}: {view.reason}; the bill follows")
    return [told]


def notice(
    shard: Shard,
    code: NoticeCode,
    cp_id: str | None,
    now: datetime,
    *,
    session_id: str | None = None,
    detail: str | None = None,
) -> list[Effect]:
    """A system message: kept, and shown."""
    kept = noticed(code, shard.reference("notice"), now, cp_id, session_id, detail)
    return [kept, shard.numbered(shown_again(kept))]


def update(
    shard: Shard, session: Session, status: UpdateStatus, now: datetime, reason: str | None = None
) -> DriverUpdate:
    """A step of a session, for its driver."""
    return shard.say(
        DriverUpdate,
        ts=now,
        request_id=session.request_id,
        driver_id=session.driver_id,
        cp_id=session.cp_id,
        status=status,
        session_id=session.session_id,
        reason=reason,
    )
