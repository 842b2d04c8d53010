"""Every order has its action in the commit of its effect, whatever it asks. Decides nothing."""

from collections.abc import Callable, Sequence
from datetime import datetime

from evcharging.common.messages import StopSupply
from evcharging.common.messages_operators import (
    EndSession,
    ForgetRun,
    OperatorAnswer,
    OperatorOrder,
    RegisterPoint,
    SettleSession,
)
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.noting import UNCHANGED, between
from evcharging.domain.charging_point import LastStatus, Point
from evcharging.domain.record import Record
from evcharging.domain.session import Session
from evcharging.roles.central.operators import answer_again
from evcharging.roles.central.shard import Shard
from evcharging.roles.role import NOTHING, Effect, Effects

REPEATED = (RegisterPoint, SettleSession)
"""What is said again and again and changes nothing then, as monitors do at each start: that is no action."""


def on_order(
    shard: Shard, order: OperatorOrder, decide: Callable[..., Effects] | None, now: datetime
) -> Sequence[Effect]:
    """Have it decided, and note what became of it; what was done already is not done again, and was noted."""
    if decide is None:
        return NOTHING
    is_again = order.request_id in shard.done
    before = _stands(shard, order)
    effects = answer_again(shard, order, now) if is_again else decide(shard, order, now)
    refusal = next((each.refusal for each in effects if type(each) is OperatorAnswer), None)
    if refusal is not None:
        return [*effects, *shard.actions.refused(order, refusal, now)]
    return effects if is_again else [*effects, *_done(shard, order, before, effects, now)]


def _done(
    shard: Shard, order: OperatorOrder, before: Record | None, effects: Effects, now: datetime
) -> list[OperatorAction]:
    """A hand at a point changes nothing that is kept here, and is noted all the same."""
    if isinstance(order, EndSession):
        # What it changes of the session, that says itself; what had ended so before is not ended again.
        is_told = any(isinstance(each, StopSupply) for each in effects)
        return shard.actions.done(order, UNCHANGED, now) if is_told else []
    kind = _kind(order)
    after = next((each for each in effects if isinstance(each, kind)), None)
    if after is None:
        return [] if isinstance(order, REPEATED) else shard.actions.done(order, UNCHANGED, now)
    return shard.actions.done(order, between(before or Point(cp_id=order.cp_id), after), now)


def _stands(shard: Shard, order: OperatorOrder) -> Record | None:
    """How that stands which an order may change."""
    if isinstance(order, SettleSession):
        return shard.open_session(order.cp_id, order.session_id) or shard.past_session(order.session_id)
    live = shard.points.get(order.cp_id)
    if live is None:
        return None
    return live.status if isinstance(order, ForgetRun) else live.point


def _kind(order: OperatorOrder) -> type[Record]:
    if isinstance(order, SettleSession):
        return Session
    return LastStatus if isinstance(order, ForgetRun) else Point
