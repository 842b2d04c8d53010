"""What payments decide of sessions: one begins once money is held for it, and is refused where none is."""

from datetime import datetime, timedelta

from evcharging.common.messages import EndReason
from evcharging.common.messages_operators import LookUpPayment, RefundPayment
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.alert import BY_CODE, AlertCode
from evcharging.domain.charging_point import Point
from evcharging.domain.holding import paid_by
from evcharging.domain.payment import Payment, PaymentState, RefundAsked
from evcharging.domain.payment_steps import heard, known_refund, looked_up, refunded, why_no_refund
from evcharging.domain.session import Session, SessionStatus
from evcharging.roles.central import payments
from evcharging.roles.central.closing import fail
from evcharging.roles.central.operators import answer
from evcharging.roles.central.orders import extend
from evcharging.roles.central.point_view import show, state_of
from evcharging.roles.central.room import why_unusable
from evcharging.roles.central.shard import Handlers, LivePoint, Shard
from evcharging.roles.central.starting import let_begin
from evcharging.roles.orders import DECIDE_WITHIN, TOO_LATE, USED
from evcharging.roles.role import Effect, ProviderDone

HOLD = "money held"
HOLD_WITHIN = timedelta(seconds=20)
"""How long a session waits for the provider to hold money."""

BEGIN = "held, and not begun"
BEGIN_EVERY = timedelta(seconds=1)
"""How often it is looked whether a point can be reached for which money is held."""

NO_CARD = "no card was named: add one, or name a payment method"
AWAY = "the payment provider does not answer: try again later"
TOO_LITTLE = "what can be held on the card does not cover the least that a charge costs"
DECLINED = "the card was declined"
NO_ANSWER = "the provider does not answer; see that it can be reached"


def hold(shard: Shard, live: LivePoint, session: Session, method: str | None, now: datetime) -> list[Effect]:
    """Have money held for a session, or let it begin with what is held since an earlier try."""
    method = method or (shard.payments.terms.method if shard.payments else None)
    if method is None:
        return refuse(shard, session, NO_CARD, now)
    shard.timers.set(HOLD, session.cp_id, now + HOLD_WITHIN)
    effects = payments.request(shard, session, method, live.status.power_w, now)
    payment = payments.payment_of(shard, session.session_id)
    return [*effects, *(_on_held(shard, payment, now) if payment and payment.state is PaymentState.HELD else [])]


def refuse(shard: Shard, session: Session, reason: str, now: datetime) -> list[Effect]:
    """There is no money for a session: its driver is told, and its point is free again."""
    shard.timers.cancel(HOLD, session.cp_id)
    shard.timers.cancel(BEGIN, session.cp_id)
    shard.points[session.cp_id].reserved.did_not_begin(session)
    return fail(shard, session, reason, now, EndReason.NO_HOLD)


def on_done(shard: Shard, done: ProviderDone, now: datetime) -> list[Effect]:
    """The provider has answered, or nobody knows what came of it."""
    payment = payments.payment_of(shard, done.session_id)
    if payment is None:
        return []
    after = (looked_up if done.is_look else heard)(payment, done.key, done.outcome, now)
    effects = [*payments.step(shard, payment, after, now), *_follow(shard, payment, after, now)]
    current = payments.payment_of(shard, done.session_id)
    if current is None:
        return effects
    payments.plan(shard, current)
    return [*effects, *_waits(shard, current, now)]


def _waits(shard: Shard, payment: Payment, now: datetime) -> list[Effect]:
    """A capture that takes too long is an alert, until it is over."""
    operation, live = payment.operation, shard.points.get(payment.cp_id)
    if payment.state is not PaymentState.CAPTURING or operation is None:
        return shard.alerts.end(AlertCode.CAPTURE_WAITS, payment.session_id, now)
    since = operation.ordered_at
    if now - since < BY_CODE[AlertCode.CAPTURE_WAITS].after:
        return []
    point = live.point if live else Point(cp_id=payment.cp_id)
    return shard.alerts.begin(AlertCode.CAPTURE_WAITS, point, payment.session_id, NO_ANSWER, since, now)


def _follow(shard: Shard, before: Payment, after: Payment, now: datetime) -> list[Effect]:
    """What it means for the session."""
    live = shard.points.get(after.cp_id)
    session = shard.open_session(after.cp_id, after.session_id)
    if live is None or session is None:
        return []
    if session.status is SessionStatus.HOLDING:
        if after.state is PaymentState.HELD:
            return _on_held(shard, after, now)
        return refuse(shard, session, _why(after), now) if not after.is_unsettled else []
    if after.held_cents <= before.held_cents:
        return []
    paid = paid_by(session, live.status.power_w, after.held_cents)
    return [extend(shard, session, paid, now)] if paid else []


def _on_held(shard: Shard, payment: Payment, now: datetime) -> list[Effect]:
    """Money is held: the session begins, if its point still can."""
    live = shard.points[payment.cp_id]
    session = shard.open_session(payment.cp_id, payment.session_id)
    if session is None or session.status is not SessionStatus.HOLDING:
        return []
    if state_of(live) is CPState.DISCONNECTED:
        # A Central that has just begun has not heard of it yet.
        shard.timers.set(BEGIN, session.cp_id, now + BEGIN_EVERY)
        return []
    shard.timers.cancel(HOLD, session.cp_id)
    paid = paid_by(session, live.status.power_w, payment.held_cents)
    reason = why_unusable(live) or (TOO_LITTLE if paid is None else None)
    if reason is not None:
        return refuse(shard, session, reason, now)
    live.session = session = changed(session, status=SessionStatus.AUTHORISED)
    return [session, *let_begin(shard, live, session, paid, now), *show(shard, live, now)]


def on_held_too_late(shard: Shard, cp_id: str, now: datetime) -> list[Effect]:
    """The provider has not answered in time, or the point cannot be reached."""
    live = shard.points.get(cp_id)
    session = live.session if live else None
    if live is None or session is None or session.status is not SessionStatus.HOLDING:
        return []
    payment = payments.payment_of(shard, session.session_id)
    is_held = payment is not None and payment.state is PaymentState.HELD
    return refuse(shard, session, (why_unusable(live) if is_held else None) or AWAY, now)


def on_begin_due(shard: Shard, cp_id: str, now: datetime) -> list[Effect]:
    """Look again whether the point can be reached."""
    live = shard.points.get(cp_id)
    payment = payments.payment_of(shard, live.session.session_id) if live and live.session else None
    is_held = payment is not None and payment.state is PaymentState.HELD
    return _on_held(shard, payment, now) if payment is not None and is_held else []


def resume(shard: Shard, session: Session, now: datetime) -> None:
    """An earlier run left a session without money; its payment asks again."""
    shard.timers.set(HOLD, session.cp_id, now + HOLD_WITHIN)
    shard.timers.set(BEGIN, session.cp_id, now + BEGIN_EVERY)


def on_refund(shard: Shard, order: RefundPayment, now: datetime) -> list[Effect]:
    """Pay some of what was captured back."""
    payment = payments.payment_of(shard, order.session_id)
    if payment is None or payment.cp_id != order.cp_id:
        return [answer(shard, order, f"{order.session_id} was not paid", now)]
    known = known_refund(payment, order.request_id)
    if known is None:
        reason = TOO_LATE if now - order.ts > DECIDE_WITHIN else why_no_refund(payment, order.cents)
    else:
        reason = None if (known.cents, known.note) == (order.cents, order.note) else USED
    if reason is not None:
        return [answer(shard, order, reason, now)]
    asked = RefundAsked(request_id=order.request_id, cents=order.cents, at=now, note=order.note, actor=order.actor)
    return [*payments.step(shard, payment, refunded(payment, asked), now), answer(shard, order, None, now)]


def on_look_up(shard: Shard, order: LookUpPayment, now: datetime) -> list[Effect]:
    """Ask the provider how a payment stands."""
    payment = payments.payment_of(shard, order.session_id)
    if payment is None or payment.cp_id != order.cp_id:
        return [answer(shard, order, f"{order.session_id} was not paid", now)]
    righted = payments.put_right(shard, payment.session_id, now) if _is_left_over(shard, payment) else []
    return [*righted, *payments.ask(shard, payment, now, is_look=True), answer(shard, order, None, now)]


def _is_left_over(shard: Shard, payment: Payment) -> bool:
    """Whether something is held, and its session is over, as it may be that ended while nobody was asked to pay."""
    is_idle = payment.state is PaymentState.HELD and payment.operation is None and shard.payments is not None
    is_open = shard.open_session(payment.cp_id, payment.session_id) is not None
    is_waited_for = is_open or shard.alerts.is_held(payment.session_id)
    return is_idle and not is_waited_for


def _why(payment: Payment) -> str:
    return f"{DECLINED}: {payment.code}" if payment.code else DECLINED


HANDLERS: Handlers = {
    ProviderDone: on_done,
    RefundPayment: on_refund,
    LookUpPayment: on_look_up,
}
