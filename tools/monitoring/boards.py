"""The dashboards: which figures stand on which, by expressions over the metrics. Knows no file, and not Grafana."""

from typing import Final, Literal, NamedTuple

Kind = Literal["timeseries", "stat"]


class Query(NamedTuple):
    """An expression, and what its series are called in the legend."""

    expression: str
    legend: str


class Panel(NamedTuple):
    """One figure; `unit` is Grafana's word for it."""

    title: str
    queries: tuple[Query, ...]
    unit: str = "short"
    kind: Kind = "timeseries"
    stacked: bool = False


class Board(NamedTuple):
    """A dashboard: rows of panels that share a row's width evenly."""

    uid: str
    title: str
    rows: tuple[tuple[Panel, ...], ...]


def _one(title: str, expression: str, unit: str = "short", legend: str = "", kind: Kind = "timeseries") -> Panel:
    return Panel(title, (Query(expression, legend),), unit, kind)


def _stat(title: str, expression: str, unit: str = "short") -> Panel:
    return _one(title, expression, unit, kind="stat")


def _p(quantile: float, metric: str, by: str = "") -> str:
    labels = f"le, {by}" if by else "le"
    return f"histogram_quantile({quantile}, sum by ({labels}) (rate({metric}_bucket[5m])))"


def _rate(metric: str, by: str = "") -> str:
    return f"sum{f' by ({by})' if by else ''} (rate({metric}[5m]))"


NETWORK: Final = Board(
    "evcharging-network",
    "EV Charging: network",
    (
        (
            _stat("Charging points", "sum(max by (state) (evcharging_points))"),
            _stat("Charging", 'max(evcharging_points{state="SUPPLYING"})'),
            _stat("Out of order", 'max(evcharging_points{state="FAULT"})'),
            _stat("Disconnected", 'max(evcharging_points{state="DISCONNECTED"})'),
            _stat("Open sessions", "sum(max by (status) (evcharging_sessions_open))"),
            _stat("Dashboards", "sum(evcharging_websocket_viewers)"),
        ),
        (
            Panel(
                "Charging points by state",
                (Query("max by (state) (evcharging_points)", "{{state}}"),),
                stacked=True,
            ),
            Panel(
                "Open sessions",
                (Query("max by (status) (evcharging_sessions_open)", "{{status}}"),),
                stacked=True,
            ),
        ),
        (
            Panel(
                "Requests a second",
                (Query(_rate("evcharging_requests_decided_total", "decision"), "{{decision}}"),),
                "reqps",
            ),
            Panel(
                "Sessions that end, a second",
                (Query(_rate("evcharging_sessions_ended_total", "status"), "{{status}}"),),
                "ops",
            ),
            Panel(
                "Supplies that end, a second, by why",
                (Query(_rate("evcharging_supplies_ended_total", "reason"), "{{reason}}"),),
                "ops",
            ),
        ),
        (
            Panel(
                "Alerts that go on, by their rule",
                (Query("sum by (rule) (evcharging_alerts_unclosed)", "{{rule}}"),),
                stacked=True,
            ),
            Panel(
                "Webhooks that are posted, a second",
                (Query(_rate("evcharging_webhook_attempts_total", "outcome"), "{{outcome}}"),),
                "ops",
            ),
        ),
        (
            Panel(
                "Payments that are not settled, by how they stand",
                (Query("sum by (state) (evcharging_payments_unsettled)", "{{state}}"),),
                stacked=True,
            ),
            Panel(
                "The provider of payments, asked a second",
                (Query(_rate("evcharging_payment_operations_total", "outcome"), "{{outcome}}"),),
                "ops",
            ),
        ),
    ),
)

MONEY: Final = Board(
    "evcharging-money",
    "EV Charging: energy and money",
    (
        (
            _stat("Billed in 24 h", "sum(increase(evcharging_money_billed_euros_total[1d]))", "currencyEUR"),
            _stat("Energy billed in 24 h", "sum(increase(evcharging_energy_billed_watt_hours_total[1d]))", "watth"),
            _stat(
                "Energy delivered in 24 h", "sum(increase(evcharging_energy_delivered_watt_hours_total[1d]))", "watth"
            ),
            _stat("Bills held in 24 h", 'sum(increase(evcharging_sessions_ended_total{status="SUSPECT"}[1d]))'),
        ),
        (
            _one("Revenue an hour", "3600 * " + _rate("evcharging_money_billed_euros_total"), "currencyEUR", "billed"),
            Panel(
                "Power, as it is billed and delivered",
                (
                    Query("3600 * " + _rate("evcharging_energy_billed_watt_hours_total"), "billed"),
                    Query("3600 * " + _rate("evcharging_energy_delivered_watt_hours_total"), "delivered"),
                ),
                "watt",
            ),
        ),
    ),
)

MACHINE: Final = Board(
    "evcharging-machine",
    "EV Charging: programs",
    (
        (
            _stat("Programs that are ready", "sum(evcharging_ready)"),
            _stat("Stores that fail", "sum(evcharging_store_failing)"),
            _stat("Kafka away", "max(evcharging_bus_away)"),
            _stat("Open links", "sum(evcharging_links_open)"),
            _stat("Dead letters", "sum(evcharging_dead_letters_total)"),
            _stat("Not believed", "sum(evcharging_messages_unbelieved_total)"),
        ),
        (
            _one("CPU, in cores", "rate(process_cpu_seconds_total[5m])", legend="{{instance}}"),
            _one("Memory", "process_resident_memory_bytes", "bytes", "{{instance}}"),
            _one("Event loop is late by", "evcharging_event_loop_delay_seconds", "s", "{{instance}}"),
        ),
        (
            Panel(
                "Commits take",
                (
                    Query(_p(0.5, "evcharging_commit_duration_seconds", "program"), "{{program}} p50"),
                    Query(_p(0.99, "evcharging_commit_duration_seconds", "program"), "{{program}} p99"),
                ),
                "s",
            ),
            Panel(
                "Commits a second",
                (Query(_rate("evcharging_commit_duration_seconds_count", "program"), "{{program}}"),),
                "ops",
            ),
            Panel(
                "Records a commit",
                (
                    Query(
                        "sum by (program) (rate(evcharging_commit_size_records_sum[5m])) / "
                        "sum by (program) (rate(evcharging_commit_size_records_count[5m]))",
                        "{{program}}",
                    ),
                ),
            ),
        ),
        (
            Panel(
                "Messages handled, a second",
                (Query(_rate("evcharging_messages_handled_total", "type"), "{{type}}"),),
                "ops",
                stacked=True,
            ),
            _one("Messages that wait", "sum by (program) (evcharging_messages_waiting)", legend="{{program}}"),
            _one("Not on Kafka yet", "sum by (instance) (evcharging_bus_unsent_messages)", legend="{{instance}}"),
        ),
        (
            Panel(
                "HTTP requests a second",
                (Query(_rate("evcharging_http_request_duration_seconds_count", "status"), "{{status}}"),),
                "reqps",
            ),
            Panel(
                "HTTP requests take",
                (
                    Query(_p(0.5, "evcharging_http_request_duration_seconds"), "p50"),
                    Query(_p(0.99, "evcharging_http_request_duration_seconds"), "p99"),
                ),
                "s",
            ),
            Panel(
                "Frames refused, a second",
                (Query(_rate("evcharging_frames_refused_total", "program"), "{{program}}"),),
                "ops",
            ),
        ),
    ),
)

BOARDS: Final = (NETWORK, MONEY, MACHINE)
