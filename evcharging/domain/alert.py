"""Alerts: the one table of rules, and what becomes of an alert. Knows no message bus, store or clock."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Literal

from evcharging.common.messages_operators import AckAlert, Actor
from evcharging.common.utils import Frozen, changed
from evcharging.domain.record import Record

Severity = Literal["warning", "error"]


class AlertCode(StrEnum):
    """A rule, in a word that does not change."""

    FAULT = "fault"
    OFFLINE = "offline"
    UNANNOUNCED = "unannounced"
    NO_READINGS = "no_readings"
    LIMIT_NOT_KEPT = "limit_not_kept"
    OVERLOAD = "overload"
    IDLE_LONG = "idle_long"
    RESERVED_IN_VAIN = "reserved_in_vain"
    BILL_HELD = "bill_held"
    CAPTURE_WAITS = "capture_waits"
    PAYMENT_DIFFERENCE = "payment_difference"


class AlertState(StrEnum):
    """How far an alert is. ACKNOWLEDGED: somebody has seen it, and it goes on. CLOSED: what it is about has ended."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


UNCLOSED = (AlertState.OPEN, AlertState.ACKNOWLEDGED)
"""Those that go on."""


class PointFacts(Frozen, frozen=True, kw_only=True):
    """What rules look at of a point. `linked`: its monitor is heard. `trouble`: what is wrong with its engine, where
    something is, but for readings that stay away; `announced`: it has said how it is. `has_readings`: whether the
    readings of its supply come, None where nobody knows yet. `limit_kept`: its engine keeps to the limit that it has,
    or has none. `overdrawn`: a vehicle draws more than it is offered. `occupied`: the vehicle of the last charge is
    still plugged in. `reserved_in_vain`: it is kept for a driver, and cannot serve."""

    linked: bool
    trouble: str | None = None
    announced: bool = True
    has_readings: bool | None = True
    limit_kept: bool = True
    overdrawn: bool = False
    occupied: bool = False
    reserved_in_vain: bool = False
    retired: bool = False


class AlertRule(Frozen, frozen=True, kw_only=True):
    """One rule: how grave it is, for how many seconds `holds` must be so before an alert opens, and how that reads.
    None: nobody knows, and what was open stays open. The rules of bills and payments look at no point."""

    code: AlertCode
    severity: Severity
    after_s: int
    title: str
    sentence: str
    closes: str
    holds: Callable[[PointFacts], bool | None] | None = None

    @property
    def after(self) -> timedelta:
        """For how long it must hold."""
        return timedelta(seconds=self.after_s)


def _where_heard(facts: PointFacts, holds: bool) -> bool | None:
    return holds if facts.linked else None


def _is_faulty(facts: PointFacts) -> bool | None:
    return _where_heard(facts, facts.announced and facts.trouble is not None)


def _has_no_readings(facts: PointFacts) -> bool | None:
    return None if facts.has_readings is None else _where_heard(facts, not facts.has_readings)


RULES: tuple[AlertRule, ...] = (
    AlertRule(
        code=AlertCode.FAULT,
        severity="error",
        after_s=0,
        title="Fault",
        sentence="{cp_id} is faulty: {detail}",
        closes="its engine is well again",
        holds=_is_faulty,
    ),
    AlertRule(
        code=AlertCode.OFFLINE,
        severity="error",
        after_s=60,
        title="Offline",
        sentence="{cp_id} is offline: no link to its monitor",
        closes="its monitor is heard again",
        holds=lambda facts: not facts.linked,
    ),
    AlertRule(
        code=AlertCode.UNANNOUNCED,
        severity="error",
        after_s=60,
        title="Engine not announced",
        sentence="{cp_id}: its monitor is there, and its engine has not announced itself",
        closes="its engine says how it is",
        holds=lambda facts: _where_heard(facts, not facts.announced),
    ),
    AlertRule(
        code=AlertCode.NO_READINGS,
        severity="error",
        after_s=20,
        title="No readings",
        sentence="{cp_id} supplies, and no readings come",
        closes="a reading comes, or the session ends",
        holds=_has_no_readings,
    ),
    AlertRule(
        code=AlertCode.LIMIT_NOT_KEPT,
        severity="warning",
        after_s=60,
        title="Limit not acknowledged",
        sentence="{cp_id} has not acknowledged its limit",
        closes="its engine acknowledges the limit",
        holds=lambda facts: not facts.limit_kept,
    ),
    AlertRule(
        code=AlertCode.OVERLOAD,
        severity="error",
        after_s=0,
        title="Overload",
        sentence="{cp_id}: its vehicle draws more than it is offered",
        closes="its engine has ended the supply, or the vehicle obeys",
        holds=lambda facts: _where_heard(facts, facts.overdrawn),
    ),
    AlertRule(
        code=AlertCode.IDLE_LONG,
        severity="warning",
        after_s=1800,
        title="Vehicle stays",
        sentence="{cp_id} is occupied: the vehicle stays plugged in after its charge",
        closes="the vehicle leaves, or the next charge begins",
        holds=lambda facts: _where_heard(facts, facts.occupied),
    ),
    AlertRule(
        code=AlertCode.RESERVED_IN_VAIN,
        severity="error",
        after_s=30,
        title="Reserved, and cannot serve",
        sentence="{cp_id} is kept for a driver who has reserved it, and cannot serve",
        closes="it can serve again, or the reservation is over",
        holds=lambda facts: facts.reserved_in_vain,
    ),
    AlertRule(
        code=AlertCode.BILL_HELD,
        severity="warning",
        after_s=0,
        title="Bill held",
        sentence="{cp_id}: the bill of {session_id} is held: {detail}",
        closes="the session is billed",
    ),
    AlertRule(
        code=AlertCode.CAPTURE_WAITS,
        severity="warning",
        after_s=900,
        title="Capture waits",
        sentence="{cp_id}: the bill of {session_id} is not captured yet: {detail}",
        closes="the provider has answered",
    ),
    AlertRule(
        code=AlertCode.PAYMENT_DIFFERENCE,
        severity="error",
        after_s=0,
        title="Payment differs",
        sentence="{session_id} is paid otherwise at the provider: {detail}",
        closes="a later comparison does not find it any more",
    ),
)
"""All of them. What an alert is about is a point; of bills and payments, a session."""

BY_CODE = {rule.code: rule for rule in RULES}
OF_SESSIONS = (AlertCode.BILL_HELD, AlertCode.CAPTURE_WAITS, AlertCode.PAYMENT_DIFFERENCE)
OF_POINTS = tuple(rule for rule in RULES if rule.holds is not None)


class Alert(Record, frozen=True, kw_only=True):
    """Something that somebody should look at, by a rule, once for each time that it begins: since when that is so
    (`since`), and from when to when there was an alert. Who acknowledged it first, when, and with which note. At most
    one of a rule goes on of a point, or of a session where that is what the rule is about."""

    key_field: ClassVar[str] = "alert_id"
    table: ClassVar[str] = "alerts"
    searched: ClassVar[tuple[str, ...]] = ("state", "rule", "cp_id", "site_id")
    moment: ClassVar[str] = "opened_at"
    texts: ClassVar[tuple[str, ...]] = ("alert_id", "cp_id", "text")

    alert_id: str
    rule: AlertCode
    severity: Severity
    state: AlertState
    cp_id: str
    since: datetime
    opened_at: datetime
    text: str
    session_id: str | None = None
    site_id: str | None = None
    closed_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: Actor | None = None
    note: str | None = None

    @property
    def subject(self) -> str:
        """What it is about."""
        return (self.session_id or "") if self.rule in OF_SESSIONS else self.cp_id


def opened(
    code: AlertCode,
    alert_id: str,
    now: datetime,
    *,
    since: datetime,
    cp_id: str,
    site_id: str | None,
    session_id: str | None = None,
    detail: str | None = None,
) -> Alert:
    """The alert that a rule opens."""
    rule = BY_CODE[code]
    return Alert(
        alert_id=alert_id,
        rule=code,
        severity=rule.severity,
        state=AlertState.OPEN,
        cp_id=cp_id,
        since=since,
        opened_at=now,
        text=rule.sentence.format(cp_id=cp_id, session_id=session_id, detail=detail),
        session_id=session_id,
        site_id=site_id,
    )


def closed(alert: Alert, now: datetime) -> Alert:
    """The alert, once what it is about has ended."""
    return changed(alert, state=AlertState.CLOSED, closed_at=now)


def acknowledged(alert: Alert, order: AckAlert, now: datetime) -> Alert:
    """The alert, once somebody has seen it; who did so first counts."""
    if alert.state is not AlertState.OPEN:
        return alert
    return changed(
        alert,
        state=AlertState.ACKNOWLEDGED,
        acknowledged_at=now,
        acknowledged_by=order.actor,
        note=order.note,
    )
