"""The alert rules: what is measured, from when on it is trouble, what to do then, and series by which each is tried.
Knows no file."""

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

JOB: Final = "evcharging"
TRIED_AFTER: Final = "30m"
"""When a rule must fire by the series that break it, which begin at 0."""

Series = Mapping[str, str]
"""Values by the series that they are of, a minute apart, in promtool's notation."""


class AlertingRule(NamedTuple):
    """`value` is compared by `trouble`, for as long as `lasts`; `broken` are series by which it fires, and by `well` it
    does not."""

    name: str
    value: str
    trouble: str
    lasts: str
    severity: Literal["critical", "warning"]
    summary: str
    remedy: str
    broken: Series
    well: Series

    @property
    def expression(self) -> str:
        """What Prometheus evaluates."""
        return f"{self.value} {self.trouble}"


def _ratio(part: str, whole: str) -> str:
    """A part of a whole; nothing where there is no whole."""
    return f"({part}) / ({whole} > 0)"


def _increase(metric: str, window: str = "10m") -> str:
    return f"sum(increase({metric}[{window}]))"


_ALL_POINTS = "sum(max by (state) (evcharging_points))"
_ENDED = "evcharging_sessions_ended_total"
_WEBHOOKS = 'evcharging_webhook_attempts_total{outcome="failed"}'
_COMMITS = "evcharging_commit_duration_seconds_bucket"
_HTTP = "evcharging_http_request_duration_seconds_count"

ALERTS: Final = (
    AlertingRule(
        "EvchargingProgramDown",
        f'up{{job="{JOB}"}}',
        "== 0",
        "1m",
        "critical",
        "{{ $labels.instance }} does not answer",
        "Start it again; its log says why it ended.",
        {f'up{{job="{JOB}", instance="central:8000"}}': "0x60"},
        {f'up{{job="{JOB}", instance="central:8000"}}': "1x60"},
    ),
    AlertingRule(
        "EvchargingProgramNotReady",
        "evcharging_ready",
        "== 0",
        "2m",
        "critical",
        "{{ $labels.instance }} cannot do its work",
        "/health/ready of the program says why.",
        {"evcharging_ready": "0x60"},
        {"evcharging_ready": "1x60"},
    ),
    AlertingRule(
        "EvchargingStoreFailing",
        "evcharging_store_failing",
        "== 1",
        "1m",
        "critical",
        "{{ $labels.program }} cannot write to its store",
        "The program's log says what the store answers; nothing is decided until it can be written to.",
        {'evcharging_store_failing{program="central"}': "1x60"},
        {'evcharging_store_failing{program="central"}': "0x60"},
    ),
    AlertingRule(
        "EvchargingKafkaAway",
        "evcharging_bus_away",
        "== 1",
        "1m",
        "critical",
        "{{ $labels.instance }} cannot reach Kafka",
        "Start Kafka again, or mend the way to it; programs go on by themselves.",
        {"evcharging_bus_away": "1x60"},
        {"evcharging_bus_away": "0x60"},
    ),
    AlertingRule(
        "EvchargingPointsDisconnected",
        _ratio('max(evcharging_points{state="DISCONNECTED"})', _ALL_POINTS),
        "> 0.1",
        "5m",
        "warning",
        "{{ $value | humanizePercentage }} of the charging points are disconnected",
        "The dashboard lists them; the log of the monitor says what it cannot reach.",
        {'evcharging_points{state="DISCONNECTED"}': "2x60", 'evcharging_points{state="ACTIVATED"}': "8x60"},
        {'evcharging_points{state="DISCONNECTED"}': "0x60", 'evcharging_points{state="ACTIVATED"}': "8x60"},
    ),
    AlertingRule(
        "EvchargingPointsFaulty",
        'max(evcharging_points{state="FAULT"})',
        "> 0",
        "5m",
        "warning",
        "{{ $value }} charging points are out of order",
        "The dashboard says what each one's monitor found.",
        {'evcharging_points{state="FAULT"}': "1x60"},
        {'evcharging_points{state="FAULT"}': "0x60"},
    ),
    AlertingRule(
        "EvchargingSessionsFail",
        _ratio(f'sum(rate({_ENDED}{{status="FAILED"}}[15m]))', f"sum(rate({_ENDED}[15m]))"),
        "> 0.2",
        "10m",
        "warning",
        "{{ $value | humanizePercentage }} of the sessions fail",
        "The dashboard's list of sessions has the reason of each.",
        {f'{_ENDED}{{status="FAILED"}}': "0+5x60", f'{_ENDED}{{status="COMPLETED"}}': "0+5x60"},
        {f'{_ENDED}{{status="FAILED"}}': "0x60", f'{_ENDED}{{status="COMPLETED"}}': "0+5x60"},
    ),
    AlertingRule(
        "EvchargingBillsHeld",
        _increase(f'{_ENDED}{{status="SUSPECT"}}', "1h"),
        "> 0",
        "0m",
        "warning",
        "A final reading cannot be true, and its bill is held",
        "The dashboard shows held bills, with why; somebody has to resolve them.",
        {f'{_ENDED}{{status="SUSPECT"}}': "0x20 1x40"},
        {f'{_ENDED}{{status="SUSPECT"}}': "1x60"},
    ),
    AlertingRule(
        "EvchargingWebhooksFail",
        _increase(_WEBHOOKS, "30m"),
        "> 5",
        "5m",
        "warning",
        "{{ $value }} webhooks were not taken in half an hour",
        "The page Alerts says of each webhook what its receiver answered.",
        {_WEBHOOKS: "0+1x60"},
        {_WEBHOOKS: "0x60"},
    ),
    AlertingRule(
        "EvchargingMessagesWait",
        "sum by (instance, program) (evcharging_messages_waiting)",
        "> 10000",
        "5m",
        "warning",
        "{{ $labels.program }} does not keep up: {{ $value }} messages wait",
        "Start another Central, which takes half of the shards, or find what keeps this one busy.",
        {'evcharging_messages_waiting{program="central"}': "20000x60"},
        {'evcharging_messages_waiting{program="central"}': "10x60"},
    ),
    AlertingRule(
        "EvchargingMessagesUnreadable",
        _increase("evcharging_dead_letters_total"),
        "> 0",
        "0m",
        "warning",
        "Messages cannot be read, and were set aside",
        "The topic dead.letters has each one with why.",
        {"evcharging_dead_letters_total": "0x25 3x40"},
        {"evcharging_dead_letters_total": "3x60"},
    ),
    AlertingRule(
        "EvchargingMessagesUnbelieved",
        _increase("evcharging_messages_unbelieved_total"),
        "> 0",
        "0m",
        "warning",
        "Messages come whose sender is not proven",
        "The topic dead.letters has each one with why: a program without its key, or somebody who has none.",
        {"evcharging_messages_unbelieved_total": "0x25 3x40"},
        {"evcharging_messages_unbelieved_total": "3x60"},
    ),
    AlertingRule(
        "EvchargingMessagesPoisoned",
        _increase("evcharging_messages_poisoned_total"),
        "> 0",
        "0m",
        "critical",
        "A role fails on a message: a mistake in the program",
        "The program's log has the message and what went wrong: report it.",
        {'evcharging_messages_poisoned_total{program="central"}': "0x25 1x40"},
        {'evcharging_messages_poisoned_total{program="central"}': "1x60"},
    ),
    AlertingRule(
        "EvchargingCommitsSlow",
        f"histogram_quantile(0.99, sum by (le, program) (rate({_COMMITS}[5m])))",
        "> 0.5",
        "10m",
        "warning",
        "Commits of {{ $labels.program }} take {{ $value | humanizeDuration }}",
        "Look at the disk, or at the database: every decision waits for its commit.",
        {
            f'{_COMMITS}{{program="central", le="0.5"}}': "0+1x60",
            f'{_COMMITS}{{program="central", le="2.5"}}': "0+60x60",
            f'{_COMMITS}{{program="central", le="+Inf"}}': "0+60x60",
        },
        {
            f'{_COMMITS}{{program="central", le="0.5"}}': "0+60x60",
            f'{_COMMITS}{{program="central", le="2.5"}}': "0+60x60",
            f'{_COMMITS}{{program="central", le="+Inf"}}': "0+60x60",
        },
    ),
    AlertingRule(
        "EvchargingEventLoopLate",
        "evcharging_event_loop_delay_seconds",
        "> 2",
        "1m",
        "warning",
        "{{ $labels.instance }} stands still for {{ $value | humanizeDuration }}",
        "The process gets too little of the machine, or something in it blocks.",
        {"evcharging_event_loop_delay_seconds": "3x60"},
        {"evcharging_event_loop_delay_seconds": "0.01x60"},
    ),
    AlertingRule(
        "EvchargingRequestsFail",
        _ratio(f'sum(rate({_HTTP}{{status=~"5.."}}[5m])) or vector(0)', f"sum(rate({_HTTP}[5m]))"),
        "> 0.05",
        "5m",
        "warning",
        "{{ $value | humanizePercentage }} of the HTTP requests are answered with an error",
        "The answers say why, and so does Central's log.",
        {f'{_HTTP}{{status="503"}}': "0+5x60", f'{_HTTP}{{status="200"}}': "0+5x60"},
        {f'{_HTTP}{{status="404"}}': "0+5x60", f'{_HTTP}{{status="200"}}': "0+5x60"},
    ),
    AlertingRule(
        "EvchargingOverload",
        'sum(increase(evcharging_alerts_changed_total{rule="overload", state="open"}[10m]))',
        "> 0",
        "0m",
        "warning",
        "A vehicle has drawn more than it was offered",
        "Its supply was ended; if it comes again, look at the vehicle, or at the meter of the point.",
        {'evcharging_alerts_changed_total{rule="overload", state="open"}': "0x25 3x40"},
        {'evcharging_alerts_changed_total{rule="overload", state="open"}': "3x60"},
    ),
    AlertingRule(
        "EvchargingReadingsDropped",
        "sum by (instance) (increase(evcharging_bus_dropped_messages_total[10m]))",
        "> 0",
        "0m",
        "warning",
        "{{ $labels.instance }} has dropped readings, since Kafka does not keep up",
        "No bill is wrong by it; look at Kafka's disk and network.",
        {"evcharging_bus_dropped_messages_total": "0x25 9x40"},
        {"evcharging_bus_dropped_messages_total": "9x60"},
    ),
    AlertingRule(
        "EvchargingCapturesWait",
        'sum(max by (instance) (evcharging_alerts_unclosed{rule="capture_waits"}))',
        "> 0",
        "0m",
        "warning",
        "{{ $value }} bills are not captured for more than 15 minutes",
        "See that the provider of payments can be reached; captures are tried again by themselves.",
        {'evcharging_alerts_unclosed{rule="capture_waits", instance="central:8000"}': "0x25 2x40"},
        {'evcharging_alerts_unclosed{rule="capture_waits", instance="central:8000"}': "0x60"},
    ),
    AlertingRule(
        "EvchargingPaymentsDiffer",
        'sum(increase(evcharging_payment_differences_total{remedy="tell"}[30m]))',
        "> 0",
        "0m",
        "warning",
        "Payments are not at their provider as they are here",
        "The alerts of Central say which, and what to do.",
        {'evcharging_payment_differences_total{remedy="tell"}': "0x25 3x40"},
        {'evcharging_payment_differences_total{remedy="tell"}': "3x60"},
    ),
)
"""All of them, in the order in which they are written."""


def rules() -> dict[str, Any]:
    """Prometheus' rule file."""
    return {"groups": [{"name": JOB, "rules": [_rule(alert) for alert in ALERTS]}]}


def _rule(alert: AlertingRule) -> dict[str, Any]:
    return {
        "alert": alert.name,
        "expr": alert.expression,
        "for": alert.lasts,
        "labels": {"severity": alert.severity},
        "annotations": {"summary": alert.summary, "description": alert.remedy},
    }


def rule_tests(rule_file: str) -> dict[str, Any]:
    """Tests for promtool: each rule fires by what is broken, and by what is well it does not."""
    tests = [_test(alert, series, fires) for alert in ALERTS for series, fires in ((alert.broken, 1), (alert.well, 0))]
    return {"rule_files": [rule_file], "evaluation_interval": "1m", "tests": tests}


def _test(alert: AlertingRule, series: Series, fires: int) -> dict[str, Any]:
    count = f'count(ALERTS{{alertname="{alert.name}", alertstate="firing"}}) or vector(0)'
    return {
        "name": f"{alert.name} {'fires' if fires else 'is silent'}",
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {"expr": count, "eval_time": TRIED_AFTER, "exp_samples": [{"labels": "{}", "value": fires}]}
        ],
    }
