"""How a point was over time, under /api/v1: free, charging, stopped, faulty or offline. Knows no rule."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path
from starlette.responses import Response

from evcharging.adapters.store.history import History, Search
from evcharging.apps.ev_central.answers import NOT_FOUND, UNDECIDED, answers
from evcharging.apps.ev_central.api_v1.paging import From, To
from evcharging.apps.ev_central.api_v1.times import asked_time
from evcharging.apps.ev_central.refusals import UnknownPoint
from evcharging.apps.ev_central.views_past import AvailabilityView, StateSeconds, StateSpanView, StatesView
from evcharging.apps.ev_central.web import Id, PastRoute, TheQueries, json_response
from evcharging.domain.charging_point import Point
from evcharging.domain.notice import Notice, NoticeCode
from evcharging.domain.record import Record
from evcharging.domain.session import Session
from evcharging.domain.states_past import AFTER, Facts, coarser, seconds_of, states_of, uptime_of

R = TypeVar("R", bound=Record)

USUAL = timedelta(days=1)
LONGEST_DAYS = 31

MOST_SPANS = 1_000
"""More than a screen can show side by side."""

MOST_RECORDS = 10_000
"""The newest sessions, and the newest notices, of a point that are looked at."""

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=PastRoute)


@api.get(
    "/points/{cp_id}/states",
    responses=answers(StatesView, {**NOT_FOUND, **UNDECIDED}),
    summary="How a point was, from when until when",
)
async def states(queries: TheQueries, cp_id: Annotated[Id, Path()], since: From = None, to: To = None) -> Response:
    """Of 31 days at most, until now; without `from`, of the 24 hours until then. It is what sessions and notices say;
    of what they do not say, such as before the newest 10,000 of each, the state is `unknown`."""
    begin, end = asked_time(queries.now(), since, to, usual=USUAL, longest_days=LONGEST_DAYS)
    found = await queries.history(lambda store: _facts(store, cp_id, begin, end))
    spans = states_of(found, begin, end)
    seconds = seconds_of(spans)
    told = coarser(spans, MOST_SPANS)
    view = StatesView(
        cp_id=cp_id,
        begins_at=begin,
        ends_at=end,
        is_exact=len(told) == len(spans),
        spans=[StateSpanView(state=span.state, begins_at=span.begin, ends_at=span.end) for span in told],
        availability=AvailabilityView(
            uptime=uptime_of(seconds), seconds=StateSeconds(**{state.value: some for state, some in seconds.items()})
        ),
    )
    return json_response(view)


def sessions_of(store: History, cp_id: str, begin: datetime, end: datetime) -> tuple[list[Session], datetime | None]:
    """The sessions that a point had in a time; and from when on these are all, where there are too many."""
    return _latest(store, Session, {"cp_id": [cp_id]}, begin, end)


def _facts(store: History, cp_id: str, begin: datetime, end: datetime) -> Facts:
    if not store.fetch(Point, [cp_id]):
        raise UnknownPoint(f"{cp_id} is not a known charging point")
    sessions, had_since = sessions_of(store, cp_id, begin, end)
    notices, said_since = _latest(store, Notice, {"cp_id": [cp_id], "code": [*AFTER]}, begin, end)
    first = min((notice.ts for notice in notices), default=end)
    wanted = Search(
        limit=MOST_RECORDS,
        where={"code": [NoticeCode.CENTRAL_OK.value]},
        has={"cp_id": False},
        since=first,
        until=end,
        oldest_first=True,
    )
    began = [notice.ts for _, notice in store.search(Notice, wanted).records]
    since = max((each for each in (had_since, said_since) if each is not None), default=None)
    return Facts(notices=notices, sessions=sessions, central_began=began, since=since)


def _latest(
    store: History, kind: type[R], where: dict[str, Sequence[str]], begin: datetime, end: datetime
) -> tuple[list[R], datetime | None]:
    """The records of a time, oldest first, and the newest one before it; without that, and with the moment of the
    oldest, where there are too many."""
    inside = store.search(kind, Search(limit=MOST_RECORDS, where=where, since=begin, until=end)).records
    found = [record for _, record in reversed(inside)]
    if len(found) == MOST_RECORDS:
        return found, getattr(found[0], kind.moment)
    before = store.search(kind, Search(limit=1, where=where, until=begin)).records
    return [*(record for _, record in before), *found], None
