"""The alerts of one shard: each opens, is acknowledged and closes in the commit of what it is about. The rules are
elsewhere."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from evcharging.common.messages_operators import AckAlert
from evcharging.domain.alert import OF_POINTS, Alert, AlertCode, AlertRule, PointFacts, acknowledged, closed, opened
from evcharging.domain.charging_point import Point
from evcharging.domain.session import HELD, Session

Topic = tuple[AlertCode, str]
"""A rule and what it looks at."""


class ShardAlerts:
    """Those that go on, and since when a rule holds where that is not for long enough yet; `reference` gives an ID that
    nothing else has."""

    def __init__(self, reference: Callable[[], str]) -> None:
        self._reference = reference
        self._unclosed: dict[Topic, Alert] = {}
        self._began: dict[Topic, datetime] = {}

    def resume(self, alerts: Iterable[Alert]) -> None:
        """Go on with what an earlier run left open."""
        self._unclosed.update({(alert.rule, alert.subject): alert for alert in alerts})

    def shift(self, by: timedelta) -> None:
        """The clock was set: move the moments that are waited from."""
        self._began = {topic: at + by for topic, at in self._began.items()}

    def look(self, point: Point, session_id: str | None, facts: PointFacts, now: datetime) -> list[Alert]:
        """What opens and closes of a point, as it stands now."""
        return [alert for rule in OF_POINTS if (alert := self._judged(rule, point, session_id, facts, now))]

    def next_due(self, cp_id: str) -> datetime | None:
        """When to look at a point again, though nothing is heard of it."""
        due = (at + rule.after for rule in OF_POINTS if (at := self._began.get((rule.code, cp_id))))
        return min(due, default=None)

    def hold(self, point: Point, session: Session, now: datetime) -> list[Alert]:
        """The bill of a session is held."""
        if (AlertCode.BILL_HELD, session.session_id) in self._unclosed:
            return []
        why = (session.detail or "").removesuffix(HELD)
        return [self._open(AlertCode.BILL_HELD, point, session.session_id, why, now, now)]

    def release(self, session_id: str, now: datetime) -> list[Alert]:
        """A session is billed."""
        return self._close((AlertCode.BILL_HELD, session_id), now)

    def named(self, alert_id: str) -> Alert | None:
        """One that goes on, by its ID."""
        return next((alert for alert in self._unclosed.values() if alert.alert_id == alert_id), None)

    def acknowledge(self, alert: Alert, order: AckAlert, now: datetime) -> Alert:
        """Somebody has seen one that goes on: how it stands then."""
        after = self._unclosed[alert.rule, alert.subject] = acknowledged(alert, order, now)
        return after

    def _judged(
        self, rule: AlertRule, point: Point, session_id: str | None, facts: PointFacts, now: datetime
    ) -> Alert | None:
        topic = rule.code, point.cp_id
        holds = not facts.retired and rule.holds is not None and rule.holds(facts)
        if not holds:
            self._began.pop(topic, None)
            return None if holds is None else next(iter(self._close(topic, now)), None)
        if topic in self._unclosed:
            return None
        since = self._began.setdefault(topic, now)
        if now < since + rule.after:
            return None
        del self._began[topic]
        return self._open(rule.code, point, session_id, facts.trouble, since, now)

    def _open(
        self, code: AlertCode, point: Point, session_id: str | None, detail: str | None, since: datetime, now: datetime
    ) -> Alert:
        alert = opened(
            code,
            self._reference(),
            now,
            since=since,
            cp_id=point.cp_id,
            site_id=point.site_id,
            session_id=session_id,
            detail=detail,
        )
        self._unclosed[code, alert.subject] = alert
        return alert

    def _close(self, topic: Topic, now: datetime) -> list[Alert]:
        alert = self._unclosed.pop(topic, None)
        return [] if alert is None else [closed(alert, now)]
