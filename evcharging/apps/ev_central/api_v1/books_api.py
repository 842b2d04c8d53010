"""The books under /api/v1: the trial balance, as entries are added up by the day. Knows no rule."""

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import Response

from evcharging.adapters.store.history import History
from evcharging.apps.ev_central.answers import UNDECIDED, answers
from evcharging.apps.ev_central.api_v1.paging import From, To
from evcharging.apps.ev_central.api_v1.times import refuse_other_years
from evcharging.apps.ev_central.views import utc_or_none
from evcharging.apps.ev_central.views_books import BooksView, StateCountView, account_view, owed_in
from evcharging.apps.ev_central.web import PastRoute, TheQueries, json_response
from evcharging.common.moments import FIRST, LAST, in_utc
from evcharging.domain.payment import HOLDING, Payment
from evcharging.domain.totals import SPANS, Step, begin_of

api = APIRouter(prefix="/api/v1", tags=["v1"], route_class=PastRoute)


@api.get("/books", responses=answers(BooksView, UNDECIDED), summary="The trial balance of the books")
async def books(queries: TheQueries, since: From = None, to: To = None) -> Response:
    """By full days in UTC: the one in which the time begins counts whole, and so does the one in which it ends; of all
    times where nobody says which."""
    refuse_other_years(since, to)
    begin = None if since is None else begin_of(Step.DAY, since)
    end = None if to is None else _end_of_day(to)
    return json_response(await queries.history(lambda store: _books(store, begin, end)))


def _end_of_day(to: datetime) -> datetime:
    asked = in_utc(to)
    begin = begin_of(Step.DAY, asked)
    return begin + SPANS[Step.DAY] * (begin < asked)


def _books(store: History, begin: datetime | None, end: datetime | None) -> BooksView:
    balances = store.balances(begin or FIRST, end or LAST)
    states = {each.value: each.count for each in store.tally(Payment, "state")}
    return BooksView(
        begins_at=utc_or_none(begin),
        ends_at=utc_or_none(end),
        accounts=[account_view(each) for each in balances],
        sum_micro_euros=sum(each.balance for each in balances),
        receivable_micro_euros=owed_in(balances),
        open_holds=sum(states.get(state.value, 0) for state in HOLDING),
        payments=[StateCountView(state=state, count=count) for state, count in sorted(states.items())],
    )
