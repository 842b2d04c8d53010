"""Held bills: an operator says what a suspect session delivered, and that becomes its one bill."""

from datetime import datetime

from evcharging.common.messages_operators import SettleSession
from evcharging.domain.meter import to_kwh
from evcharging.domain.notice import NoticeCode
from evcharging.domain.resolution import is_resolved_so, resolved, why_not
from evcharging.roles.central.closing import billed, final_update
from evcharging.roles.central.operators import answer
from evcharging.roles.central.point_view import notice
from evcharging.roles.central.shard import Handlers, Shard
from evcharging.roles.orders import DECIDE_WITHIN, TOO_LATE
from evcharging.roles.role import Effect


def on_resolve(shard: Shard, order: SettleSession, now: datetime) -> list[Effect]:
    """Settle the session, once; whoever asks for the same again is told that it is done."""
    session = shard.open_session(order.cp_id, order.session_id) or shard.past_session(order.session_id)
    if session is None or session.cp_id != order.cp_id:
        return [answer(shard, order, f"{order.session_id} is not a known session of {order.cp_id}", now)]
    if now - order.ts > DECIDE_WITHIN:
        return [answer(shard, order, TOO_LATE, now)]
    if is_resolved_so(session, order):
        return [answer(shard, order, None, now)]
    refusal = why_not(session, order)
    if refusal is not None:
        return [answer(shard, order, refusal, now)]
    session = resolved(session, order, now)
    bill = billed(shard, shard.points[session.cp_id], session, now)
    shard.keep(session)
    said = f"by {order.by} with {to_kwh(session.energy_mwh)} kWh: {order.note}"
    return [
        session,
        *bill,
        *notice(shard, NoticeCode.BILL_RESOLVED, session.cp_id, now, session_id=session.session_id, detail=said),
        final_update(shard, session, now),
        answer(shard, order, None, now),
    ]


HANDLERS: Handlers = {
    SettleSession: on_resolve,
}
