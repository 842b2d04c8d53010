"""EV Central for one shard: hands each message to the concern that decides it. Decides nothing itself."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from evcharging.common.messages import DriverRequest, Message, SupplyEnded
from evcharging.common.messages_operators import (
    EndSession,
    FreeReservation,
    LookUpPayment,
    OperatorOrder,
    RefundPayment,
    SettleSession,
)
from evcharging.common.messages_queue import PointAsk, Want
from evcharging.common.messages_reservations import CancelReservation, ReleaseAsk, ReserveAsk, ReserveRequest
from evcharging.domain.alert import Alert, AlertCode
from evcharging.domain.catalogue import Catalogue
from evcharging.domain.charging_point import LastReading, LastStatus, Point
from evcharging.domain.hold import AnsweredAsk, Hold
from evcharging.domain.notice import NoticeCode
from evcharging.domain.numbering import ReceiptSeries
from evcharging.domain.payment import Payment, PaymentState
from evcharging.domain.record import Record
from evcharging.domain.reservation import Reservation
from evcharging.domain.session import Bill, Request, Session, SessionStatus
from evcharging.roles.cadences import FULL, Cadences
from evcharging.roles.central import (
    acting,
    asks,
    closing,
    comparing,
    ending,
    idle,
    idle_cost,
    minutes,
    operators,
    orders,
    paying,
    payments,
    presence,
    pricing,
    readings,
    requests,
    reservations,
    retiring,
    signs,
    site_bookings,
    supplies,
)
from evcharging.roles.central import point_view as showing
from evcharging.roles.central import resolving as settling
from evcharging.roles.central.shard import Handlers, LivePoint, Shard
from evcharging.roles.role import NOTHING, ClockStepped, Effect, Effects, Input, Started, Stopping

CONCERNS = (
    signs,
    readings,
    presence,
    requests,
    asks,
    reservations,
    site_bookings,
    supplies,
    paying,
    comparing,
    operators,
    settling,
    ending,
    retiring,
    pricing,
)

_HANDLERS: Handlers = {kind: handler for concern in CONCERNS for kind, handler in concern.HANDLERS.items()}

_TIMEOUTS: dict[str, Callable[[Shard, str, datetime], list[Effect]]] = {
    asks.HELD: asks.on_held_for_long,
    closing.AWAITED: supplies.on_start_timeout,
    idle.UNHEARD: idle.on_unheard,
    idle_cost.IDLE_COST: idle_cost.on_due,
    paying.HOLD: paying.on_held_too_late,
    paying.BEGIN: paying.on_begin_due,
    payments.PAYMENT: payments.on_due,
    presence.FORGOTTEN: supplies.on_forgotten,
    retiring.RETIRED: retiring.on_retired_for_long,
    readings.SHOW_READINGS: readings.show_readings,
    readings.KEEP_READINGS: readings.keep_readings,
    minutes.MINUTE: minutes.on_over,
    readings.READINGS: readings.on_readings_due,
    presence.ROLL_CALL: presence.on_roll_called,
    presence.SILENCE: presence.on_silence,
    showing.RESERVED: reservations.on_due,
    showing.AGAIN: showing.show_again,
    showing.ALERT: showing.on_alert_due,
    signs.ALIVE: signs.on_alive_due,
    pricing.CHANGE: pricing.on_change,
}


class Central:
    """One shard of charging points. `points`, their `statuses`, `sessions` (open ones), `readings` (of these), `held`
    sessions, whose bills are held, `alerts` (those that go on), `holds` (points that are kept), `asks` (those that
    sites have answers to), `reserved` (active reservations), `payments` (unsettled ones) with their `bills`, the
    `series` of receipts, and the `catalogue` of published tariffs are what the store has of it."""

    def __init__(
        self,
        name: str,
        epoch: int,
        *,
        points: Iterable[Point] = (),
        statuses: Iterable[LastStatus] = (),
        sessions: Iterable[Session] = (),
        readings: Iterable[LastReading] = (),
        held: Iterable[Session] = (),
        alerts: Iterable[Alert] = (),
        holds: Iterable[Hold] = (),
        asks: Iterable[AnsweredAsk] = (),
        reserved: Iterable[Reservation] = (),
        payments: Iterable[Payment] = (),
        bills: Iterable[Bill] = (),
        series: Iterable[ReceiptSeries] = (),
        catalogue: Catalogue | None = None,
        cadences: Cadences = FULL,
    ) -> None:
        self.deadline: datetime | None = None
        self._shard = Shard(name, epoch, cadences, series)
        self._shard.catalogue = catalogue or Catalogue()
        self._shard.alerts.resume(alerts)
        self._shard.asks = {ask.place: ask for ask in asks}
        self._holds = {hold.cp_id: hold for hold in holds if hold.request_id is not None}
        self._held = tuple(held)
        self._reserved = tuple(reserved)
        self._payments = tuple(payments), tuple(bills)
        self._points = tuple(points)
        self._statuses = {status.cp_id: status for status in statuses}
        self._sessions = tuple(sessions)
        self._readings = {reading.session_id: reading for reading in readings}

    def on_message(self, message: Input, now: datetime) -> Effects:
        handler = _HANDLERS.get(type(message))
        if isinstance(message, OperatorOrder):
            effects: Effects = acting.on_order(self._shard, message, handler, now)
        elif handler is not None:
            effects = handler(self._shard, message, now)
        elif isinstance(message, Started):
            effects = self._on_started(now)
        elif isinstance(message, Stopping):
            effects = minutes.on_over(self._shard, "", now)
        elif isinstance(message, ClockStepped):
            self._shard.shift(message.by)
            effects = [*pricing.on_clock_set(self._shard, now), *reservations.on_clock_set(self._shard, now)]
        else:
            effects = NOTHING
        self.deadline = self._shard.timers.earliest
        return effects

    def on_deadline(self, now: datetime) -> Effects:
        effects: list[Effect] = []
        while due := self._shard.timers.pop_due(now):
            kind, key = due
            effects += _TIMEOUTS[kind](self._shard, key, now)
        self.deadline = self._shard.timers.earliest
        return effects

    def _on_started(self, now: datetime) -> list[Effect]:
        shard = self._shard
        for point in self._points:
            status = self._statuses.get(point.cp_id) or LastStatus(cp_id=point.cp_id)
            live = shard.points[point.cp_id] = LivePoint(point, status, now)
            live.hold = self._holds.get(point.cp_id)
            asks.keep_on(shard, live, now)
        for reservation in self._reserved:
            shard.keep_reservation(reservation)
        effects: list[Effect] = []
        for session in self._sessions:
            effects += self._resume(session, now)
        for live in shard.points.values():
            effects += showing.show(shard, live, now)
            reservations.resume(shard, live, now)
        for session in self._held:
            effects += shard.alerts.hold(shard.points[session.cp_id].point, session, now)
        suspect = {session.session_id for session in self._held}
        effects += payments.resume(shard, *self._payments, suspect, now)
        showing.plan_again(shard, now)
        signs.plan(shard, now)
        pricing.plan(shard, now)
        if shard.name == "0":
            effects += showing.notice(shard, NoticeCode.CENTRAL_OK, None, now)
        return effects

    def _resume(self, session: Session, now: datetime) -> list[Effect]:
        """Go on with a session that an earlier run left open."""
        shard = self._shard
        live = shard.points[session.cp_id]
        live.session = session
        kept = self._readings.get(session.session_id)
        live.meter.register_mwh = kept.register_mwh if kept else session.register_start_mwh
        live.meter.is_counted = False
        if session.status is SessionStatus.HOLDING:
            paying.resume(shard, session, now)
        elif session.status is SessionStatus.AUTHORISED:
            shard.timers.set(closing.AWAITED, session.cp_id, now + supplies.start_within(live.status))
        elif session.status is SessionStatus.IDLE:
            idle.resume(shard, live, session, now)
        else:
            readings.watch(shard, live, now)
        if live.point.retired_at is not None:
            shard.timers.set(retiring.RETIRED, session.cp_id, now + retiring.ENDS_WITHIN)
        return [orders.query(shard, live, now)]

    def unclosed_alerts(self) -> list[AlertCode]:
        """The rules of the alerts that go on here."""
        return self._shard.alerts.rules()

    def unsettled_payments(self) -> list[PaymentState]:
        """How the payments stand of which something is held, or asked."""
        return [] if self._shard.payments is None else self._shard.payments.states()

    def forgotten(self, message: Message) -> Sequence[tuple[type[Record], str]]:
        """The decision that a request, a final reading or an order is about, when it is no longer in mind, and what the
        ledger may have of the tariffs that it is decided by."""
        asked: Sequence[tuple[type[Record], str]] = ()
        match message:
            case DriverRequest():
                asked = self._of_request(message)
            case PointAsk() if message.want is Want.START and self._shard.request(message.request_id) is None:
                asked = self._of_request(message)
            case ReserveRequest() | CancelReservation() | FreeReservation() | ReserveAsk() | ReleaseAsk():
                return reservations.to_look_up(self._shard, message)
            case SupplyEnded() | SettleSession() | EndSession():
                asked = self._of_session(message, message.session_id)
            case RefundPayment() | LookUpPayment():
                return payments.to_look_up(self._shard, message.session_id)
        return asked or pricing.news_of(self._shard, message)

    def _of_request(self, message: DriverRequest | PointAsk) -> Sequence[tuple[type[Record], str]]:
        known = self._shard.request(message.request_id)
        if known is None:
            return [(Request, message.request_id), *pricing.to_look_up(self._shard, message.cp_id)]
        if known.session_id and not self._shard.is_known(Session, message, known.session_id):
            return [(Session, known.session_id)]
        return []

    def _of_session(self, message: Message, session_id: str) -> Sequence[tuple[type[Record], str]]:
        if self._shard.is_known(Session, message, session_id):
            return []
        return [(Session, session_id), *payments.to_look_up(self._shard, session_id)]

    def remember(self, record: Record) -> None:
        """Take a decision back into mind, or what another role has decided."""
        if isinstance(record, Request | Session | Reservation):
            self._shard.keep(record)
        elif isinstance(record, Payment | Bill):
            payments.remember(self._shard, record)
        else:
            self._shard.catalogue.learn(record)
