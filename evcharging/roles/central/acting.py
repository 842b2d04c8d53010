"""Every order has its action in the commit of its effect, whatever it asks. Decides nothing."""

from collections.abc import Callable, Sequence
from datetime import datetime

from evcharging.common.messages import CentralCommand, SetLimit, StopSupply
from evcharging.common.messages_operators import (
    AckAlert,
    EndSession,
    ForgetRun,
    FreeReservation,
    OperatorAnswer,
    OperatorOrder,
    RefundPayment,
    SettleSession,
)
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.noting import UNCHANGED, between
from evcharging.domain.alert import Alert
from evcharging.domain.charging_point import LastStatus, Point
from evcharging.domain.payment import Payment
from evcharging.domain.record import Record
from evcharging.domain.reservation import Reservation
from evcharging.domain.session import Session
from evcharging.roles.central.operators import answer_again
from evcharging.roles.central.payments import payment_of
from evcharging.roles.central.shard import Shard
from evcharging.roles.role import NOTHING, Effect, Effects

ABOUT_SESSIONS = (SettleSession, EndSession)
COMMANDS = (CentralCommand, SetLimit, StopSupply)
"""What engines are told by an order."""


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
    """What changes nothing, and tells no engine anything, is no action: points register again at each start."""
    kind = _kind(order)
    after = next((each for each in effects if isinstance(each, kind)), None)
    if after is None:
        is_told = any(isinstance(each, COMMANDS) for each in effects)
        return shard.actions.done(order, UNCHANGED, now) if is_told else []
    return shard.actions.done(order, between(before or Point(cp_id=order.cp_id), after), now)


def _stands(shard: Shard, order: OperatorOrder) -> Record | None:
    """How that stands which an order may change."""
    if isinstance(order, ABOUT_SESSIONS):
        return shard.open_session(order.cp_id, order.session_id) or shard.past_session(order.session_id)
    if isinstance(order, AckAlert):
        return shard.alerts.named(order.alert_id)
    if isinstance(order, RefundPayment):
        return payment_of(shard, order.session_id)
    if isinstance(order, FreeReservation):
        return shard.reservation(order.reservation_id)
    live = shard.points.get(order.cp_id)
    if live is None:
        return None
    return live.status if isinstance(order, ForgetRun) else live.point


def _kind(order: OperatorOrder) -> type[Record]:
    if isinstance(order, ABOUT_SESSIONS):
        return Session
    if isinstance(order, AckAlert):
        return Alert
    if isinstance(order, RefundPayment):
        return Payment
    if isinstance(order, FreeReservation):
        return Reservation
    return LastStatus if isinstance(order, ForgetRun) else Point
