"""What the network earned, under /api/v1: by day and site, as bills are added up, and by point, tariff and driver, from
the bills themselves. Knows no rule."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import chain
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from evcharging.adapters.store.history import History
from evcharging.apps.ev_central.answers import UNDECIDED, answers
from evcharging.apps.ev_central.api_v1.paging import From, To
from evcharging.apps.ev_central.api_v1.times import refuse_longer, refuse_other_years
from evcharging.apps.ev_central.views_figures import By, RevenueGroup, RevenueSums, RevenueView, VatView
from evcharging.apps.ev_central.web import LARGEST_PAGE, PastRoute, TheQueries, json_response
from evcharging.common.moments import in_utc
from evcharging.domain.meter import to_kwh
from evcharging.domain.money import to_euros
from evcharging.domain.totals import EVERYTHING, SPANS, Step, Total, begin_of, of_site
from evcharging.domain.turnover import Groups, Shared, Turnover, added, less, parts_of

USUAL = timedelta(days=30)
"""How long a time is told of where nobody says from when on."""

LONGEST_DAYS = 366
"""The first and the last year in which every span has a begin and an end."""

HOUR = SPANS[Step.HOUR]
SHARED = {By.POINT: Shared.POINT, By.TARIFF: Shared.TARIFF, By.DRIVER: Shared.DRIVER}
NOTHING = Turnover()

Some = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many groups, at most; days are all told")]
Named = tuple[str | None, Turnover]

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=PastRoute)


@api.get("/revenue", responses=answers(RevenueView, UNDECIDED), summary="Revenue by day, site, point, tariff or driver")
async def revenue(queries: TheQueries, by: By, since: From = None, to: To = None, limit: Some = 100) -> Response:
    """Of 366 days at most, by full hours in UTC: the one in which the time begins counts whole, and so does the one in
    which it ends; without `from`, of the 30 days until then."""
    begin, end = _time(queries.now(), since, to)
    if by in SHARED:
        found = await queries.history(lambda store: store.turnover(SHARED[by], begin, end, limit))
        return _answer(by, begin, end, *_told(found))
    if by is By.DAY:
        days = await queries.history(lambda store: _days(store, begin, end))
        return _answer(by, begin, end, added(turnover for _, turnover in days), len(days), days)
    total, sites = await queries.history(lambda store: _sites(store, begin, end))
    return _answer(by, begin, end, total, len(sites), sites[:limit])


def _time(now: datetime, since: datetime | None, to: datetime | None) -> tuple[datetime, datetime]:
    """The full hours that are asked for."""
    refuse_other_years(since, to)
    asked = in_utc(to or now)
    end = begin_of(Step.HOUR, asked)
    end += HOUR * (end < asked)
    begin = begin_of(Step.HOUR, since if since is not None else end - USUAL)
    refuse_longer(begin, end, LONGEST_DAYS)
    return begin, end


def _told(found: Groups) -> tuple[Turnover, int, list[Named]]:
    return found.total, found.count, [(group.value or None, group.turnover) for group in found.first]


def _days(store: History, begin: datetime, end: datetime) -> list[Named]:
    """Each day, whether something was in it or not."""
    sums: dict[datetime, list[Turnover]] = {}
    for total in _spans(store, begin, end):
        sums.setdefault(begin_of(Step.DAY, total.at), []).append(_of(total))
    first, day = begin_of(Step.DAY, begin), SPANS[Step.DAY]
    count = -((first - end) // day) if begin < end else 0
    days = (first + number * day for number in range(count))
    return [(each.date().isoformat(), added(sums.get(each, ()))) for each in days]


def _sites(store: History, begin: datetime, end: datetime) -> tuple[Turnover, list[Named]]:
    """What all bills come to, and those of each site, the most money first; the ones of no site are the difference."""
    total = added(map(_of, _spans(store, begin, end)))
    parts = chain.from_iterable(store.sites(*part) for part in parts_of(begin, end))
    sums: dict[str, list[Turnover]] = {}
    for each in parts:
        sums.setdefault(each.subject.removeprefix(of_site("")), []).append(_of(each))
    sites: list[Named] = [(site, added(some)) for site, some in sums.items()]
    elsewhere = less(total, added(turnover for _, turnover in sites))
    if elsewhere != NOTHING:
        sites.append((None, elsewhere))
    return total, sorted(sites, key=lambda site: (-site[1].micro_euros, site[0] or ""))


def _spans(store: History, begin: datetime, end: datetime) -> list[Total]:
    """All bills of a time, added up by its days and hours."""
    return [total for part in parts_of(begin, end) for total in store.series(EVERYTHING, *part)]


def _of(total: Total) -> Turnover:
    return Turnover(sessions=total.sessions, energy_mwh=total.energy_mwh, micro_euros=total.micro_euros)


def _answer(by: By, begin: datetime, end: datetime, total: Turnover, groups: int, items: Iterable[Named]) -> Response:
    view = RevenueView(
        by=by,
        begins_at=begin,
        ends_at=end,
        total=RevenueSums(**_sums(total)),
        groups=groups,
        items=[RevenueGroup(value=value, **_sums(turnover)) for value, turnover in items],
    )
    return json_response(view)


def _sums(turnover: Turnover) -> dict[str, Any]:
    return {
        "sessions": turnover.sessions,
        "kwh": to_kwh(turnover.energy_mwh),
        "euros": to_euros(turnover.micro_euros),
        "vat": _vat(turnover),
    }


def _vat(turnover: Turnover) -> VatView | None:
    net, gross = turnover.net_micro_euros, turnover.priced_micro_euros
    if not (net or gross):
        return None
    return VatView(euros=to_euros(gross), net_euros=to_euros(net), vat_euros=to_euros(gross - net))
