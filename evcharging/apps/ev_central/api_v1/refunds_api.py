"""What can be done about a payment, under /api/v1: some of it is paid back, and the provider is asked how it stands.
Knows no rule: the shard of the point decides."""

from fastapi import APIRouter
from starlette.responses import Response

from evcharging.apps.ev_central.answers import REFUSALS, Responses, answer, answers
from evcharging.apps.ev_central.api_v1.payments_api import TheId, payment_of
from evcharging.apps.ev_central.bodies_payments import RefundBody
from evcharging.apps.ev_central.views_payments import PaymentDetails
from evcharging.apps.ev_central.web import StrictRoute, TheCaller, TheCommands, TheQueries, json_response
from evcharging.common.messages_operators import LookUpPayment, RefundPayment

REFUNDED: Responses = {
    201: answer(PaymentDetails, description="It is ordered, and paid back as soon as the provider answers")
}

api = APIRouter(prefix="/api/v1", tags=["payments"], route_class=StrictRoute)


@api.post(
    "/payments/{session_id}/refunds", responses={**REFUNDED, **REFUSALS}, status_code=201, summary="Pay some of it back"
)
async def refund(
    commands: TheCommands, queries: TheQueries, caller: TheCaller, session_id: TheId, wanted: RefundBody
) -> Response:
    """At most what was captured and is not paid back yet. With an Idempotency-Key it is done once, however often it is
    asked."""
    payment = await payment_of(queries, session_id)
    about = {"session_id": session_id, "cents": wanted.in_cents, "note": wanted.note}
    await commands.about_payment(RefundPayment, payment.cp_id, caller, **about)
    response = json_response(await payment_of(queries, session_id), 201)
    response.headers["Location"] = f"/api/v1/payments/{session_id}"
    return response


@api.post("/payments/{session_id}/look", responses=answers(PaymentDetails, REFUSALS), summary="Look at the provider")
async def look(commands: TheCommands, queries: TheQueries, caller: TheCaller, session_id: TheId) -> Response:
    """The provider is asked how it stands; what it says is there a moment later."""
    payment = await payment_of(queries, session_id)
    await commands.about_payment(LookUpPayment, payment.cp_id, caller, session_id=session_id)
    return json_response(await payment_of(queries, session_id))
