"""Points that leave the network, and engines whose run is forgotten, as operators ask."""

from datetime import datetime, timedelta

from evcharging.common.messages_operators import ForgetRun, RetirePoint
from evcharging.common.utils import changed
from evcharging.domain.notice import NoticeCode
from evcharging.roles.central import site_bookings
from evcharging.roles.central.operators import answer
from evcharging.roles.central.orders import query, stop
from evcharging.roles.central.point_view import leave_site, notice, show
from evcharging.roles.central.shard import Handlers, Shard
from evcharging.roles.central.supplies import lose
from evcharging.roles.orders import DECIDE_WITHIN, TOO_LATE
from evcharging.roles.role import Effect

RETIRED = "point retired"
ENDS_WITHIN = timedelta(seconds=5)
"""How long the engine of a retired point has to end its supply before the session is closed without it."""


def on_retire(shard: Shard, order: RetirePoint, now: datetime) -> list[Effect]:
    """The point is hidden and its link refused; a supply ends as by a stop, and its bill follows. Its history stays."""
    live = shard.known(order.cp_id)
    if live is None:
        return [answer(shard, order, f"{order.cp_id} is not a known charging point", now)]
    if now - order.ts > DECIDE_WITHIN:
        return [answer(shard, order, TOO_LATE, now)]
    live.point = changed(live.point, retired_at=now, actor=order.actor)
    live.status = changed(live.status, last_seen=live.heard_at)
    live.linked = False
    effects: list[Effect] = [live.point, live.status, *leave_site(shard, order.cp_id, live.point.site_id, now)]
    if live.session is not None:
        effects.append(stop(shard, order.cp_id, live.session.session_id, now))
        shard.timers.set(RETIRED, order.cp_id, now + ENDS_WITHIN)
    effects += site_bookings.on_retired(shard, live, now)
    effects += notice(shard, NoticeCode.POINT_RETIRED, order.cp_id, now)
    return [*effects, *show(shard, live, now), answer(shard, order, None, now)]


def on_retired_for_long(shard: Shard, cp_id: str, now: datetime) -> list[Effect]:
    """The engine of a retired point did not end its supply: the session is closed without it."""
    live = shard.points.get(cp_id)
    if live is None or live.session is None or live.point.retired_at is None:
        return []
    return lose(shard, live, live.session, now)


def on_forget(shard: Shard, order: ForgetRun, now: datetime) -> list[Effect]:
    """Whichever run of the engine speaks next counts."""
    live = shard.known(order.cp_id)
    if live is None:
        return [answer(shard, order, f"{order.cp_id} is not a known charging point", now)]
    if now - order.ts > DECIDE_WITHIN:
        return [answer(shard, order, TOO_LATE, now)]
    live.point = changed(live.point, actor=order.actor)
    live.status = changed(live.status, epoch=0, seq=0)
    live.run, live.twins, live.is_ahead = None, False, False
    said = notice(shard, NoticeCode.RUN_FORGOTTEN, order.cp_id, now)
    return [
        live.point,
        live.status,
        *said,
        query(shard, live, now),
        *show(shard, live, now),
        answer(shard, order, None, now),
    ]


HANDLERS: Handlers = {
    RetirePoint: on_retire,
    ForgetRun: on_forget,
}
