"""Figures of the whole network as they are shown: now, and over time; `views.py` says more of such structures."""

from enum import StrEnum
from typing import Annotated

from evcharging.apps.ev_central.views import Count, Euros, Kilowatts, Kwh, Moment, PointCounts, View
from evcharging.common.utils import shown
from evcharging.domain.totals import Step


class Of(StrEnum):
    """What is told of each span."""

    ENERGY = "energy"
    POWER = "power"
    SESSIONS = "sessions"
    REVENUE = "revenue"


class SpanView(View, frozen=True, kw_only=True):
    """One span: when it begins, and what was then."""

    at: Moment
    value: Annotated[float, shown(12.5)]


class SeriesView(View, frozen=True, kw_only=True):
    """Spans in order, those in which nothing was with 0. `of` energy is in kWh, power in kW in the mean, sessions are
    those that ended, revenue is in euros. By the hour and the day, energy counts once its session is billed; by the
    minute, at once."""

    of: Of
    step: Step
    spans: list[SpanView]


class By(StrEnum):
    """What bills of a group have in common."""

    DAY = "day"
    SITE = "site"
    POINT = "point"
    TARIFF = "tariff"
    DRIVER = "driver"


class VatView(View, frozen=True, kw_only=True):
    """What is known of VAT: of the bills by tariffs, which come to so many euros with it."""

    euros: Euros
    net_euros: Annotated[float, shown(0.015151)]
    vat_euros: Annotated[float, shown(0.003182)]


class RevenueSums(View, frozen=True, kw_only=True):
    """What some bills come to, in euros with VAT; `vat` is null where it was not asked of the bills themselves, or none
    of them is by a tariff."""

    sessions: Count
    kwh: Kwh
    euros: Euros
    vat: VatView | None


class RevenueGroup(RevenueSums, frozen=True, kw_only=True):
    """Bills of one day, site, point, tariff or driver; null for those without one."""

    value: Annotated[str, shown("SITE-1", "A day such as 2026-01-01, or an ID")] | None


class RevenueView(View, frozen=True, kw_only=True):
    """The revenue of the time from `begins_at` until `ends_at`, in UTC: the `total` of all groups, how many `groups`
    there are, and the first of them, days in their order and anything else with the most money first. Sessions and
    money count when sessions ended. Energy counts then too, but by day and by site when it flowed."""

    by: By
    begins_at: Moment
    ends_at: Moment
    total: RevenueSums
    groups: Count
    items: list[RevenueGroup]


class StatsView(View, frozen=True, kw_only=True):
    """The whole network now: points by their state, those that are free, sessions that go on, the power that flows,
    bills that are held, and open alerts."""

    points: PointCounts
    free: Count
    sessions: Count
    kw: Kilowatts
    held: Count
    alerts: Annotated[Count, shown(0, "Alerts that go on and nobody has acknowledged")]


FIGURES: tuple[type[View], ...] = (StatsView, SeriesView, RevenueView)
"""All of them."""
