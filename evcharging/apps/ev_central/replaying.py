"""Reads from the ledger what a replay needs: the past of all points around a time. Knows no rule and no HTTP."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

from evcharging.adapters.store.history import History, Search
from evcharging.common.moments import LAST, MICROSECOND
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.catalogue import Catalogue, SiteTariff, TariffVersion
from evcharging.domain.charging_point import LastReading, Point
from evcharging.domain.metered_past import SessionMeter, phases
from evcharging.domain.notice import Notice, NoticeCode
from evcharging.domain.point_past import ACTIONS
from evcharging.domain.record import Record
from evcharging.domain.replay import NetworkPast, PointPast
from evcharging.domain.session import Bill, Session
from evcharging.domain.states_past import AFTER, PastState

R = TypeVar("R", bound=Record)

MOST_RECORDS = 50_000
"""So many notices, and so many sessions, are looked at within a time."""

SAID = {"code": [*AFTER]}
STARTS = {"code": [NoticeCode.CENTRAL_OK.value]}


def ledger_begin(store: History) -> datetime | None:
    """The moment of the first notice or session; None where there is none."""
    notices = store.search(Notice, Search(limit=1, oldest_first=True)).records
    sessions = store.search(Session, Search(limit=1, oldest_first=True)).records
    moments = [*(notice.ts for _, notice in notices), *(session.requested_at for _, session in sessions)]
    return min(moments, default=None)


def whole_until(store: History, begin: datetime, end: datetime) -> datetime:
    """Until when a time that begins after `begin` can be told at once: where it holds too much, less of it."""
    for kind in (Notice, Session):
        found = _within(store, kind, {}, begin, end) if begin < end else []
        if len(found) == MOST_RECORDS:
            end = max(getattr(found[-1], kind.moment) - MICROSECOND, begin + MICROSECOND)
    return end


def past_of(store: History, begin: datetime, end: datetime) -> NetworkPast:
    """What the ledger has of all points from `begin` until `end`, with the records around that they depend on."""
    points = store.select(Point)
    began = _began(store, begin, end)
    notices = _until(store, Notice, SAID, begin, end)
    _add(notices, store.nearest(Notice, end, SAID, later=True))
    sessions = _until(store, Session, {}, begin, end)
    if any(_may_be_lost(some, began, end) for some in notices.values()):
        _add(sessions, store.nearest(Session, end, later=True))
    actions = _actions(store, begin)
    known = [
        PointPast(
            point=point,
            notices=notices.get(point.cp_id, ()),
            sessions=sessions.get(point.cp_id, ()),
            actions=actions.get(point.cp_id, ()),
        )
        for point in points
    ]
    return NetworkPast(
        points=known,
        began=began,
        meters=_meters(store, [each for some in sessions.values() for each in some], begin, end),
        catalogue=_catalogue(store, known),
    )


def _until(
    store: History, kind: type[R], where: Mapping[str, Sequence[str]], begin: datetime, end: datetime
) -> dict[str, list[R]]:
    """Of each point its last record until `begin`, and all within the time."""
    found: dict[str, list[R]] = {}
    _add(found, store.nearest(kind, begin, where))
    _add(found, _within(store, kind, where, begin, end) if begin < end else ())
    return found


def _add(found: dict[str, list[R]], records: Iterable[R]) -> None:
    for record in records:
        found.setdefault(getattr(record, record.past_of), []).append(record)


def _may_be_lost(notices: Sequence[Notice], began: Sequence[datetime], end: datetime) -> bool:
    """Whether it depends on the session that follows the time how a point was in it: a Central has begun since it was
    last heard of, or it came without having gone."""
    last = next((number for number in reversed(range(len(notices))) if notices[number].ts <= end), None)
    if last is None:
        return False
    had_gone = AFTER[notices[last].code or ""] in (PastState.OFFLINE, PastState.UNKNOWN)
    comes = not had_gone and [notice.code for notice in notices[last + 1 : last + 2]] == [NoticeCode.POINT_ONLINE]
    return comes or any(notices[last].ts < at <= end for at in began)


def _within(
    store: History, kind: type[R], where: Mapping[str, Sequence[str]], begin: datetime, end: datetime
) -> list[R]:
    search = Search(limit=MOST_RECORDS, where=where, since=_after(begin), until=_after(end), oldest_first=True)
    return [record for _, record in store.search(kind, search).records]


def _after(moment: datetime) -> datetime:
    return min(moment, LAST - MICROSECOND) + MICROSECOND


def _began(store: History, begin: datetime, end: datetime) -> list[datetime]:
    """When a Central began last until `begin`, within the time, and first after it."""
    nobody = {"cp_id": False}
    before = store.search(Notice, Search(limit=1, where=STARTS, has=nobody, until=_after(begin))).records
    within = Search(
        limit=MOST_RECORDS, where=STARTS, has=nobody, since=_after(begin), until=_after(end), oldest_first=True
    )
    found = store.search(Notice, within).records if begin < end else []
    later = Search(limit=1, where=STARTS, has=nobody, since=_after(end), oldest_first=True)
    return [notice.ts for _, notice in (*before, *found, *store.search(Notice, later).records)]


def _actions(store: History, begin: datetime) -> dict[str, list[OperatorAction]]:
    """What was done to each point after `begin`, in order."""
    wanted = Search(limit=MOST_RECORDS, where={"action": ACTIONS}, since=_after(begin), oldest_first=True)
    found: defaultdict[str, list[OperatorAction]] = defaultdict(list)
    for _, action in store.search(OperatorAction, wanted).records:
        if action.before is not None:
            found[action.subject].append(action)
    return found


def _meters(store: History, sessions: Iterable[Session], begin: datetime, end: datetime) -> dict[str, SessionMeter]:
    """What meters said in the sessions that supplied, or were idle, within the time."""
    wanted = {session.session_id: session for session in sessions if _is_metered(session, begin, end)}
    values = {each: [*some] for each, some in groupby(store.meter_values([*wanted]), attrgetter("session_id"))}
    bills = {bill.session_id: bill for bill in store.fetch(Bill, [*wanted])}
    going_on = [session.cp_id for session in wanted.values() if session.is_open]
    last = {reading.session_id: reading for reading in store.fetch(LastReading, going_on)}
    return {
        each: SessionMeter(values=values.get(each, ()), last=last.get(each), bill=bills.get(each)) for each in wanted
    }


def _is_metered(session: Session, begin: datetime, end: datetime) -> bool:
    _, started, _, left = phases(session)
    return started is not None and started <= end and (left is None or left >= begin)


def _catalogue(store: History, points: Sequence[PointPast]) -> Catalogue:
    """What is known of published tariffs, where a point or a site names one, or named one."""
    sites = store.select(SiteTariff)
    is_named = sites or any(each.point.tariff_id or each.actions for each in points)
    return Catalogue(store.select(TariffVersion) if is_named else (), sites)
