"""What operators ask: registration of points, stop and resume, and the hand at the point from afar."""

from datetime import datetime

from evcharging.common.messages import Action
from evcharging.common.messages_operators import (
    AckAlert,
    AssignTariff,
    LimitPoint,
    OperatorAnswer,
    OperatorOrder,
    OperatorRequest,
    RegisterPoint,
    StopAfterSupply,
)
from evcharging.common.utils import changed
from evcharging.domain.charging_point import LastStatus, Point, registered
from evcharging.domain.notice import NoticeCode
from evcharging.domain.offer import why_no_limit
from evcharging.domain.tariff import why_no_tariff
from evcharging.roles.central.hand import by_hand, why_no_hand
from evcharging.roles.central.orders import command, limit, query
from evcharging.roles.central.point_view import leave_site, notice, show
from evcharging.roles.central.presence import on_status
from evcharging.roles.central.shard import Handlers, LivePoint, Shard
from evcharging.roles.orders import DECIDE_WITHIN, TOO_LATE, USED
from evcharging.roles.role import Effect

ADMINISTRATIVE = {Action.STOP: True, Action.RESUME: False}


def on_register(shard: Shard, message: RegisterPoint, now: datetime) -> list[Effect]:
    """A point becomes known, or its location and price change; its session and state are not touched. What is said
    again later changes nothing of a point that is or was known."""
    if _is_late_change(shard, message, now):
        return [answer(shard, message, TOO_LATE, now)]
    is_new = shard.known(message.cp_id) is None
    live = shard.points.get(message.cp_id)
    if live is None:
        live = shard.points[message.cp_id] = LivePoint(Point(cp_id=message.cp_id), LastStatus(cp_id=message.cp_id), now)
    before, live.point = live.point, registered(live.point, message, now)
    left = leave_site(shard, message.cp_id, before.site_id, now) if before.site_id != live.point.site_id else []
    effects: list[Effect] = [] if live.point == before else [live.point]
    if is_new:
        effects += [*notice(shard, NoticeCode.POINT_REGISTERED, message.cp_id, now), query(shard, live, now)]
    status = shard.strangers.pop(message.cp_id, None)
    if status is not None:
        effects += on_status(shard, status, now)
    return [*effects, *left, *show(shard, live, now), answer(shard, message, None, now)]


def _is_late_change(shard: Shard, message: RegisterPoint, now: datetime) -> bool:
    live = shard.points.get(message.cp_id)
    is_late = live is not None and now - message.ts > DECIDE_WITHIN
    return is_late and live is not None and registered(live.point, message, now) != live.point


def on_assign(shard: Shard, message: AssignTariff, now: datetime) -> list[Effect]:
    """The point has this tariff from now on; a session that runs keeps the one that it began with."""
    live = shard.known(message.cp_id)
    if live is None:
        return [answer(shard, message, f"{message.cp_id} is not a known charging point", now)]
    fault = TOO_LATE if now - message.ts > DECIDE_WITHIN else why_no_tariff(message.tariff)
    if fault is not None:
        return [answer(shard, message, fault, now)]
    live.point = changed(live.point, tariff=message.tariff, tariff_id=None, actor=message.actor)
    return [live.point, *show(shard, live, now), answer(shard, message, None, now)]


def on_limit(shard: Shard, message: LimitPoint, now: datetime) -> list[Effect]:
    """The point may give no more from now on; one that is away hears it once it is back."""
    live = shard.known(message.cp_id)
    if live is None:
        return [answer(shard, message, f"{message.cp_id} is not a known charging point", now)]
    if now - message.ts > DECIDE_WITHIN:
        return [answer(shard, message, TOO_LATE, now)]
    fault = why_no_limit(message.limit, live.status.power_w)
    if fault is not None:
        return [answer(shard, message, fault, now)]
    live.point = changed(live.point, limit=message.limit, actor=message.actor)
    return [live.point, limit(shard, live, now), *show(shard, live, now), answer(shard, message, None, now)]


def on_operator_request(shard: Shard, message: OperatorRequest, now: datetime) -> list[Effect]:
    """Stop and resume hold even for a point that is away; a hand at the point needs it to be there."""
    live = shard.known(message.cp_id)
    if live is None:
        return [answer(shard, message, f"{message.cp_id} is not a known charging point", now)]
    if now - message.ts > DECIDE_WITHIN:
        return [answer(shard, message, TOO_LATE, now)]
    stopped = ADMINISTRATIVE.get(message.action)
    if stopped is not None:
        live.point = changed(live.point, stopped=stopped, finishing=None, actor=message.actor)
        done: list[Effect] = [live.point, command(shard, live, message.action, now), *show(shard, live, now)]
        return [*done, answer(shard, message, None, now)]
    refusal = why_no_hand(live, message.action)
    moved = [] if refusal else [*by_hand(shard, live, message.action, now), *show(shard, live, now)]
    return [*moved, answer(shard, message, refusal, now)]


def on_stop_after_supply(shard: Shard, message: StopAfterSupply, now: datetime) -> list[Effect]:
    """Nobody may charge there any more but whoever does so now; where nobody does, it is a stop."""
    live = shard.known(message.cp_id)
    if live is None:
        return [answer(shard, message, f"{message.cp_id} is not a known charging point", now)]
    if now - message.ts > DECIDE_WITHIN:
        return [answer(shard, message, TOO_LATE, now)]
    was_stopped, session = live.is_stopped, live.session
    finishing = None if was_stopped or session is None else session.session_id
    live.point = changed(live.point, stopped=True, finishing=finishing, actor=message.actor)
    done = [command(shard, live, Action.STOP, now)] if live.is_stopped else []
    return [live.point, *done, *show(shard, live, now), answer(shard, message, None, now)]


def on_ack(shard: Shard, message: AckAlert, now: datetime) -> list[Effect]:
    """An alert that goes on is acknowledged; one that is so already stays as it is."""
    if now - message.ts > DECIDE_WITHIN:
        return [answer(shard, message, TOO_LATE, now)]
    alert = shard.alerts.named(message.alert_id)
    if alert is None or alert.cp_id != message.cp_id:
        return [answer(shard, message, f"{message.alert_id} does not go on: nothing is left to acknowledge", now)]
    return [*shard.alerts.acknowledge(alert, message, now), answer(shard, message, None, now)]


def answer(shard: Shard, message: OperatorOrder, refusal: str | None, now: datetime) -> OperatorAnswer:
    """The decision, as the answer to an order; what was done is not done again for the same ID."""
    if refusal is None:
        shard.did(message)
    return shard.say(
        OperatorAnswer,
        ts=now,
        request_id=message.request_id,
        cp_id=message.cp_id,
        refusal=refusal,
        asked_at=message.ts,
    )


def answer_again(shard: Shard, message: OperatorOrder, now: datetime) -> list[Effect]:
    """What was done already is not done again; an ID that was used for something else is refused."""
    before = shard.done[message.request_id]
    is_same = changed(before, ts=message.ts) == message
    return [answer(shard, message, None if is_same else USED, now)]


HANDLERS: Handlers = {
    RegisterPoint: on_register,
    OperatorRequest: on_operator_request,
    AssignTariff: on_assign,
    StopAfterSupply: on_stop_after_supply,
    LimitPoint: on_limit,
    AckAlert: on_ack,
}
