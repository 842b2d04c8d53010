"""What Central counts besides what every program does: sessions, bills, requests over HTTP."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evcharging.adapters.metrics import OTHER, Histogram, Sample
from evcharging.apps.shell import metrics as m
from evcharging.apps.shell.meters import WATT_HOUR, RecordMeter
from evcharging.common.amperes import VOLTS
from evcharging.common.messages_reservations import ReservationStatus
from evcharging.domain.alert import Alert, AlertCode, AlertState
from evcharging.domain.money import MICRO
from evcharging.domain.payment import UNSETTLED
from evcharging.domain.reservation import Reservation
from evcharging.domain.session import OPEN, Bill, Request, Session, SessionStatus
from evcharging.roles.central.central import Central
from evcharging.roles.live_view import LiveView
from evcharging.runtime.host import Host


class LedgerMeter:
    """Counts what is written into the ledger."""

    def __init__(self) -> None:
        self.observer = RecordMeter(
            {
                Session: self._on_session,
                Bill: self._on_bill,
                Request: self._on_request,
                Alert: self._on_alert,
                Reservation: self._on_reservation,
            }
        )
        self._ended: Counter[SessionStatus] = Counter()
        self._decided: Counter[str] = Counter()
        self._reserved: Counter[ReservationStatus] = Counter()
        self._alerts: Counter[tuple[AlertCode, AlertState]] = Counter()
        self._energy_mwh = 0
        self._micro_euros = 0

    def _on_session(self, session: Session) -> None:
        if not session.is_open and session.settled_at is None:
            self._ended[session.status] += 1

    def _on_bill(self, bill: Bill) -> None:
        self._energy_mwh += bill.energy_mwh
        self._micro_euros += bill.micro_euros

    def _on_reservation(self, reservation: Reservation) -> None:
        if not reservation.is_active:
            self._reserved[reservation.status] += 1

    def _on_request(self, request: Request) -> None:
        self._decided["ACCEPTED" if request.accepted else "DENIED"] += 1

    def _on_alert(self, alert: Alert) -> None:
        self._alerts[alert.rule, alert.state] += 1

    def samples(self) -> Iterator[Sample]:
        """What was counted."""
        for rule, state in product(AlertCode, AlertState):
            yield m.ALERTS_CHANGED, (rule.value, state.value), self._alerts[rule, state]
        for status in m.ENDED:
            yield m.SESSIONS_ENDED, (status.value,), self._ended[status]
        for decision in m.DECISIONS:
            yield m.REQUESTS_DECIDED, (decision,), self._decided[decision]
        for reserved in m.RESERVED:
            yield m.RESERVATIONS_ENDED, (reserved.value,), self._reserved[reserved]
        yield m.ENERGY_BILLED, (), self._energy_mwh / WATT_HOUR
        yield m.MONEY_BILLED, (), self._micro_euros / MICRO


def panel_samples(panel: LiveView) -> Iterator[Sample]:
    """What the panel shows, counted."""
    points = list(panel.points.values())
    states = Counter(point.state for point in points)
    open_sessions = Counter(point.session.status for point in points if point.session is not None)
    for state in m.STATES:
        yield m.POINTS, (state.value,), states[state]
    for status in OPEN:
        yield m.SESSIONS_OPEN, (status.value,), open_sessions[status.value]
    yield from _power_samples(panel)


def _power_samples(panel: LiveView) -> Iterator[Sample]:
    points = [point for power in [*panel.power.values()] for point in power.points]
    drawn, granted, wanted = (
        sum(ma * phases for ma, phases in currents) * VOLTS // 1000
        for currents in (
            [(point.measured_ma, point.phases) for point in points],
            [(point.granted_ma, point.phases) for point in points],
            [(point.wanted_ma, point.phases) for point in points],
        )
    )
    for kind, watts in (("drawn", drawn), ("granted", granted), ("wanted", wanted)):
        yield m.SITE_POWER, (kind,), watts
    yield m.WITHOUT_CURRENT, (), sum(point.wanted_ma > 0 and point.granted_ma == 0 for point in points)


def alert_samples(host: Host) -> Iterator[Sample]:
    """The alerts that go on of the points whose shards are here."""
    roles = [hosted.role for hosted in [*host.hosted_roles.values()]]
    unclosed = Counter(code for role in roles if isinstance(role, Central) for code in role.unclosed_alerts())
    for rule in AlertCode:
        yield m.ALERTS_UNCLOSED, (rule.value,), unclosed[rule]


def payment_samples(host: Host) -> Iterator[Sample]:
    """The payments that are not settled, of the points whose shards are here."""
    roles = [hosted.role for hosted in [*host.hosted_roles.values()]]
    unsettled = Counter(state for role in roles if isinstance(role, Central) for state in role.unsettled_payments())
    for state in UNSETTLED:
        yield m.PAYMENTS_UNSETTLED, (state.value,), unsettled[state]


class HttpMeter:
    """Measures requests: an ASGI app around another one."""

    def __init__(self, app: ASGIApp, durations: "HttpDurations") -> None:
        self._app = app
        self._durations = durations

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = perf_counter(), 500

        async def passing(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, passing)
        finally:
            route = getattr(scope.get("route"), "path", OTHER)
            self._durations.add((scope["method"], route, str(status)), perf_counter() - began)


class HttpDurations:
    """How long requests took, by method, route and status."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str, str], Histogram] = {}

    def add(self, labels: tuple[str, str, str], seconds: float) -> None:
        """One more request."""
        method, route, status = labels
        key = (method if method in m.METHODS else OTHER, route, status)
        histogram = self._found.get(key)
        if histogram is None:
            histogram = self._found[key] = Histogram(m.SECONDS)
        histogram.observe(seconds)

    def samples(self) -> Iterable[Sample]:
        """What was measured."""
        return [(m.HTTP_SECONDS, labels, histogram) for labels, histogram in self._found.items()]
