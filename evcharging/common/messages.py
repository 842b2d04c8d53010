"""The messages that programs exchange: frozen, and validated when they are decoded. `common.messages_view` has those of
the live view. Knows no transport; `common.kafka` says which topic carries which message."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from msgspec import Meta

from evcharging.common.messages_tariff import Price, PriceLine, Tariff, VersionId
from evcharging.common.states import CPState
from evcharging.common.utils import Frozen

# In Python `$` alone would let a line feed follow; JSON Schema does not know \Z.
ID_PATTERN = r"^[A-Za-z0-9](?:[A-Za-z0-9._@:-]*[A-Za-z0-9])?$(?!\n)"
LINE_PATTERN = r"^[^\x00-\x1f\x7f-\x9f]*$(?!\n)"

Id = Annotated[str, Meta(pattern=ID_PATTERN, max_length=64, description="1 to 64 of A-Z a-z 0-9 . _ @ : -")]
Reference = Annotated[str, Meta(pattern=ID_PATTERN, max_length=128, description="1 to 128 of A-Z a-z 0-9 . _ @ : -")]
Moment = Annotated[datetime, Meta(tz=True, description="ISO 8601 with a time zone")]
Text = Annotated[str, Meta(pattern=LINE_PATTERN, max_length=500, description="One line")]
Reason = Annotated[str, Meta(pattern=LINE_PATTERN, max_length=250, description="One line, short enough to be quoted")]
Known = Annotated[str, Meta(max_length=128, description="An ID that is known already")]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1, examples=[1])]
Kilowatts = Annotated[float, Meta(ge=0, le=10_000, examples=[22.0])]
KilowattHours = Annotated[float, Meta(ge=0, le=10**9, examples=[0.061111])]
Level = Literal["info", "warning", "error"]
Euros = Annotated[float, Meta(ge=0, le=10**12, examples=[0.018333])]
EurosPerKilowattHour = Annotated[float, Meta(ge=0, le=1000, examples=[0.3])]
MicroEurosPerKilowattHour = Annotated[int, Meta(ge=0, le=10**9, examples=[300_000])]
MOST_MARKS = 2_000
MOST_MINUTES = 31 * 24 * 60
LimitMilliwattHours = Annotated[int, Meta(ge=0, le=10**9)]
PaymentMethod = Annotated[
    str,
    Meta(
        pattern=r"^pm_[A-Za-z0-9_]{1,60}$(?!\n)",
        examples=["pm_card_visa"],
        description="A card, as its provider calls it",
    ),
]


class UpdateStatus(StrEnum):
    """How a request stands, as its driver is told. ACCEPTED: it has a session. IN_PROGRESS: the session goes on.
    COMPLETED: it ended well; FAILED: it did not. DENIED: there is no session."""

    ACCEPTED = "ACCEPTED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    DENIED = "DENIED"
    FAILED = "FAILED"


class EndReason(StrEnum):
    """Why a supply ended."""

    COMPLETE = "supply complete"
    UNPLUGGED = "unplugged"
    STOPPED = "stopped by the operator"
    DRIVER = "stopped by the driver"
    TIME_UP = "its time was up"
    HOLD_USED = "what was held on the card was used up"
    NO_HOLD = "nothing could be held on the card"
    OVERDRAWN = "the vehicle drew too much"
    FAULT = "fault at the charging point"
    RESTART = "charging point restarted"
    SHUTDOWN = "charging point shut down"
    NOT_STARTED = "the charging point did not start"
    MEMORY_LOST = "the charging point lost its memory"


class Action(StrEnum):
    """What an operator, or a hand at the point, may ask of a charging point."""

    STOP = "stop"
    RESUME = "resume"
    PLUG = "plug"
    UNPLUG = "unplug"
    FAULT = "fault"
    RECOVER = "recover"


class Message(Frozen, frozen=True, kw_only=True, tag_field="type", tag=True):
    """What all messages carry: when it was said, and the sender's run (`epoch`) and count in it (`seq`)."""

    ts: Moment
    epoch: Count = 0
    seq: Count = 0


class Mark(Frozen, frozen=True, kw_only=True):
    """What a meter showed at a moment of a supply at which its price may change, in mWh."""

    at: Moment
    register_mwh: Count


class Limit(Frozen, frozen=True, kw_only=True):
    """The most that a point may give: mA on each phase, or W in all, or both. 0 pauses what runs there."""

    milliamperes: Annotated[int, Meta(ge=0, le=10**6, examples=[16_000])] | None = None
    watts: Annotated[int, Meta(ge=0, le=10**7, examples=[11_000])] | None = None


class Ticket(Frozen, frozen=True, kw_only=True):
    """The bill of one session, as the driver receives it: energy in kWh, money in euros, VAT included. Where there
    is a `tariff`, of which this is the version, `price` is the same by lines, in micro-euro, and `euros_per_kwh` is its
    first price of energy. `unplugged_at`: until when idle time was billed."""

    session_id: Reference
    cp_id: Id
    started_at: Moment
    ended_at: Moment
    kwh: KilowattHours
    euros_per_kwh: EurosPerKilowattHour
    euros: Euros
    ended_by: Text
    tariff: VersionId | None = None
    price: Price | None = None
    unplugged_at: Moment | None = None


class Quote(Frozen, frozen=True, kw_only=True):
    """What a charge will cost, said before it begins. `price` is an estimate for the energy or the time that is wanted,
    with the power that the point gives now; null where neither is, or nobody can say. `unit_prices`: what each unit of
    the tariff costs, before VAT; such lines have no quantity. Without a `tariff` it is the single price of the
    point."""

    tariff: VersionId | None = None
    kwh: KilowattHours | None = None
    minutes: Annotated[float, Meta(ge=0, le=10**6, examples=[45.0])] | None = None
    price: Price | None = None
    unit_prices: Annotated[tuple[PriceLine, ...], Meta(max_length=400)] = ()
    vat_permille: Annotated[int, Meta(ge=0, le=1000, examples=[210])] = 0


# Driver and Central


class DriverRequest(Message, frozen=True, kw_only=True):
    """A driver asks to charge at a point; `kwh` ends the supply once that much has flowed, `minutes` once that time is
    over. `payment_method` stands for the card that pays."""

    request_id: Reference
    driver_id: Id
    cp_id: Id
    kwh: Annotated[float, Meta(gt=0, le=1000)] | None = None
    minutes: Annotated[int, Meta(ge=1, le=MOST_MINUTES)] | None = None
    payment_method: PaymentMethod | None = None


class DriverUpdate(Message, frozen=True, kw_only=True):
    """One step of a request, said to its driver alone; accepted, with its cost, and `ends_by` for a reservation."""

    request_id: Reference
    driver_id: Id
    cp_id: Id
    status: UpdateStatus
    session_id: Reference | None = None
    kw: Kilowatts = 0.0
    kwh: KilowattHours = 0.0
    euros: Euros = 0.0
    reason: Text | None = None
    ticket: Ticket | None = None
    quote: Quote | None = None
    ends_by: Moment | None = None


class UnreadableRequest(Message, frozen=True, kw_only=True):
    """A request that cannot be read, of which it is known who sent it: made by who reads the bus, and never sent."""

    request_id: Reference
    driver_id: Id
    cp_id: Id
    reason: Text


# Central and the engine


class Order(Message, frozen=True, kw_only=True):
    """An order that must be obeyed at once or never. `heard_epoch` and `heard_seq` are the newest status of the engine
    that Central had received when it gave the order, and `heard_run` is the process that said it, where Central knows
    it: an engine that has announced itself since, or another process, does not obey it."""

    heard_epoch: Count | None = None
    heard_seq: Count = 0
    heard_run: Count | None = None


class StartSupply(Order, frozen=True, kw_only=True):
    """Central orders a supply; the price (micro-euro a kWh) is frozen here for telemetry and bill alike, and so is the
    tariff that says all prices, where there is one. The engine ends it after `limit_mwh`, which its driver asked for,
    after `paid_mwh`, for which there is money, and at `ends_by`."""

    cp_id: Id
    session_id: Reference
    request_id: Reference
    driver_id: Id
    micro_euros_per_kwh: MicroEurosPerKilowattHour
    limit_mwh: LimitMilliwattHours | None = None
    paid_mwh: LimitMilliwattHours | None = None
    tariff: Tariff | None = None
    ends_by: Moment | None = None


class ExtendSupply(Message, frozen=True, kw_only=True):
    """More money is held for a session: Central tells the engine the new limits."""

    cp_id: Id
    session_id: Reference
    paid_mwh: LimitMilliwattHours | None = None
    ends_by: Moment | None = None


class SetLimit(Order, frozen=True, kw_only=True):
    """Central sets what a point may give at most, or takes that limit away; the point keeps to it until it hears
    another."""

    cp_id: Id
    limit: Limit | None = None


class StopSupply(Message, frozen=True, kw_only=True):
    """Central orders one session to end, now or `ends_by` then, or never to begin. `by_driver`: its driver asked."""

    cp_id: Id
    session_id: Reference
    by_driver: bool = False
    ends_by: Moment | None = None


class CentralCommand(Order, frozen=True, kw_only=True):
    """Central passes on an operator's action."""

    cp_id: Id
    action: Action


class QueryStatus(Message, frozen=True, kw_only=True):
    """Central asks an engine to say again how it is, and what became of a session."""

    cp_id: Id
    session_id: Reference | None = None


class CPStatus(Message, frozen=True, kw_only=True):
    """The engine's own state; rates as settings give them, register in mWh, `interval_s` the time between two readings,
    `start_within_s` that until a supply begins at most. `run` tells processes of the same ID apart. An answer repeats
    the query's `epoch` and `seq`. `occupied`: a vehicle has ended and stays; `overdrawn`: one draws too much."""

    cp_id: Id
    state: CPState
    kw_rate: Kilowatts
    euro_rate: EurosPerKilowattHour
    register_mwh: Count
    manual: bool = False
    plugged: bool = False
    reason: Reason | None = None
    interval_s: Annotated[float, Meta(gt=0, le=86_400)] = 1.0
    start_within_s: Annotated[float, Meta(gt=0, le=3_600)] = 5.0
    run: Count = 0
    query_epoch: Count = 0
    query_seq: Count = 0
    limit: Limit | None = None
    occupied: bool = False
    overdrawn: bool = False


class SupplyStarted(Message, frozen=True, kw_only=True):
    """Energy flows for a session from this register reading on."""

    cp_id: Id
    session_id: Reference
    register_mwh: Count
    run: Count = 0


class SupplyAwaited(Message, frozen=True, kw_only=True):
    """The engine has the order and waits for a vehicle to be plugged in."""

    cp_id: Id
    session_id: Reference
    run: Count = 0


class SupplyRefused(Message, frozen=True, kw_only=True):
    """The engine will not carry the session out."""

    cp_id: Id
    session_id: Reference
    reason: Reason
    run: Count = 0


class SupplyEnded(Message, frozen=True, kw_only=True):
    """The final reading of a session; `ts` is when energy stopped. `marks`: the readings at which its price may have
    changed. `plugged`: the vehicle is still there; once it has gone that is said again, with `unplugged_at`."""

    cp_id: Id
    session_id: Reference
    started_at: Moment
    register_start_mwh: Count
    register_stop_mwh: Count
    ended_by: EndReason
    detail: Reason | None = None
    run: Count = 0
    marks: Annotated[tuple[Mark, ...], Meta(max_length=MOST_MARKS)] = ()
    plugged: bool = False
    unplugged_at: Moment | None = None


class CPTelemetry(Message, frozen=True, kw_only=True):
    """One reading of a running supply."""

    cp_id: Id
    kw: Kilowatts
    euros: Euros
    driver_id: Id
    session_id: Reference
    kwh: KilowattHours = 0.0
    register_mwh: Count = 0
    run: Count = 0


# Monitor and Central


class HealthReport(Message, frozen=True, kw_only=True):
    """A monitor tells Central. Central adds `link` (increases with every connection; the highest wins), `seq` (of its
    reports, each of which counts once) and `age_ms` (age of a repeated report). `deaf`: Central's orders cannot reach
    the engine."""

    cp_id: Id
    well: bool
    reason: Reason | None = None
    deaf: bool = False
    link: Count = 0
    age_ms: Count = 0


class MonitorDisconnected(Message, frozen=True, kw_only=True):
    """Central's own door saw a monitor's link end."""

    cp_id: Id
    link: Count
