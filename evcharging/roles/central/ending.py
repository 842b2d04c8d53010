"""Sessions that somebody ends before their time: a driver those of that driver alone, an operator any."""

from datetime import datetime

from evcharging.common.messages import EndReason
from evcharging.common.messages_operators import Actor, ActorKind, EndSession
from evcharging.domain.session import Session, SessionStatus
from evcharging.roles.central.closing import fail
from evcharging.roles.central.operators import answer
from evcharging.roles.central.orders import stop
from evcharging.roles.central.shard import Handlers, Shard
from evcharging.roles.orders import DECIDE_WITHIN, TOO_LATE
from evcharging.roles.role import Effect

NOT_BEGUN = "it had not begun"
OVER = "{} has ended already"
STAYS = "{}: the supply has ended already; unplug the vehicle, which ends the session"


def on_end(shard: Shard, order: EndSession, now: datetime) -> list[Effect]:
    """What has not begun never begins; what supplies ends with the engine's final reading, and its bill follows. Who
    asks again for what was done is told that it is done."""
    session = shard.open_session(order.cp_id, order.session_id) or shard.past_session(order.session_id)
    if session is None or session.cp_id != order.cp_id or not _may_end(order.actor, session):
        return [answer(shard, order, f"{order.session_id} is not a known session", now)]
    if now - order.ts > DECIDE_WITHIN:
        return [answer(shard, order, TOO_LATE, now)]
    by = EndReason.DRIVER if _is_driver(order.actor) else EndReason.STOPPED
    is_waiting = session.has_not_begun
    if not is_waiting and session.status is not SessionStatus.SUPPLYING:
        return [answer(shard, order, None if session.ended_by is by else _why_not(session), now)]
    said = stop(shard, session.cp_id, session.session_id, now, by_driver=by is EndReason.DRIVER)
    done = fail(shard, session, NOT_BEGUN, now, by) if is_waiting else []
    return [said, *done, answer(shard, order, None, now)]


def _is_driver(actor: Actor | None) -> bool:
    return actor is not None and actor.kind is ActorKind.DRIVER


def _may_end(actor: Actor | None, session: Session) -> bool:
    """Whether a session is one that this actor may know of: to a driver those of others are not there."""
    return actor is None or actor.kind is not ActorKind.DRIVER or actor.id == session.driver_id


def _why_not(session: Session) -> str:
    return (STAYS if session.status is SessionStatus.IDLE else OVER).format(session.session_id)


HANDLERS: Handlers = {
    EndSession: on_end,
}
