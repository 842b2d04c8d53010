"""How people sign in at the console, under /api/v1/auth: a cookie that no script reads. Knows no rule."""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from evcharging.apps.ev_central.access.cookies import clear_session, set_session
from evcharging.apps.ev_central.access.serving import CHANGES, SHOWN_ONCE, TheAddress, TheService, TheWho, secret
from evcharging.apps.ev_central.access.sign_in import ConsoleAccess
from evcharging.apps.ev_central.answers import answer, answers
from evcharging.apps.ev_central.bodies_access import SessionBody, SetupBody
from evcharging.apps.ev_central.views_access import SignedIn, SocketTicket, account_view
from evcharging.apps.ev_central.web import StrictRoute, TheAccess, body_as, described
from evcharging.domain.access.people import TICKET_LASTS

api = APIRouter(prefix="/api/v1/auth", tags=["signing in"], route_class=StrictRoute)

TheSession = Annotated[SessionBody, Depends(body_as(SessionBody))]
TheSetup = Annotated[SetupBody, Depends(body_as(SetupBody))]


@api.post(
    "/session",
    responses=answers(SignedIn, CHANGES),
    summary="Sign in at the console",
    openapi_extra=described(SessionBody),
)
async def open_session(request: Request, service: TheService, address: TheAddress, body: TheSession) -> Response:
    """By name and password; drivers have nothing to do there."""
    return _signed_in(request, await service.sign_in.console(body.name, body.password, address))


@api.delete("/session", status_code=204, responses=CHANGES, summary="Sign out of the console")
async def close_session(request: Request, service: TheService, who: TheWho) -> Response:
    """The cookie counts no more."""
    await service.sign_in.leave(who)
    left = Response(status_code=204, headers=SHOWN_ONCE)
    clear_session(request, left)
    return left


@api.post(
    "/setup",
    status_code=201,
    responses={201: answer(SignedIn), **CHANGES},
    summary="Use a link that counts once",
    openapi_extra=described(SetupBody),
)
async def set_up(request: Request, service: TheService, address: TheAddress, body: TheSetup) -> Response:
    """The first administrator makes an account; anybody else sets a new password, whatever the name."""
    found = await service.sign_in.set_up(body.token, body.name, body.password, address)
    return _signed_in(request, found, 201)


@api.post("/ticket", responses=answers(SocketTicket, CHANGES), summary="A ticket for one WebSocket")
async def ticket(access: TheAccess, who: TheWho) -> Response:
    """For programs in browsers that have no cookie: it is the subprotocol `ticket.` and this, once."""
    return secret(SocketTicket(ticket=access.ticket_for(who), expires_in=round(TICKET_LASTS.total_seconds())))


def _signed_in(request: Request, found: ConsoleAccess, status: int = 200) -> Response:
    answered = secret(SignedIn(account=account_view(found.account)), status)
    if found.cookie:
        set_session(request, answered, found.cookie)
    return answered
