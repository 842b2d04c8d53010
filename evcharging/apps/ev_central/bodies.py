"""What clients send over HTTP. Knows no route."""

from typing import Annotated, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from evcharging.common.lines import LINE_PATTERN, checked_line
from evcharging.common.messages import MOST_MINUTES, Limit
from evcharging.common.setting_values import Name, checked_price

Line = Annotated[
    str,
    Field(min_length=1, max_length=120, json_schema_extra={"pattern": LINE_PATTERN}),
    AfterValidator(checked_line),
]


def _written(said: object) -> object:
    if not isinstance(said, str) or said.strip().lstrip("+-").replace(".", "", 1).isdigit():
        raise ValueError("give ISO 8601 with a time zone, such as 2026-01-01T12:00:00Z")
    return said


Moment = Annotated[AwareDatetime, BeforeValidator(_written)]
"""A moment as it is written, with its zone: no count of seconds."""


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


class EnrolBody(ApiModel):
    """A point's monitor asks for its key."""

    model_config = ConfigDict(strict=True)

    token: str = Field(min_length=1, max_length=128, examples=["eve_" + "a" * 43])


class Resolution(ApiModel):
    """What a suspect session delivered, and why that is known; without `kwh`, what its engine's figures say."""

    model_config = ConfigDict(strict=True)

    kwh: Energy | None = Field(None, examples=[0.061111])
    note: Line = Field(examples=["The display of the vehicle said so"])
    by: Name = Field("operator", examples=["operator"], json_schema_extra=NAME_SCHEMA)


class ChargeAtSite(ApiModel):
    """The charge that a driver asks for; `kwh` ends it once so much has flowed, `minutes` once that time is over."""

    model_config = ConfigDict(strict=True)

    kwh: float | None = Field(None, ge=0.000001, le=1000, allow_inf_nan=False, examples=[10.5])
    minutes: int | None = Field(None, ge=1, le=MOST_MINUTES, examples=[45])
    card_id: Name | None = Field(
        None, examples=[None], description="The driver's card that pays; the default one without it"
    )


class Charge(ChargeAtSite):
    """The charge that a driver asks for at a point."""

    cp_id: Name = Field(examples=["CP-001"], json_schema_extra=NAME_SCHEMA)


class ReservationBody(ApiModel):
    """What somebody books: a point, or any point of a site, from a moment until before another, with their zones."""

    cp_id: Name | None = Field(None, examples=["CP-001"], json_schema_extra=NAME_SCHEMA)
    site_id: Name | None = Field(None, examples=["SITE-1"], json_schema_extra=NAME_SCHEMA)
    driver_id: Name | None = Field(None, examples=["driver-alice"], json_schema_extra=NAME_SCHEMA)
    begins_at: Moment = Field(alias="from", examples=["2026-01-01T12:00:00Z"])
    ends_at: Moment = Field(alias="to", examples=["2026-01-01T13:00:00Z"])
    card_id: Name | None = Field(
        None, examples=[None], description="The driver's card that pays; the default one without it"
    )

    @model_validator(mode="after")
    def one_place(self) -> Self:
        """A point or a site; raises ValueError for both and for none."""
        if (self.cp_id is None) is (self.site_id is None):
            raise ValueError("say cp_id or site_id, and not both")
        return self


class LimitBody(Limit, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The most that a point may give: milliamperes on each phase, or watts in all, or both; 0 pauses. An unknown field
    is refused."""
