"""EV Central for one shard: hands each message to the concern that decides it. Decides nothing itself."""

from collections.abc import Callable, Iterable
from datetime import datetime

from evcharging.common.messages import (
    CPStatus,
    CPTelemetry,
    DriverRequest,
    HealthReport,
    Message,
    MonitorDisconnected,
    OperatorRequest,
    RegisterPoint,
    SettleSession,
    SupplyAwaited,
    SupplyEnded,
    SupplyRefused,
    SupplyStarted,
)
from evcharging.domain.charging_point import Point
from evcharging.domain.record import Record
from evcharging.domain.session import Request, Session, SessionStatus
from evcharging.roles.central import operators, presence, requests, settling, showing, supplies
from evcharging.roles.central.shard import LivePoint, Shard
from evcharging.roles.role import NOTHING, Effect, Effects, Input, Started

_HANDLERS: dict[type[Input], Callable[..., Effects]] = {
    CPTelemetry: supplies.on_telemetry,
    HealthReport: presence.on_report,
    CPStatus: presence.on_status,
    MonitorDisconnected: presence.on_monitor_disconnected,
    DriverRequest: requests.on_driver_request,
    SupplyStarted: supplies.on_started,
    SupplyAwaited: supplies.on_awaited,
    SupplyRefused: supplies.on_refused,
    SupplyEnded: supplies.on_ended,
    RegisterPoint: operators.on_register,
    OperatorRequest: operators.on_operator_request,
    SettleSession: settling.on_settle,
}

_TIMEOUTS: dict[str, Callable[[Shard, str, datetime], list[Effect]]] = {
    supplies.AWAITED: supplies.on_start_timeout,
    supplies.SHOW_READINGS: supplies.show_readings,
    presence.SILENCE: presence.on_silence,
    showing.AGAIN: showing.show_again,
}


class Central:
    """One shard of charging points. `points` and `sessions` (open ones) are what the store has of it."""

    def __init__(
        self, name: str, epoch: int, *, points: Iterable[Point] = (), sessions: Iterable[Session] = ()
    ) -> None:
        self.deadline: datetime | None = None
        self._shard = Shard(name, epoch)
        self._points = tuple(points)
        self._sessions = tuple(sessions)

    def on_message(self, message: Input, now: datetime) -> Effects:
        handler = _HANDLERS.get(type(message))
        if handler is not None:
            effects = handler(self._shard, message, now)
        else:
            effects = self._on_started(now) if isinstance(message, Started) else NOTHING
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
            shard.points[point.cp_id] = LivePoint(point, now)
        effects: list[Effect] = []
        for session in self._sessions:
            live = shard.points[session.cp_id]
            live.session = session
            effects.append(presence.query(shard, live, now))
            if session.status is SessionStatus.AUTHORISED:
                shard.timers.set(supplies.AWAITED, session.cp_id, now + requests.START_WITHIN)
        for live in shard.points.values():
            effects += showing.show(shard, live, now)
        shard.timers.set(showing.AGAIN, "", now + showing.AGAIN_EVERY)
        if shard.name == "0":
            effects += showing.notice(shard, "info", "Central status OK", None, now)
        return effects

    def forgotten(self, message: Message) -> tuple[type[Record], str] | None:
        """The decision that a request, a final reading or a settlement is about, when it is no longer in mind."""
        shard = self._shard
        if isinstance(message, DriverRequest):
            known = shard.request(message.request_id)
            if known is None:
                return Request, message.request_id
            if known.session_id and not shard.is_known(Session, message, known.session_id):
                return Session, known.session_id
        elif isinstance(message, SupplyEnded | SettleSession) and not shard.is_known(
            Session, message, message.session_id
        ):
            return Session, message.session_id
        return None

    def remember(self, record: Record) -> None:
        """Take a decision back into mind."""
        if isinstance(record, Request | Session):
            self._shard.keep(record)
