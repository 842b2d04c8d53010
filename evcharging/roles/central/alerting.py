"""The alerts of one shard: each opens, is acknowledged and closes in the commit of what it is about. The rules are
elsewhere."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from evcharging.common.messages_alerts import AlertEvent, AlertSaid
from evcharging.common.messages_operators import AckAlert
from evcharging.domain.alert import OF_POINTS, Alert, AlertCode, AlertRule, PointFacts, acknowledged, closed, opened
from evcharging.domain.charging_point import Point
from evcharging.domain.session import HELD, Session
from evcharging.roles.role import Effect

Topic = tuple[AlertCode, str]
"""A rule and what it looks at."""


class ShardAlerts:
    """Those that go on, and since when a rule holds where that is not for long enough yet; `reference` gives an ID that
    nothing else has, and `say` a message its number."""

    def __init__(self, reference: Callable[[], str], say: Callable[..., AlertSaid]) -> None:
        self._reference = reference
        self._say = say
        self._unclosed: dict[Topic, Alert] = {}
        self._began: dict[Topic, datetime] = {}

    def resume(self, alerts: Iterable[Alert]) -> None:
        """Go on with what an earlier run left open."""
        self._unclosed.update({(alert.rule, alert.subject): alert for alert in alerts})

    def shift(self, by: timedelta) -> None:
        """The clock was set: move the moments that are waited from."""
        self._began = {topic: at + by for topic, at in self._began.items()}

    def look(self, point: Point, session_id: str | None, facts: PointFacts, now: datetime) -> list[Effect]:
        """What opens and closes of a point, as it stands now."""
        return [each for rule in OF_POINTS for each in self._judged(rule, point, session_id, facts, now)]

    def next_due(self, cp_id: str) -> datetime | None:
        """When to look at a point again, though nothing is heard of it."""
        due = (at + rule.after for rule in OF_POINTS if (at := self._began.get((rule.code, cp_id))))
        return min(due, default=None)

    def hold(self, point: Point, session: Session, now: datetime) -> list[Effect]:
        """The bill of a session is held."""
        why = (session.detail or "").removesuffix(HELD)
        return self.begin(AlertCode.BILL_HELD, point, session.session_id, why, now, now)

    def release(self, session_id: str, now: datetime) -> list[Effect]:
        """A session is billed."""
        return self.end(AlertCode.BILL_HELD, session_id, now)

    def begin(
        self, code: AlertCode, point: Point, session_id: str, detail: str, since: datetime, now: datetime
    ) -> list[Effect]:
        """By a rule of sessions, something is so of one; nothing comes of it where that is known."""
        return [] if (code, session_id) in self._unclosed else self._open(code, point, session_id, detail, since, now)

    def end(self, code: AlertCode, session_id: str, now: datetime) -> list[Effect]:
        """It is so no more."""
        return self._close((code, session_id), now)

    def subjects(self, code: AlertCode) -> list[str]:
        """What the alerts of a rule are about."""
        return [subject for rule, subject in self._unclosed if rule is code]

    def is_held(self, session_id: str) -> bool:
        """Whether the bill of a session is held."""
        return (AlertCode.BILL_HELD, session_id) in self._unclosed

    def rules(self) -> list[AlertCode]:
        """The rules of those that go on."""
        return [code for code, _ in self._unclosed]

    def named(self, alert_id: str) -> Alert | None:
        """One that goes on, by its ID."""
        return next((alert for alert in self._unclosed.values() if alert.alert_id == alert_id), None)

    def acknowledge(self, alert: Alert, order: AckAlert, now: datetime) -> list[Effect]:
        """Somebody has seen one that goes on; nothing comes of it where somebody has before."""
        after = self._unclosed[alert.rule, alert.subject] = acknowledged(alert, order, now)
        return [] if after is alert else self._told(after, AlertEvent.ACKNOWLEDGED, now)

    def _judged(
        self, rule: AlertRule, point: Point, session_id: str | None, facts: PointFacts, now: datetime
    ) -> list[Effect]:
        topic = rule.code, point.cp_id
        holds = not facts.retired and rule.holds is not None and rule.holds(facts)
        if not holds:
            self._began.pop(topic, None)
            return [] if holds is None else self._close(topic, now)
        if topic in self._unclosed:
            return []
        since = self._began.setdefault(topic, now)
        if now < since + rule.after:
            return []
        del self._began[topic]
        return self._open(rule.code, point, session_id, facts.trouble, since, now)

    def _open(
        self, code: AlertCode, point: Point, session_id: str | None, detail: str | None, since: datetime, now: datetime
    ) -> list[Effect]:
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
        return self._told(alert, AlertEvent.OPENED, now)

    def _close(self, topic: Topic, now: datetime) -> list[Effect]:
        alert = self._unclosed.pop(topic, None)
        return [] if alert is None else self._told(closed(alert, now), AlertEvent.CLOSED, now)

    def _told(self, alert: Alert, event: AlertEvent, now: datetime) -> list[Effect]:
        """An alert as it stands from now on, and the word of it for those who are told by webhooks."""
        said = self._say(
            AlertSaid,
            ts=now,
            event=event,
            alert_id=alert.alert_id,
            rule=alert.rule.value,
            severity=alert.severity,
            cp_id=alert.cp_id,
            text=alert.text,
            since=alert.since,
            opened_at=alert.opened_at,
            site_id=alert.site_id,
            session_id=alert.session_id,
            acknowledged_at=alert.acknowledged_at,
            acknowledged_by=alert.acknowledged_by,
            note=alert.note,
            closed_at=alert.closed_at,
        )
        return [alert, said]
