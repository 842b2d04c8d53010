"""When in the week the network is used, under /api/v1. Knows no rule."""

from datetime import datetime, timedelta
from typing import get_args

from fastapi import APIRouter
from starlette.responses import Response

from evcharging.adapters.store.history import History
from evcharging.apps.ev_central.answers import UNDECIDED, answers
from evcharging.apps.ev_central.api_v1.paging import From, To
from evcharging.apps.ev_central.api_v1.states_api import sessions_of
from evcharging.apps.ev_central.api_v1.times import asked_time
from evcharging.apps.ev_central.views_past import UtilisationView, WeekHourView
from evcharging.apps.ev_central.web import Filter, PastRoute, TheQueries, json_response
from evcharging.common.messages_tariff import Weekday
from evcharging.domain.meter import to_kwh
from evcharging.domain.totals import EVERYTHING, SPANS, Step, Total, begin_of, of_point, of_site
from evcharging.domain.utilisation import WeekHour, supplies_of, week_of

USUAL = timedelta(days=30)
LONGEST_DAYS = 366
HOUR = SPANS[Step.HOUR]
WEEKDAYS = get_args(Weekday)

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=PastRoute)


@api.get("/utilisation", responses=answers(UtilisationView, UNDECIDED), summary="Use by weekday and hour of the day")
async def utilisation(
    queries: TheQueries, since: From = None, to: To = None, point: Filter = None, site: Filter = None
) -> Response:
    """Of one point, or else of one site, or else of everything; of 366 days at most until now, from the full hour on in
    which the time begins; without `from`, of the 30 days until then. The `share` of a point is of its newest 10,000
    sessions."""
    begin, end = asked_time(queries.now(), since, to, usual=USUAL, longest_days=LONGEST_DAYS)
    begin = begin_of(Step.HOUR, begin)
    subject = of_point(point) if point is not None else of_site(site) if site is not None else EVERYTHING
    totals = await queries.history(lambda store: store.series(subject, Step.HOUR, begin, end))
    if point is None:
        items = _hours(week_of(begin, end, totals, None))
    else:
        items = await queries.history(lambda store: _of_point(store, point, begin, end, totals))
    return json_response(UtilisationView(begins_at=begin, ends_at=end, items=items))


def _of_point(store: History, cp_id: str, begin: datetime, end: datetime, totals: list[Total]) -> list[WeekHourView]:
    sessions, had_since = sessions_of(store, cp_id, begin, end)
    known = max(begin, had_since or begin)
    supplies = week_of(known, end, [], supplies_of(sessions, known, end))
    return _hours(week_of(begin, end, totals, None), supplies)


def _hours(week: list[WeekHour], supplies: list[WeekHour] | None = None) -> list[WeekHourView]:
    shares = [None] * len(week) if supplies is None else [_share(hour) for hour in supplies]
    return [_hour(hour, share) for hour, share in zip(week, shares, strict=True)]


def _share(hour: WeekHour) -> float | None:
    return hour.supplied / hour.lasted if hour.lasted and hour.supplied is not None else None


def _hour(hour: WeekHour, share: float | None) -> WeekHourView:
    kwh, hours = to_kwh(hour.energy_mwh), hour.lasted / HOUR
    return WeekHourView(
        weekday=WEEKDAYS[hour.weekday],
        hour=hour.hour,
        hours=round(hours, 6),
        kwh=kwh,
        kw=round(kwh / hours, 6) if hours else None,
        share=None if share is None else round(share, 6),
    )
