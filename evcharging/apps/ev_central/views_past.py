"""How points were, and when in the week they are used, as it is shown; `views.py` says more of such structures."""

from typing import Annotated

from evcharging.apps.ev_central.views import Count, CpId, Kilowatts, Kwh, Moment, View
from evcharging.common.messages_tariff import Weekday
from evcharging.common.utils import shown
from evcharging.domain.states_past import PastState

Seconds = Annotated[float, shown(3600.0)]
Share = Annotated[float, shown(0.982)]


class StateSpanView(View, frozen=True, kw_only=True):
    """A point was in this state all of the time: `occupied` by a vehicle that nothing flows into, or waiting for one;
    `unknown` where the ledger does not say."""

    state: PastState
    begins_at: Moment
    ends_at: Moment


class StateSeconds(View, frozen=True, kw_only=True):
    """How long a point was in each state."""

    free: Seconds
    charging: Seconds
    occupied: Seconds
    stopped: Seconds
    faulty: Seconds
    offline: Seconds
    unknown: Seconds


class AvailabilityView(View, frozen=True, kw_only=True):
    """`uptime`: the share of the time that is known in which the point was free, charging or occupied; null where
    nothing is known."""

    uptime: Share | None
    seconds: StateSeconds


class StatesView(View, frozen=True, kw_only=True):
    """How a point was, in spans one after the other without a gap. `is_exact`: where there are too many to tell, each
    span is in the state that lasted longest in it; `availability` is exact all the same."""

    cp_id: CpId
    begins_at: Moment
    ends_at: Moment
    is_exact: bool
    spans: list[StateSpanView]
    availability: AvailabilityView


class WeekHourView(View, frozen=True, kw_only=True):
    """An hour of the week, in UTC, and how many such `hours` were in the time. `kwh` flowed in them, `kw` in the mean;
    `share`: of a single point, in how much of the time it supplied. Both are null where there was no such hour."""

    weekday: Weekday
    hour: Count
    hours: Annotated[float, shown(4.0)]
    kwh: Kwh
    kw: Kilowatts | None
    share: Share | None


class UtilisationView(View, frozen=True, kw_only=True):
    """The 168 hours of a week, from Monday 0:00 UTC on, over a time. Energy counts once its session is billed."""

    begins_at: Moment
    ends_at: Moment
    items: list[WeekHourView]


OF_THE_PAST: tuple[type[View], ...] = (StatesView, UtilisationView)
"""All of them."""
