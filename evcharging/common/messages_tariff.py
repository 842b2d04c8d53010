"""What a tariff says, as messages and records carry it: prices in whole micro-euro, with restrictions, after OCPI 2.2.1
(module Tariffs). Decides nothing."""

from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Literal, get_args

from msgspec import Meta

from evcharging.common.utils import Frozen, from_json, to_json

DEAREST = 10**9
"""1,000 euros, for a kilowatt-hour, a minute or a session."""

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

UNPUBLISHED = "unpublished@0"
"""The version of a tariff that has none yet."""

MicroEuros = Annotated[int, Meta(ge=0, le=DEAREST, examples=[250_000])]
Total = Annotated[int, Meta(ge=0, le=10**12, examples=[1_000_000])]
TIME_PATTERN = r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)"
DAY_PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$(?!\n)"
TimeOfDay = Annotated[str, Meta(pattern=TIME_PATTERN, description="HH:MM, local time", examples=["22:00"])]
Day = Annotated[str, Meta(pattern=DAY_PATTERN, description="YYYY-MM-DD, local date", examples=["2026-11-23"])]
Weekday = Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
Least = Annotated[int, Meta(ge=0, le=2**53, examples=[600])]
Seconds = Annotated[int, Meta(ge=0, le=10**9, description="Seconds, of 31 years at most", examples=[600])]
VERSION_PATTERN = r"^[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,51}[A-Za-z0-9])?@[0-9]{1,9}$(?!\n)"
TARIFF_PATTERN = r"^[A-Za-z0-9](?:[A-Za-z0-9._:-]{0,51}[A-Za-z0-9])?$(?!\n)"
ZONE_PATTERN = r"^[^\x00-\x1f\x7f-\x9f]{1,64}$(?!\n)"
VersionId = Annotated[
    str, Meta(pattern=VERSION_PATTERN, max_length=64, description="TARIFF@VERSION", examples=["night@1"])
]
TariffId = Annotated[
    str, Meta(pattern=TARIFF_PATTERN, max_length=53, description="1 to 53 of A-Z a-z 0-9 . _ : -", examples=["night"])
]
ZoneName = Annotated[str, Meta(pattern=ZONE_PATTERN, max_length=64, description="IANA time zone", examples=["UTC"])]
Quantity = Annotated[int, Meta(ge=0, le=2**63 - 1, examples=[5_000_000])]
Name = Annotated[str, Meta(max_length=32, examples=["energy"])]
Money = Annotated[int, Meta(ge=-(2**53), le=2**53, description="Micro-euro", examples=[500_000])]

WEEKDAYS: tuple[str, ...] = get_args(Weekday)
"""In the order of `date.weekday`."""


class Component(StrEnum):
    """What a price is for."""

    SESSION = "session"
    ENERGY = "energy"
    CHARGING_TIME = "charging_time"
    IDLE_TIME = "idle_time"


class Element(Frozen, frozen=True, kw_only=True):
    """Prices, and when they count: of each component the first element counts that has a price for it and holds.

    A session costs `session_micro_euros` once, by how things stand when it begins; energy is priced by the kWh, time by
    the minute or by the hour. `local_from` until before `local_to`: a time of day in the tariff's zone; from a later to
    an earlier one it goes over midnight, and 00:00 at the end is midnight. `from_date` until before `until_date`. From
    each `min` on it holds, and from each `max` on no more: energy so far, seconds since the session began, watts
    that flow."""

    session_micro_euros: MicroEuros | None = None
    energy_micro_euros_per_kwh: MicroEuros | None = None
    charging_micro_euros_per_minute: MicroEuros | None = None
    charging_micro_euros_per_hour: MicroEuros | None = None
    idle_micro_euros_per_minute: MicroEuros | None = None
    idle_micro_euros_per_hour: MicroEuros | None = None
    local_from: TimeOfDay | None = None
    local_to: TimeOfDay | None = None
    weekdays: Annotated[tuple[Weekday, ...], Meta(max_length=7)] = ()
    from_date: Day | None = None
    until_date: Day | None = None
    min_mwh: Least | None = None
    max_mwh: Least | None = None
    min_s: Seconds | None = None
    max_s: Seconds | None = None
    min_w: Least | None = None
    max_w: Least | None = None

    @property
    def rates(self) -> dict[Component, tuple[int, int]]:
        """What is priced: micro-euro for so many units, which are sessions, mWh or microseconds."""
        per_minute, per_hour = MINUTE // timedelta(microseconds=1), HOUR // timedelta(microseconds=1)
        said = (
            (Component.SESSION, self.session_micro_euros, 1),
            (Component.ENERGY, self.energy_micro_euros_per_kwh, 1_000_000),
            (Component.CHARGING_TIME, self.charging_micro_euros_per_minute, per_minute),
            (Component.CHARGING_TIME, self.charging_micro_euros_per_hour, per_hour),
            (Component.IDLE_TIME, self.idle_micro_euros_per_minute, per_minute),
            (Component.IDLE_TIME, self.idle_micro_euros_per_hour, per_hour),
        )
        return {component: (price, units) for component, price, units in said if price is not None}

    @property
    def is_by_clock(self) -> bool:
        """Whether it depends on the local time or date."""
        return bool(self.local_from or self.local_to or self.weekdays or self.from_date or self.until_date)

    @property
    def is_by_power(self) -> bool:
        """Whether it depends on the power that flows."""
        return self.min_w is not None or self.max_w is not None

    @property
    def is_always(self) -> bool:
        """Whether nothing restricts it."""
        limits = (self.min_mwh, self.max_mwh, self.min_s, self.max_s, self.min_w, self.max_w)
        return not self.is_by_clock and all(limit is None for limit in limits)


class Tariff(Frozen, frozen=True, kw_only=True):
    """One version of a tariff, which never changes. The time in which a vehicle is plugged in without charging is idle
    after `idle_grace_s`, and costs at most `idle_cap_micro_euros`; the whole costs from `least_micro_euros` to
    `most_micro_euros`, before VAT. `late_cancel_micro_euros` and `no_show_micro_euros` are for reservations."""

    version_id: VersionId = UNPUBLISHED
    zone: ZoneName
    elements: Annotated[tuple[Element, ...], Meta(max_length=100)]
    idle_grace_s: Seconds = 0
    idle_cap_micro_euros: Total | None = None
    least_micro_euros: Total = 0
    most_micro_euros: Total | None = None
    vat_permille: Annotated[int, Meta(ge=0, le=1000, examples=[210])] = 0
    late_cancel_micro_euros: MicroEuros = 0
    no_show_micro_euros: MicroEuros = 0


class ElementBody(Element, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Prices, and when they count, as people write them: an unknown field is refused."""


class TariffBody(Tariff, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tariff as people write it: an unknown field is refused, which programs of an earlier version read past."""

    elements: Annotated[tuple[ElementBody, ...], Meta(max_length=100)]


class TariffNameBody(Frozen, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The name of a published tariff, as people write it."""

    tariff_id: TariffId


def as_tariff(body: TariffBody) -> Tariff:
    """The tariff that somebody wrote."""
    return from_json(Tariff, to_json(body))


class PriceLine(Frozen, frozen=True, kw_only=True):
    """A part of a price. `element` counts from 1. `quantity` is in sessions, mWh or microseconds, of which `per` cost
    `unit_micro_euros`; a line that keeps a limit has neither."""

    component: Name
    micro_euros: Money
    element: Annotated[int, Meta(ge=1, le=100, examples=[1])] | None = None
    quantity: Quantity = 0
    unit_micro_euros: Quantity = 0
    per: Quantity = 0


class Price(Frozen, frozen=True, kw_only=True):
    """What is to be paid: the lines, which add up to `net`, the VAT on that, and both together."""

    lines: Annotated[tuple[PriceLine, ...], Meta(max_length=500)]
    net: Money
    vat_permille: Annotated[int, Meta(ge=0, le=1000, examples=[210])]
    vat: Money
    gross: Money

    def of(self, component: str) -> int:
        """What all lines of a component come to, in micro-euro."""
        return sum(line.micro_euros for line in self.lines if line.component == component)
