"""What happened over time, under /api/v1: energy, power, sessions and revenue by the hour or the day. Knows no rule."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from fastapi import APIRouter
from starlette.responses import Response

from evcharging.adapters.store.history import History, Search
from evcharging.apps.ev_central.answers import UNDECIDED, answers
from evcharging.apps.ev_central.api_v1.paging import From, To
from evcharging.apps.ev_central.views_figures import Of, SeriesView, SpanView
from evcharging.apps.ev_central.web import Filter, PastRoute, TheQueries, json_response
from evcharging.common.moments import in_utc
from evcharging.domain.charging_point import LastReading
from evcharging.domain.meter import to_kwh
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.money import to_euros
from evcharging.domain.session import Bill, Session
from evcharging.domain.totals import (
    EVERYTHING,
    LONGEST,
    SPANS,
    Step,
    Total,
    added_up,
    begin_of,
    minutes_of,
    of_point,
    of_site,
)

MOST_SPANS = 10_000
"""More than the hours of a year."""

EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, tzinfo=UTC)

MOST_SESSIONS = 10_000
"""The newest of a point that are looked at for its minutes."""

USUAL = {Step.MINUTE: 180, Step.HOUR: 48, Step.DAY: 31}
"""How many spans are told where nobody says from when on."""

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=PastRoute)


VALUES: dict[Of, Callable[[Total], float]] = {
    Of.ENERGY: lambda total: to_kwh(total.energy_mwh),
    Of.POWER: lambda total: round(to_kwh(total.energy_mwh) / (SPANS[total.step] / timedelta(hours=1)), 6),
    Of.SESSIONS: lambda total: float(total.sessions),
    Of.REVENUE: lambda total: to_euros(total.micro_euros),
}
"""In kWh, kW in the mean, sessions that ended, and euros."""


@api.get("/series", responses=answers(SeriesView, UNDECIDED), summary="Energy, power, sessions or revenue over time")
async def series(
    queries: TheQueries,
    of: Of,
    step: Step = Step.DAY,
    since: From = None,
    to: To = None,
    point: Filter = None,
    site: Filter = None,
) -> Response:
    """Of one point, or else of one site, or else of everything; in UTC, and the newest 10,000 spans at most. By the
    minute it is told as long as minutes and meter values are kept."""
    end = min(in_utc(to or queries.now()), LATEST)
    begin = _range(step, since, end)
    if point is not None and step is Step.MINUTE:
        found = await queries.history(lambda store: _minutes(store, point, begin, end))
    else:
        subject = of_point(point) if point is not None else of_site(site) if site is not None else EVERYTHING
        found = await queries.history(lambda store: store.series(subject, step, begin, end))
    value, known = VALUES[of], {total.at: total for total in found}
    count = max(0, -((begin - end) // SPANS[step]))
    spans = [
        SpanView(at=at, value=value(known[at]) if at in known else 0.0)
        for at in (begin + number * SPANS[step] for number in range(count))
    ]
    return json_response(SeriesView(of=of, step=step, spans=spans))


def _minutes(store: History, cp_id: str, begin: datetime, end: datetime) -> list[Total]:
    """Those of a point, from its sessions and what its meter said in them."""
    earliest = begin - min(LONGEST, begin - EARLIEST)
    wanted = Search(limit=MOST_SESSIONS, where={"cp_id": [cp_id]}, since=earliest, until=end)
    sessions = [session for _, session in store.search(Session, wanted).records]
    ids = [session.session_id for session in sessions]
    bills = {bill.session_id: bill for bill in store.fetch(Bill, ids)}
    values = {each: [*some] for each, some in groupby(store.meter_values(ids), attrgetter("session_id"))}
    for last in store.fetch(LastReading, [cp_id]):
        newest = MeterValue(session_id=last.session_id, at=last.heard_at, register_mwh=last.register_mwh, power_w=0)
        some = values.setdefault(last.session_id, [])
        if not some or some[-1].at < newest.at:
            some.append(newest)
    return added_up(
        total
        for session in sessions
        for total in minutes_of(session, values.get(session.session_id, []), bills.get(session.session_id))
    )


def _range(step: Step, since: datetime | None, end: datetime) -> datetime:
    """When the first span begins: as is asked for, but for what are too many."""
    span = SPANS[step]
    room = (end - EARLIEST) // span
    earliest = begin_of(step, end - min(MOST_SPANS - 1, room) * span)
    if since is None:
        return begin_of(step, end - min(USUAL[step] - 1, room) * span)
    try:
        return max(begin_of(step, since), earliest)
    except OverflowError:
        return earliest
