"""Idle sessions: the supply has ended, the vehicle is still plugged in, and that costs time. They end with the
unplugging, or as soon as nobody knows any more whether the vehicle is there."""

from datetime import datetime, timedelta

from evcharging.common.messages import SupplyEnded, UpdateStatus
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.meter import to_kwh
from evcharging.domain.session import Session, SessionStatus, finalised, idle_until, idled, idling, may_idle
from evcharging.roles.central import idle_cost
from evcharging.roles.central.closing import settle, stop_if_finished
from evcharging.roles.central.point_view import show, state_of, update
from evcharging.roles.central.shard import LivePoint, Shard
from evcharging.roles.role import Effect

UNHEARD = "idle and unheard"
HEARD_WITHIN = timedelta(seconds=30)
"""How long Central waits to hear of a point without a link where a session is idle."""


def goes_idle(live: LivePoint, session: Session, final: SupplyEnded) -> bool:
    """Whether an open session stays open after its final reading, because its tariff has a price of idle time."""
    return final.plugged and may_idle(session, final) and state_of(live) is not CPState.FAULT


def begin(shard: Shard, live: LivePoint, session: Session, now: datetime) -> list[Effect]:
    """The supply of a session has ended, with plausible readings; its vehicle stays."""
    live.session = session = idling(session, now)
    live.meter.idle_since = now
    shard.unkept.pop(session.cp_id, None)
    if not live.linked:
        expect(shard, session, now)
    told = update(shard, session, UpdateStatus.IN_PROGRESS, now, _advice(session))
    idle_cost.begin(shard, session, now)
    stopped = stop_if_finished(shard, live, session, now)
    return [session, changed(told, kwh=to_kwh(session.energy_mwh)), *stopped, *show(shard, live, now)]


def _advice(session: Session) -> str:
    grace_s = session.tariff.idle_grace_s if session.tariff else 0
    grace = f" {grace_s / 60:g} minutes from now" if grace_s else ""
    return f"{session.cp_id}: the supply has ended: unplug the vehicle, idle time is billed{grace or ' from now on'}"


def on_final(
    shard: Shard, live: LivePoint, session: Session, final: SupplyEnded, doubt: str | None, now: datetime
) -> list[Effect]:
    """The final reading of an idle session is said again: it goes on, unless the vehicle has left."""
    if final.plugged:
        return []
    done = finalised(session, final, doubt)
    return settle(shard, live, done if doubt else idled(session, final.unplugged_at or final.ts), doubt, now)


def end(shard: Shard, live: LivePoint, now: datetime, known_at: datetime | None = None) -> list[Effect]:
    """Bill an idle session until the moment at which it was last known that the vehicle was there: now, by the clock of
    this run, if not another one. What the clock of its engine shows then follows from when the supply had ended."""
    session = live.session
    if session is None or session.status is not SessionStatus.IDLE or session.ended_at is None:
        return []
    shard.timers.cancel(UNHEARD, session.cp_id)
    until = idle_until(session, known_at or now, live.meter.idle_since or now)
    return settle(shard, live, idled(session, until), None, now)


def end_in_fault(shard: Shard, live: LivePoint, now: datetime) -> list[Effect]:
    """Nobody pays for time at a point that is in fault."""
    return end(shard, live, now) if state_of(live) is CPState.FAULT else []


def end_unlinked(shard: Shard, live: LivePoint, now: datetime) -> list[Effect]:
    """The link of the point is gone: until it was last heard of, or until now where monitors speak of changes alone."""
    return end(shard, live, now, None if shard.cadences.silent_after is None else live.heard_at)


def resume(shard: Shard, live: LivePoint, session: Session, now: datetime) -> None:
    """An earlier run left a session idle. Since when is what its clock said, which need not be the clock of this run:
    what this one has not seen itself counts only where the engine says when the vehicle left."""
    live.meter.idle_since = now
    expect(shard, session, now)
    idle_cost.begin(shard, session, now)


def expect(shard: Shard, session: Session, now: datetime) -> None:
    """The point of an idle session has no link, maybe since an earlier run: it is heard of soon, or the session is
    over."""
    shard.timers.set(UNHEARD, session.cp_id, now + HEARD_WITHIN)


def on_unheard(shard: Shard, cp_id: str, now: datetime) -> list[Effect]:
    """Look whether the point has been heard of."""
    live = shard.points.get(cp_id)
    if live is None or live.linked or live.session is None:
        return []
    return end(shard, live, now, live.meter.idle_since)
