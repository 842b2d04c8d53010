"""The network as it was, under /api/v1: at a moment, what changed from one moment to another, and incidents to look at
again. Knows no rule."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from evcharging.adapters.store.history import History, Search
from evcharging.apps.ev_central.answers import UNDECIDED, answers
from evcharging.apps.ev_central.api_v1.paging import (
    AfterMoment,
    From,
    InTime,
    Limit,
    QueryMoment,
    To,
    name_of,
    page,
    place_of,
)
from evcharging.apps.ev_central.api_v1.times import asked_time
from evcharging.apps.ev_central.replaying import MOST_RECORDS, ledger_begin, past_of, whole_until
from evcharging.apps.ev_central.views_ledger import notice_view
from evcharging.apps.ev_central.views_replay import (
    KIND_OF,
    IncidentPage,
    ReplayChangesPage,
    ReplayChangeView,
    ReplayView,
    incident_view,
    point_then_view,
    replay_view,
)
from evcharging.apps.ev_central.web import PastRoute, TheQueries, json_response, unfit
from evcharging.common.moments import MICROSECOND, in_utc
from evcharging.common.utils import iso
from evcharging.domain.alert import Alert
from evcharging.domain.notice import Notice
from evcharging.domain.replay import PointThen, changes, snapshot

MESSAGES = 50
LONGEST = timedelta(hours=6)
MOST_CHANGES = 5_000
DAY, LONGEST_DAYS = timedelta(days=1), 31

At = Annotated[QueryMoment, Query(description="The moment, ISO 8601 with its time zone")]
HowMany = Annotated[int, Query(ge=1, le=MOST_CHANGES, description="How many, at most")]

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=PastRoute)


@api.get("/replay", responses=answers(ReplayView, UNDECIDED), summary="The network as it was at a moment")
async def replay(queries: TheQueries, at: At) -> Response:
    """What notices, sessions, meter values and actions say of each point. What the ledger does not have is null, and
    is not guessed."""
    moment, now = in_utc(at), queries.now()
    if moment > now:
        raise unfit("query", "at", f"this is later than now, which is {iso(now)}: give a moment of the past")
    found = await queries.history(lambda store: _network(store, moment))
    return json_response(replay_view(moment, *found))


@api.get("/replay/changes", responses=answers(ReplayChangesPage, UNDECIDED), summary="What changed after a moment")
async def replay_changes(
    queries: TheQueries, since: From, to: To = None, limit: HowMany = MOST_CHANGES, after: AfterMoment = None
) -> Response:
    """After `from` and until `to`, 6 hours at most: each point as it stood from a moment on, each point that left, and
    each notice, in order. All of them make of the network at `from` the one at `to`. Where there are very many,
    `ends_at` is earlier than was asked for."""
    begin, end = asked_time(queries.now(), since, to, usual=LONGEST, longest_days=LONGEST_DAYS)
    if end - begin > LONGEST:
        raise unfit("query", "from", "give a moment at most 6 hours before the end")
    goes_on_at, skipped = (begin + MICROSECOND, 0) if after is None else place_of(after)
    if not begin < goes_on_at:
        raise unfit("query", "after", "this is no place in the time that is asked for")
    before = goes_on_at - MICROSECOND
    end, items = await queries.history(lambda store: _changes(store, before, max(end, before)))
    items = items[skipped:]
    shown = items[:limit]
    more = None if len(items) <= limit else name_of(shown[-1].at, _told_at(shown, goes_on_at, skipped))
    return json_response(ReplayChangesPage(begins_at=begin, ends_at=end, items=shown, next=more))


@api.get("/replay/incidents", responses=answers(IncidentPage, UNDECIDED), summary="What to look at again")
async def replay_incidents(
    queries: TheQueries,
    limit: Limit = 50,
    after: AfterMoment = None,
    since: From = None,
    to: To = None,
    sort: InTime = "newest",
) -> Response:
    """Faults, lost links, alerts, held bills and starts of Central, of 31 days at most; without `from`, of the 24 hours
    until `to`."""
    begin, end = asked_time(queries.now(), since, to, usual=DAY, longest_days=LONGEST_DAYS)
    wanted = Search(limit=limit + 1, since=begin, until=end, oldest_first=sort == "oldest")
    beyond = None if after is None else place_of(after)
    found = await queries.history(lambda store: _incidents(store, wanted, beyond))
    shown = found[:limit]
    more = name_of(*shown[-1][0]) if len(found) > limit else None
    return page([incident_view(record) for _, record in shown], more)


def _network(store: History, at: datetime) -> tuple[datetime, list[PointThen], list[Notice]]:
    begin = ledger_begin(store)
    if begin is None or at < begin:
        since = "has nothing yet" if begin is None else f"begins at {iso(begin)}"
        raise unfit("query", "at", f"the ledger {since}: give a moment from then on")
    notices = store.search(Notice, Search(limit=MESSAGES, until=at + MICROSECOND)).records
    then = snapshot(past_of(store, at, at), at)
    return begin, [*then.values()], [notice for _, notice in notices]


def _changes(store: History, begin: datetime, end: datetime) -> tuple[datetime, list[ReplayChangeView]]:
    """All that changed in a time, or in as much of it as can be told at once; until when that is."""
    end = whole_until(store, begin, end)
    of_points = [
        ReplayChangeView(
            at=change.at,
            point=None if change.then is None else point_then_view(change.then, change.at),
            gone=change.cp_id if change.then is None else None,
            message=None,
        )
        for change in changes(past_of(store, begin, end), begin, end)
    ]
    within = Search(limit=MOST_RECORDS, since=begin + MICROSECOND, until=end + MICROSECOND, oldest_first=True)
    said = [
        ReplayChangeView(at=notice.ts, point=None, gone=None, message=notice_view(notice))
        for _, notice in store.search(Notice, within).records
    ]
    return end, sorted([*of_points, *said], key=lambda change: change.at)


def _told_at(shown: list[ReplayChangeView], goes_on_at: datetime, skipped: int) -> int:
    """How many changes of the last moment have been told."""
    last = shown[-1].at
    return sum(change.at == last for change in shown) + (skipped if last == goes_on_at else 0)


def _incidents(
    store: History, wanted: Search, beyond: tuple[datetime, int] | None
) -> list[tuple[tuple[datetime, int], Notice | Alert]]:
    """Notices and alerts in one order: each has an even number or an odd one."""
    said = replace(wanted, where={"code": [*KIND_OF]}, beyond=_beyond(beyond, 0, wanted.oldest_first))
    opened = replace(wanted, beyond=_beyond(beyond, 1, wanted.oldest_first))
    found: list[tuple[tuple[datetime, int], Notice | Alert]] = [
        *(((notice.ts, 2 * number), notice) for number, notice in store.search(Notice, said).records),
        *(((alert.opened_at, 2 * number + 1), alert) for number, alert in store.search(Alert, opened).records),
    ]
    return sorted(found, key=lambda each: each[0], reverse=not wanted.oldest_first)[: wanted.limit]


def _beyond(place: tuple[datetime, int] | None, odd: int, oldest_first: bool) -> tuple[datetime, int] | None:
    """From which record of a kind on a list of both goes on."""
    if place is None:
        return None
    moment, number = place
    # The greatest of this kind that is no more, or the least that is no less.
    return moment, (number - odd) // 2 if oldest_first else (number - odd + 1) // 2
