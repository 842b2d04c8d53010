"""Figures of the whole network as they are shown: now, and over time; `views.py` says more of such structures."""

from enum import StrEnum
from typing import Annotated

from evcharging.apps.ev_central.views import Count, Kilowatts, Moment, PointCounts, View
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


class StatsView(View, frozen=True, kw_only=True):
    """The whole network now: points by their state, those that are free, sessions that go on, the power that flows,
    bills that are held, and open alerts."""

    points: PointCounts
    free: Count
    sessions: Count
    kw: Kilowatts
    held: Count
    alerts: Annotated[Count, shown(0, "Alerts that go on and nobody has acknowledged")]


FIGURES: tuple[type[View], ...] = (StatsView, SeriesView)
"""All of them."""
