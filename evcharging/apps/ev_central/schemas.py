"""The shapes of the HTTP API, for its documentation and for what clients send. Knows no route."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from evcharging.common.config import Name, checked_price
from evcharging.common.lines import LINE_PATTERN, checked_line
from evcharging.common.states import CPState

NOON = datetime.fromisoformat("2026-01-01T12:00:00+00:00")


Line = Annotated[
    str,
    Field(min_length=1, max_length=120, json_schema_extra={"pattern": LINE_PATTERN}),
    AfterValidator(checked_line),
]


class ApiModel(BaseModel):
    """Unknown fields are refused, so that a misspelt one is not silently ignored."""

    model_config = ConfigDict(extra="forbid")


RESERVED = frozenset({"free", "register", "stop", "resume"})
"""Words that stand in the place of an ID in the API's paths."""


NAME_SCHEMA: JsonDict = {"pattern": "^[A-Za-z0-9]([A-Za-z0-9._@:-]*[A-Za-z0-9])?$", "maxLength": 64}
ID_SCHEMA: JsonDict = {**NAME_SCHEMA, "not": {"enum": [*sorted(RESERVED)]}}


def not_reserved(cp_id: str) -> str:
    """An ID that is no word of the API; raises ValueError in one sentence."""
    if cp_id in RESERVED:
        raise ValueError(f"{cp_id} is a word of the API and cannot be the ID of a charging point")
    return cp_id


def _or_nothing(least: float, most: float) -> JsonDict:
    return {"anyOf": [{"type": "number", "const": 0}, {"type": "number", "exclusiveMinimum": least, "maximum": most}]}


def not_lost(kwh: float) -> float:
    """Energy that is nothing or something in whole milliwatt-hours as well; raises ValueError in one sentence."""
    if kwh != 0 and round(kwh * 1_000_000) == 0:
        raise ValueError("this is 0, or large enough not to be rounded to 0: from 0.000001 kWh")
    return kwh


Price = Annotated[
    float,
    Field(ge=0, le=1000, allow_inf_nan=False, json_schema_extra=_or_nothing(5e-7, 1000)),
    AfterValidator(checked_price),
]
Energy = Annotated[
    float,
    Field(ge=0, le=100_000, allow_inf_nan=False, json_schema_extra=_or_nothing(5e-7, 100_000)),
    AfterValidator(not_lost),
]


class Registration(ApiModel):
    """A charging point makes itself known; what is left out stays as it was. Text is no number here, nor is `true`."""

    model_config = ConfigDict(strict=True)

    cp_id: Annotated[Name, AfterValidator(not_reserved)] = Field(examples=["CP-001"], json_schema_extra=ID_SCHEMA)
    station_id: Name | None = Field(None, examples=["STATION-1"], json_schema_extra=NAME_SCHEMA)
    site_id: Name | None = Field(None, examples=["SITE-1"], json_schema_extra=NAME_SCHEMA)
    location: Line | None = Field(None, examples=["North car park"])
    euros_per_kwh: Price | None = Field(None, examples=[0.3])


class Registrations(ApiModel):
    """Many charging points make themselves known at once."""

    points: list[Registration] = Field(min_length=1, max_length=1000)


class SessionOfPoint(ApiModel):
    """The open session of a charging point."""

    session_id: str = Field(examples=["session-3-1-17"])
    request_id: str = Field(examples=["req-abc123"])
    driver_id: str = Field(examples=["driver-alice"])
    status: Literal["AUTHORISED", "SUPPLYING"]
    requested_at: datetime = Field(examples=[NOON])
    started_at: datetime | None = Field(examples=[NOON])
    kw: float = Field(examples=[22.0])
    kwh: float = Field(examples=[0.0306])
    euros: float = Field(examples=[0.0092])
    read_at: datetime | None = Field(
        examples=[NOON], description="When Central received these figures, by its own clock"
    )


class PointView(ApiModel):
    """A charging point as Central shows it."""

    cp_id: str = Field(examples=["CP-001"])
    station_id: str | None = Field(examples=["STATION-1"], description="What has one socket, one owner, one firmware")
    site_id: str | None = Field(examples=["SITE-1"])
    location: str = Field(examples=["North car park"])
    euros_per_kwh: float = Field(examples=[0.3])
    kw_rate: float = Field(examples=[22.0])
    state: CPState
    since: datetime = Field(examples=[NOON])
    reason: str | None = Field(examples=["stopped by the operator"])
    last_seen: datetime | None = Field(examples=[NOON])
    stopped: bool
    manual: bool
    plugged: bool
    session: SessionOfPoint | None


class PointCounts(ApiModel):
    """How many points of a site are in each state."""

    ACTIVATED: int = Field(examples=[7])
    SUPPLYING: int = Field(examples=[2])
    STOPPED: int = Field(examples=[0])
    FAULT: int = Field(examples=[0])
    DISCONNECTED: int = Field(examples=[1])


class SiteView(ApiModel):
    """A site: its points by their state, and what was billed there in all."""

    site_id: str = Field(examples=["SITE-1"])
    points: PointCounts
    sessions: int = Field(examples=[120])
    kwh: float = Field(examples=[1234.5])
    euros: float = Field(examples=[370.35])


class RegisteredPoint(ApiModel):
    """Where the monitor of a registered point opens its framed TCP link."""

    cp_id: str = Field(examples=["CP-001"])
    tcp_port: int = Field(examples=[9999])
    point: PointView


class ReadingView(ApiModel):
    """The newest reading of a running supply."""

    cp_id: str = Field(examples=["CP-001"])
    kw: float = Field(examples=[22.0])
    euros: float = Field(examples=[0.0092])
    driver_id: str = Field(examples=["driver-alice"])
    session_id: str = Field(examples=["session-3-1-17"])
    ts: datetime = Field(examples=[NOON])
    kwh: float = Field(examples=[0.0306])
    register_mwh: int = Field(examples=[30555])
    read_at: datetime | None = Field(examples=[NOON], description="When Central received it, by its own clock")


class OngoingRequest(ApiModel):
    """A request that was accepted and has not ended."""

    request_id: str = Field(examples=["req-abc123"])
    requested_at: datetime = Field(examples=[NOON])
    started_at: datetime | None = Field(examples=[NOON])
    driver_id: str = Field(examples=["driver-alice"])
    cp_id: str = Field(examples=["CP-001"])
    session_id: str = Field(examples=["session-3-1-17"])
    status: Literal["AUTHORISED", "SUPPLYING"]


class ResolvedView(ApiModel):
    """What an operator said who settled a suspect session by hand."""

    at: datetime = Field(examples=[NOON])
    by: str = Field(examples=["operator"])
    note: str = Field(examples=["The display of the vehicle said so"])


class SessionView(ApiModel):
    """A session from the ledger. `kwh` is what was delivered: by the engine's figures, or as settled by hand."""

    session_id: str = Field(examples=["session-3-1-17"])
    request_id: str = Field(examples=["req-abc123"])
    driver_id: str = Field(examples=["driver-alice"])
    cp_id: str = Field(examples=["CP-001"])
    status: Literal["AUTHORISED", "SUPPLYING", "COMPLETED", "FAILED", "SUSPECT"]
    euros_per_kwh: float = Field(examples=[0.3])
    requested_at: datetime = Field(examples=[NOON])
    started_at: datetime | None = Field(examples=[NOON])
    ended_at: datetime | None = Field(examples=[NOON])
    register_start_mwh: int | None = Field(examples=[1000])
    register_stop_mwh: int | None = Field(examples=[62111])
    kwh: float | None = Field(examples=[0.061111])
    ended_by: str | None = Field(examples=["supply complete"])
    settled: ResolvedView | None


class Resolution(ApiModel):
    """What a suspect session delivered, and why that is known; without `kwh`, what its engine's figures say."""

    model_config = ConfigDict(strict=True)

    kwh: Energy | None = Field(None, examples=[0.061111])
    note: Line = Field(examples=["The display of the vehicle said so"])
    by: Name = Field("operator", examples=["operator"], json_schema_extra=NAME_SCHEMA)


class TicketView(ApiModel):
    """A bill from the ledger."""

    session_id: str = Field(examples=["session-3-1-17"])
    driver_id: str = Field(examples=["driver-alice"])
    cp_id: str = Field(examples=["CP-001"])
    started_at: datetime = Field(examples=[NOON])
    ended_at: datetime = Field(examples=[NOON])
    kwh: float = Field(examples=[0.061111])
    euros_per_kwh: float = Field(examples=[0.3])
    euros: float = Field(examples=[0.018333])
    ended_by: str = Field(examples=["supply complete"])


class RequestView(ApiModel):
    """A driver's request and what was decided."""

    request_id: str = Field(examples=["req-abc123"])
    driver_id: str = Field(examples=["driver-alice"])
    cp_id: str = Field(examples=["CP-001"])
    kwh: float | None = Field(examples=[10.5])
    requested_at: datetime = Field(examples=[NOON])
    decision: Literal["ACCEPTED", "DENIED"]
    reason: str | None = Field(examples=["CP-001 is busy"])
    session_id: str | None = Field(examples=["session-3-1-17"])


class DriverView(ApiModel):
    """What a driver asked for and was billed, in all."""

    driver_id: str = Field(examples=["driver-alice"])
    requests: int = Field(examples=[10])
    tickets: int = Field(examples=[8])
    kwh: float = Field(examples=[0.488888])
    euros: float = Field(examples=[0.146664])


class NoticeView(ApiModel):
    """A system message."""

    notice_id: str = Field(examples=["notice-3-1-18"])
    ts: datetime = Field(examples=[NOON])
    level: Literal["info", "warning", "error"]
    cp_id: str | None = Field(examples=["CP-001"])
    text: str = Field(examples=["CP-001 out of order: stopped by the operator"])


class ActionNotDone(ApiModel):
    """A point at which an action for all was not done."""

    cp_id: str = Field(examples=["CP-001"])
    reason: str = Field(examples=["Central did not decide within 5 s"])


class DoneForAll(ApiModel):
    """What came of an action for all points."""

    done: int = Field(examples=[10])
    failed: list[ActionNotDone]


class RegisteredMany(DoneForAll):
    """What came of registering many points, and where their monitors open their framed TCP links."""

    tcp_port: int = Field(examples=[9999])


class HealthVerdict(ApiModel):
    """Whether all is well, and if not, why."""

    status: Literal["ok", "failing"]
    reason: str | None = Field(examples=["Cannot use the database central.db (disk is full): free some space"])


class Health(HealthVerdict):
    """How Central is; while it works, `reason` says what an operator should know nevertheless."""

    version: str = Field(examples=["0.1.0"])
    points: int = Field(examples=[10])
    tcp_port: int = Field(examples=[9999])
    uptime_s: float = Field(examples=[12.5])


class Problem(ApiModel):
    """What went wrong, in the form of RFC 9457."""

    type: str = Field(examples=["about:blank"])
    title: str = Field(examples=["Not Found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["CP-404 is not a known charging point"])
    instance: str = Field(examples=["/cp/CP-404"])
