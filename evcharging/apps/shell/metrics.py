"""What this project's programs count: every metric with its unit, its labels and what it tells. Knows not who counts.
No label ever has a value from outside: there is none for points, drivers or sessions."""

from collections.abc import Mapping
from http import HTTPStatus

from evcharging.adapters.metrics import Kind, Metric
from evcharging.common.kafka import TOPICS
from evcharging.common.messages import EndReason, UpdateStatus
from evcharging.common.messages_reservations import ReservationStatus
from evcharging.common.states import CPState
from evcharging.domain.alert import AlertCode, AlertState
from evcharging.domain.payment import UNSETTLED, OperationKind
from evcharging.domain.provider import OutcomeKind
from evcharging.domain.reconcile import Remedy
from evcharging.domain.reservation import ACTIVE
from evcharging.domain.session import OPEN, SessionStatus

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000)

PROGRAM = {"program": ("central", "panel", "engine", "monitor", "driver")}
MESSAGE = {
    **PROGRAM,
    "topic": tuple(topic.name for topic in TOPICS),
    "type": tuple(kind.__name__ for topic in TOPICS for kind in topic.kinds),
}
STATUSES = tuple(str(status.value) for status in HTTPStatus)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")
ENDED = (SessionStatus.COMPLETED, SessionStatus.FAILED, SessionStatus.SUSPECT)
RESERVED = tuple(status for status in ReservationStatus if status not in ACTIVE)
DECISIONS = ("ACCEPTED", "DENIED")
STATES = tuple(CPState)
WEBHOOK_OUTCOMES = ("delivered", "failed")
DRIVERS_ENDS = (UpdateStatus.COMPLETED, UpdateStatus.DENIED, UpdateStatus.FAILED)

METRICS: list[Metric] = []
"""All of them, in the order in which the documentation has them."""


def _metric(
    kind: Kind, name: str, help_text: str, labels: Mapping[str, tuple[str, ...]] | None = None, unit: str = ""
) -> Metric:
    metric = Metric(f"evcharging_{name}", kind, help_text, labels or {}, unit)
    METRICS.append(metric)
    return metric


# The process

BUILD = _metric(Kind.INFO, "build_info", "The version that runs.", {"version": ()})
READY = _metric(Kind.GAUGE, "ready", "Whether the program can do its work, as /health/ready says it: 1 or 0.")
LOOP_DELAY = _metric(
    Kind.GAUGE, "event_loop_delay_seconds", "How late the event loop's heartbeat is just now.", unit="seconds"
)

# Every program's roles

ROLES = _metric(Kind.GAUGE, "roles", "Shards, points or drivers that this process runs.", PROGRAM)
HANDLED = _metric(
    Kind.COUNTER, "messages_handled_total", "Messages that were handled, and that what came of it lasts.", MESSAGE
)
PUBLISHED = _metric(
    Kind.COUNTER, "messages_published_total", "Messages that were given to the bus, or to a link.", MESSAGE
)
POISONED = _metric(
    Kind.COUNTER, "messages_poisoned_total", "Messages on which a role failed: a mistake in it.", PROGRAM
)
WAITING = _metric(
    Kind.GAUGE,
    "messages_waiting",
    "Messages on the bus that this program has not taken yet, as far as it knows.",
    PROGRAM,
)
COMMIT_SECONDS = _metric(
    Kind.HISTOGRAM, "commit_duration_seconds", "How long commits to the store took.", PROGRAM, unit="seconds"
)
COMMIT_SIZE = _metric(
    Kind.HISTOGRAM, "commit_size_records", "Records and messages that one commit made last.", PROGRAM, unit="records"
)
STORE_FAILING = _metric(
    Kind.GAUGE, "store_failing", "Whether the store cannot be written to just now: 1 or 0.", PROGRAM
)

# The bus

BUS_AWAY = _metric(Kind.GAUGE, "bus_away", "Whether Kafka cannot be reached just now: 1 or 0.")
BUS_UNSENT = _metric(Kind.GAUGE, "bus_unsent_messages", "Messages that Kafka does not have yet.", unit="messages")
BUS_DROPPED = _metric(
    Kind.COUNTER,
    "bus_dropped_messages_total",
    "Volatile messages that were lost, since Kafka could not keep up.",
    unit="messages",
)
DEAD_LETTERS = _metric(
    Kind.COUNTER, "dead_letters_total", "Messages on Kafka that could not be read and were set aside."
)
UNBELIEVED = _metric(
    Kind.COUNTER, "messages_unbelieved_total", "Messages on Kafka whose sender was not proven and that were set aside."
)

# Framed TCP links

LINKS_OPEN = _metric(
    Kind.GAUGE,
    "links_open",
    "Framed TCP links that are open, by who is at the other end.",
    {**PROGRAM, "peer": ("central", "engine", "monitor")},
)
FRAMES_REFUSED = _metric(
    Kind.COUNTER, "frames_refused_total", "Frames, and whole talks, of callers that were answered with NAK.", PROGRAM
)
LINKS_FLOODED = _metric(
    Kind.COUNTER,
    "links_cut_for_flooding_total",
    "Links that were cut because their callers sent copies, answers or frames without end.",
    PROGRAM,
)
LINKS_PAUSED = _metric(
    Kind.GAUGE,
    "links_paused",
    "Links that are not read just now, as they have brought more than their budget.",
    PROGRAM,
)

# Central

POINTS = _metric(
    Kind.GAUGE,
    "points",
    "Charging points by the state that is shown; every Central shows all.",
    {"state": STATES},
)
SESSIONS_OPEN = _metric(
    Kind.GAUGE, "sessions_open", "Sessions that have not ended, as shown; every Central shows all.", {"status": OPEN}
)
REQUESTS_DECIDED = _metric(
    Kind.COUNTER, "requests_decided_total", "Drivers' requests that were decided.", {"decision": DECISIONS}
)
SESSIONS_ENDED = _metric(
    Kind.COUNTER,
    "sessions_ended_total",
    "Sessions that ended; one that failed and whose final reading came later counts again.",
    {"status": ENDED},
)
RESERVATIONS_ENDED = _metric(
    Kind.COUNTER, "reservations_ended_total", "Reservations that came to their end.", {"status": RESERVED}
)
ENERGY_BILLED = _metric(
    Kind.COUNTER, "energy_billed_watt_hours_total", "Energy on the bills that were written.", unit="watt_hours"
)
MONEY_BILLED = _metric(Kind.COUNTER, "money_billed_euros_total", "Money on the bills that were written.", unit="euros")
ALERTS_CHANGED = _metric(
    Kind.COUNTER,
    "alerts_changed_total",
    "Alerts that opened, were acknowledged or closed, by their rule.",
    {"rule": tuple(AlertCode), "state": tuple(AlertState)},
)
ALERTS_UNCLOSED = _metric(
    Kind.GAUGE,
    "alerts_unclosed",
    "Alerts that go on of this Central's points, by their rule.",
    {"rule": tuple(AlertCode)},
)
SITE_POWER = _metric(
    Kind.GAUGE,
    "site_power_watts",
    "Power of all sites with circuits, as Central shows it: what is drawn, granted and wanted.",
    {"kind": ("drawn", "granted", "wanted")},
    unit="watts",
)
WITHOUT_CURRENT = _metric(
    Kind.GAUGE, "vehicles_without_current", "Vehicles at sites with circuits that wait for current."
)
WEBHOOK_ATTEMPTS = _metric(
    Kind.COUNTER,
    "webhook_attempts_total",
    "Webhooks that were posted, by what came of it.",
    {"outcome": WEBHOOK_OUTCOMES},
)
PROVIDER_ANSWERS = _metric(
    Kind.COUNTER,
    "payment_operations_total",
    "What the provider of payments was asked, by what came of it.",
    {"operation": (*OperationKind, "look"), "outcome": tuple(OutcomeKind)},
)
PAYMENTS_UNSETTLED = _metric(
    Kind.GAUGE,
    "payments_unsettled",
    "Payments of this Central's points of which something is held, or asked of their provider.",
    {"state": tuple(UNSETTLED)},
)
PAYMENT_DIFFERENCES = _metric(
    Kind.COUNTER,
    "payment_differences_total",
    "What was found not alike here and at the provider of payments, by what is done.",
    {"remedy": tuple(Remedy)},
)
VIEWERS = _metric(Kind.GAUGE, "websocket_viewers", "Dashboards that are connected.")
HISTORY_UP = _metric(
    Kind.GAUGE, "history_process_up", "Whether a process of its own reads history: 1, or 0, also before it is needed."
)
HISTORY_STARTS = _metric(Kind.COUNTER, "history_process_starts_total", "How often that process was started.")
HTTP_SECONDS = _metric(
    Kind.HISTOGRAM,
    "http_request_duration_seconds",
    "How long HTTP requests took, by the route's template.",
    {"method": METHODS, "route": (), "status": STATUSES},
    unit="seconds",
)

# Engines and drivers

SUPPLIES_ENDED = _metric(
    Kind.COUNTER, "supplies_ended_total", "Supplies that ended, by why.", {"reason": tuple(EndReason)}
)
ENERGY_DELIVERED = _metric(
    Kind.COUNTER, "energy_delivered_watt_hours_total", "Energy of the supplies that ended.", unit="watt_hours"
)
REQUESTS_ENDED = _metric(
    Kind.COUNTER, "driver_requests_ended_total", "Requests whose end their driver heard.", {"status": DRIVERS_ENDS}
)
