"""Payments, under /api/v1: how sessions are paid, with their entries in the books. Knows no rule."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from evcharging.adapters.store.history import History, Search
from evcharging.apps.ev_central.answers import NOT_FOUND, UNDECIDED, answers
from evcharging.apps.ev_central.api_v1.ledger_api import ThePage
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.refusals import UnknownResource
from evcharging.apps.ev_central.views_payments import PaymentDetails, PaymentPage, payment_details, payment_view
from evcharging.apps.ev_central.web import Filter, Id, PastRoute, TheQueries, json_response
from evcharging.domain.books import Entry
from evcharging.domain.payment import Payment, PaymentState

TheId = Annotated[Id, Path(examples=["session-3-1-17"])]
State = Annotated[PaymentState | None, Query(description="Only those that stand so")]
MOST_ENTRIES = 1_000

api = APIRouter(prefix="/api/v1", tags=["payments"], route_class=PastRoute)


@api.get("/payments", responses=answers(PaymentPage, UNDECIDED), summary="Payments, by when they were asked for")
async def list_payments(
    queries: TheQueries, page: ThePage, state: State = None, driver_id: Filter = None, cp_id: Filter = None
) -> Response:
    """Of sessions, and of the fees of reservations."""
    stands = state.value if state is not None else None
    return await page.of(queries, Payment, payment_view, state=stands, driver_id=driver_id, cp_id=cp_id)


@api.get("/payments/{session_id}", responses=answers(PaymentDetails, {**NOT_FOUND, **UNDECIDED}), summary="One payment")
async def get_payment(queries: TheQueries, session_id: TheId) -> Response:
    """With what the provider has of it, as it was last seen."""
    return json_response(await payment_of(queries, session_id))


async def payment_of(queries: Queries, session_id: str) -> PaymentDetails:
    """A payment with its entries; raises UnknownResource or StoreUnavailable."""
    found = await queries.history(lambda store: _found(store, session_id))
    if found is None:
        raise UnknownResource(f"{session_id} is not a known payment")
    return payment_details(*found)


def _found(store: History, session_id: str) -> tuple[Payment, list[Entry]] | None:
    payment = next(iter(store.fetch(Payment, [session_id])), None)
    if payment is None:
        return None
    search = Search(limit=MOST_ENTRIES, where={"subject_id": [session_id]}, oldest_first=True)
    return payment, [entry for _, entry in store.search(Entry, search).records]
