"""What a tariff would have made of past sessions, under /api/v1. Knows no rule: the price function says what each comes
to."""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import Response

from evcharging.adapters.store.history import History, Search
from evcharging.apps.ev_central.answers import REFUSALS, answers
from evcharging.apps.ev_central.refusals import OrderRefused
from evcharging.apps.ev_central.views_tariffs import PreviewBody, PreviewedSession, PreviewView
from evcharging.apps.ev_central.web import StrictRoute, TheQueries, body_as, described, json_response
from evcharging.common.messages_tariff import Tariff, as_tariff
from evcharging.common.utils import utc
from evcharging.domain.meter import to_kwh
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.preview import price_by
from evcharging.domain.price import can_be_priced
from evcharging.domain.session import Bill, Session
from evcharging.domain.tariff import why_no_tariff

MOST_SESSIONS = 10_000
"""The newest that are looked at."""

AT_ONCE = 500
"""Sessions that are read together."""

EXAMPLES = 5
WEEK = timedelta(days=7)

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=StrictRoute)

ThePreview = Annotated[PreviewBody, Depends(body_as(PreviewBody))]


@api.post(
    "/tariffs/preview",
    responses=answers(PreviewView, REFUSALS),
    summary="Try a tariff on past sessions",
    openapi_extra=described(PreviewBody),
)
async def preview(queries: TheQueries, wanted: ThePreview) -> Response:
    """What the sessions that were billed in this time cost, and what they would have cost; nothing is published. The
    newest 10,000 at most are looked at."""
    tariff = as_tariff(wanted.tariff)
    if (fault := why_no_tariff(tariff)) is not None:
        raise OrderRefused(fault)
    until = wanted.to_at or queries.now()
    if not can_be_priced(until) or not (wanted.from_at is None or can_be_priced(wanted.from_at)):
        raise OrderRefused("from or to is no moment of the years 2000 to 2099")
    span = utc(wanted.from_at or until - WEEK), utc(until)
    async with queries.one_at_a_time:
        return json_response(await queries.history(lambda store: _previewed(store, tariff, span)))


def _previewed(store: History, tariff: Tariff, span: tuple[datetime, datetime]) -> PreviewView:
    since, until = span
    newest = store.search(Bill, Search(limit=MOST_SESSIONS + 1, since=since, until=until)).records
    found = [bill for _, bill in newest if not bill.is_fee]
    bills, tried = found[:MOST_SESSIONS], _Tried()
    for first in range(0, len(bills), AT_ONCE):
        tried.add(store, tariff, bills[first : first + AT_ONCE])
    return PreviewView(
        from_at=since,
        to_at=until,
        sessions=len(bills),
        is_cut=len(newest) > MOST_SESSIONS,
        kwh=to_kwh(sum(bill.energy_mwh for bill in bills)),
        billed=sum(bill.micro_euros for bill in bills),
        would_be=tried.would_be,
        dearer=tried.dearer,
        cheaper=tried.cheaper,
        examples=tried.examples,
    )


class _Tried:
    """What a tariff makes of the sessions so far."""

    def __init__(self) -> None:
        self.would_be = self.dearer = self.cheaper = 0
        self.examples: list[PreviewedSession] = []

    def add(self, store: History, tariff: Tariff, bills: list[Bill]) -> None:
        """Some more of them."""
        ids = [bill.session_id for bill in bills]
        sessions = {session.session_id: session for session in store.fetch(Session, ids)}
        values: defaultdict[str, list[MeterValue]] = defaultdict(list)
        for value in store.meter_values(ids):
            values[value.session_id].append(value)
        views = [_view(tariff, bill, sessions[bill.session_id], values[bill.session_id]) for bill in bills]
        self.would_be += sum(view.would_be.gross for view in views)
        self.dearer += sum(_difference(view) > 0 for view in views)
        self.cheaper += sum(_difference(view) < 0 for view in views)
        most = sorted([*self.examples, *views], key=lambda view: abs(_difference(view)), reverse=True)
        self.examples = most[:EXAMPLES]


def _difference(view: PreviewedSession) -> int:
    return view.would_be.gross - view.billed


def _view(tariff: Tariff, bill: Bill, session: Session, values: list[MeterValue]) -> PreviewedSession:
    return PreviewedSession(
        session_id=bill.session_id,
        cp_id=bill.cp_id,
        driver_id=bill.driver_id,
        started_at=utc(bill.started_at),
        ended_at=utc(bill.ended_at),
        kwh=to_kwh(bill.energy_mwh),
        tariff=bill.tariff,
        billed=bill.micro_euros,
        price=bill.price,
        would_be=price_by(tariff, session, values),
    )
