"""What HTTP shows of alerts; `views.py` says more of such structures."""

from typing import Annotated

from evcharging.apps.ev_central.bodies_access import Sent
from evcharging.apps.ev_central.views import Count, CpId, Moment, View, utc_or_none
from evcharging.apps.ev_central.views_ledger import ActorView, actor_view
from evcharging.common.lines import LINE_PATTERN
from evcharging.common.utils import bounded, shown, utc
from evcharging.domain.alert import Alert, AlertCode, AlertRule, AlertState, Severity


class AcknowledgedView(View, frozen=True, kw_only=True):
    """Who has seen an alert first, and what was noted."""

    at: Moment
    by: ActorView | None
    note: Annotated[str | None, shown("The electrician comes at ten")]


class AlertView(View, frozen=True, kw_only=True):
    """An alert from the ledger. `since`: from when on that was so for which it opened."""

    alert_id: Annotated[str, shown("alert-3-1-18")]
    rule: AlertCode
    severity: Severity
    state: AlertState
    cp_id: CpId
    session_id: Annotated[str | None, shown(None, "The session that it is about")]
    site_id: Annotated[str | None, shown("SITE-1")]
    text: Annotated[str, shown("CP-001 is faulty: fault")]
    since: Moment
    opened_at: Moment
    acknowledged: AcknowledgedView | None
    closed_at: Moment | None


def alert_view(alert: Alert) -> AlertView:
    """An alert from the ledger."""
    return AlertView(
        alert_id=alert.alert_id,
        rule=alert.rule,
        severity=alert.severity,
        state=alert.state,
        cp_id=alert.cp_id,
        session_id=alert.session_id,
        site_id=alert.site_id,
        text=alert.text,
        since=utc(alert.since),
        opened_at=utc(alert.opened_at),
        acknowledged=_acknowledged(alert),
        closed_at=utc_or_none(alert.closed_at),
    )


def _acknowledged(alert: Alert) -> AcknowledgedView | None:
    if alert.acknowledged_at is None:
        return None
    by = alert.acknowledged_by
    return AcknowledgedView(at=utc(alert.acknowledged_at), by=actor_view(by) if by else None, note=alert.note)


class AlertRuleView(View, frozen=True, kw_only=True):
    """When alerts of a rule open, and when they close by themselves."""

    rule: AlertCode
    severity: Severity
    title: Annotated[str, shown("Offline")]
    text: Annotated[str, shown("{cp_id} is offline: no link to its monitor", "How such an alert reads")]
    after_s: Annotated[Count, shown(60, "For how many seconds that must be so")]
    closes: Annotated[str, shown("its monitor is heard again")]


def rule_view(rule: AlertRule) -> AlertRuleView:
    """A rule."""
    return AlertRuleView(
        rule=rule.code,
        severity=rule.severity,
        title=rule.title,
        text=rule.sentence,
        after_s=rule.after_s,
        closes=rule.closes,
    )


class AckBody(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody has seen an alert."""

    note: Annotated[str, bounded("The electrician comes at ten", longest=120, pattern=LINE_PATTERN)] | None = None
