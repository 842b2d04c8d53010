"""When in the week a network is used: what flowed, and for how long, by weekday and hour of the day, in UTC. Knows no
message bus, store or clock."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from evcharging.common.moments import in_utc
from evcharging.common.utils import Frozen
from evcharging.domain.session import Session
from evcharging.domain.states_past import PastState, uses_of
from evcharging.domain.totals import SPANS, Step, Total, begin_of

HOUR = SPANS[Step.HOUR]
HOURS_OF_DAY, DAYS_OF_WEEK = 24, 7
HOURS_OF_WEEK = HOURS_OF_DAY * DAYS_OF_WEEK


class WeekHour(Frozen, frozen=True, kw_only=True):
    """An hour of the week, `weekday` 0 being Monday. `lasted`: how much of the time that is looked at was in it;
    `energy_mwh`: what flowed in it; `supplied`: for how long, where that is known."""

    weekday: int
    hour: int
    lasted: timedelta
    energy_mwh: int
    supplied: timedelta | None


Time = tuple[datetime, datetime]
"""From a moment on until another one."""


def week_of(begin: datetime, end: datetime, totals: Iterable[Total], supplies: Iterable[Time] | None) -> list[WeekHour]:
    """The hours of a week, in order: what totals by the hour come to in them, and how much of them supplies took."""
    energy = [0] * HOURS_OF_WEEK
    for total in totals:
        energy[_number(total.at)] += total.energy_mwh
    lasted = _spread([(begin, end)])
    supplied = None if supplies is None else _spread(supplies)
    return [
        WeekHour(
            weekday=number // HOURS_OF_DAY,
            hour=number % HOURS_OF_DAY,
            lasted=lasted[number],
            energy_mwh=energy[number],
            supplied=None if supplied is None else supplied[number],
        )
        for number in range(HOURS_OF_WEEK)
    ]


def supplies_of(sessions: Iterable[Session], begin: datetime, end: datetime) -> list[Time]:
    """When sessions supplied, as far as it was from begin to end."""
    uses = (use for session in sessions for use in uses_of(session, end) if use.state is PastState.CHARGING)
    times = ((max(use.begin, begin), min(use.end, end)) for use in uses)
    return [(first, last) for first, last in times if first < last]


def _spread(times: Iterable[Time]) -> list[timedelta]:
    """How much of these times is in each hour of the week."""
    found = [timedelta()] * HOURS_OF_WEEK
    for begin, end in times:
        for first, last in _hours(begin, end):
            found[_number(first)] += last - first
    return found


def _hours(begin: datetime, end: datetime) -> Iterator[Time]:
    """A time, cut at each full hour."""
    while begin < end:
        cut = min(begin_of(Step.HOUR, begin) + HOUR, end)
        yield begin, cut
        begin = cut


def _number(moment: datetime) -> int:
    at = in_utc(moment)
    return at.weekday() * HOURS_OF_DAY + at.hour
