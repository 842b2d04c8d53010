"""What happened over time, under /api/v1: energy, power, sessions and revenue by the hour or the day. Knows no rule."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from evcharging.apps.ev_central.answers import UNDECIDED, answers
from evcharging.apps.ev_central.api_v1.paging import From, To
from evcharging.apps.ev_central.views import Moment, View
from evcharging.apps.ev_central.web import Filter, StrictRoute, TheDesk, json_response
from evcharging.common.utils import shown, utc
from evcharging.domain.meter import to_kwh
from evcharging.domain.tariff import to_euros
from evcharging.domain.totals import EVERYTHING, SPANS, Step, Total, begin_of, of_point, of_site

MOST_SPANS = 10_000
"""More than the hours of a year."""

EARLIEST = datetime(1, 1, 2, tzinfo=UTC)

USUAL = {Step.HOUR: 48, Step.DAY: 31}
"""How many spans are told where nobody says from when on."""

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=StrictRoute)


class Of(StrEnum):
    """What is told of each span."""

    ENERGY = "energy"
    POWER = "power"
    SESSIONS = "sessions"
    REVENUE = "revenue"


VALUES: dict[Of, Callable[[Total], float]] = {
    Of.ENERGY: lambda total: to_kwh(total.energy_mwh),
    Of.POWER: lambda total: round(to_kwh(total.energy_mwh) / (SPANS[total.step] / timedelta(hours=1)), 6),
    Of.SESSIONS: lambda total: float(total.sessions),
    Of.REVENUE: lambda total: to_euros(total.micro_euros),
}
"""In kWh, kW in the mean, sessions that ended, and euros."""


class SpanView(View, frozen=True, kw_only=True):
    """One span: when it begins, and what was then."""

    at: Moment
    value: Annotated[float, shown(12.5)]


class SeriesView(View, frozen=True, kw_only=True):
    """Spans in order, those in which nothing was with 0. `of` energy is in kWh, power in kW in the mean, sessions are
    those that ended, revenue is in euros; energy that flows now counts once its session is billed."""

    of: Of
    step: Step
    spans: list[SpanView]


@api.get("/series", responses=answers(SeriesView, UNDECIDED), summary="Energy, power, sessions or revenue over time")
async def series(
    desk: TheDesk,
    of: Of,
    step: Step = Step.DAY,
    since: From = None,
    to: To = None,
    point: Filter = None,
    site: Filter = None,
) -> Response:
    """Of one point, or else of one site, or else of everything; in UTC, and the newest 10,000 spans at most."""
    end = utc(to or desk.now())
    begin = _range(step, since, end)
    subject = of_point(point) if point is not None else of_site(site) if site is not None else EVERYTHING
    found = await desk.history(lambda store: store.series(subject, step, begin, end))
    value, known = VALUES[of], {total.at: total for total in found}
    count = max(0, -((begin - end) // SPANS[step]))
    spans = [
        SpanView(at=at, value=value(known[at]) if at in known else 0.0)
        for at in (begin + number * SPANS[step] for number in range(count))
    ]
    return json_response(SeriesView(of=of, step=step, spans=spans))


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
