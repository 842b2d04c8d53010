"""How apps sign people in, under /api/v1/auth: by name and password, and from then on by renewing what they were given.
Knows no rule."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from evcharging.apps.ev_central.access.contract import BadCredential
from evcharging.apps.ev_central.access.cookies import clear_refresh, refresh_in, set_refresh
from evcharging.apps.ev_central.access.denials import UNAUTHENTICATED
from evcharging.apps.ev_central.access.serving import CHANGES, SHOWN_ONCE, TheAddress, TheService, secret
from evcharging.apps.ev_central.access.sign_in import Tokens
from evcharging.apps.ev_central.answers import answer, answers
from evcharging.apps.ev_central.bodies_access import LoginBody, RefreshBody, RegisterBody
from evcharging.apps.ev_central.views_access import NewDriver, TokensView, account_view
from evcharging.apps.ev_central.web import StrictRoute, body_as, described

NOTHING_TO_RENEW = "Give a refresh token in the body, or in the cookie that came with it"

BEARER: Literal["Bearer"] = "Bearer"

api = APIRouter(prefix="/api/v1/auth", tags=["signing in"], route_class=StrictRoute)

_refresh = body_as(RefreshBody)


async def _renewing(request: Request) -> RefreshBody:
    """What is renewed; with a cookie, no body is needed."""
    return await _refresh(request) if await request.body() else RefreshBody()


TheRegister = Annotated[RegisterBody, Depends(body_as(RegisterBody))]
TheLogin = Annotated[LoginBody, Depends(body_as(LoginBody))]
TheRefresh = Annotated[RefreshBody, Depends(_renewing)]
OPTIONAL = {"requestBody": {**described(RefreshBody)["requestBody"], "required": False}}


@api.post(
    "/register",
    status_code=201,
    responses={201: answer(NewDriver), **CHANGES},
    summary="A driver makes an account",
    openapi_extra=described(RegisterBody),
)
async def register(request: Request, service: TheService, address: TheAddress, body: TheRegister) -> Response:
    """The driver is signed in at once."""
    found = await service.sign_in.register(body.name, body.password, body.driver_id, address)
    view = NewDriver(account=account_view(found.account), tokens=_shown(found, in_cookie=body.cookie))
    return _with_cookie(request, secret(view, 201), found, wanted=body.cookie)


@api.post(
    "/login", responses=answers(TokensView, CHANGES), summary="Sign in with an app", openapi_extra=described(LoginBody)
)
async def login(request: Request, service: TheService, address: TheAddress, body: TheLogin) -> Response:
    """By name and password."""
    found = await service.sign_in.login(body.name, body.password, address)
    return _with_cookie(request, secret(_shown(found, in_cookie=body.cookie)), found, wanted=body.cookie)


@api.post("/refresh", responses=answers(TokensView, CHANGES), summary="Go on", openapi_extra=OPTIONAL)
async def refresh(request: Request, service: TheService, body: TheRefresh) -> Response:
    """The refresh token counts once, and comes with the next one. One that is used twice was stolen: both are out."""
    token = body.refresh_token or refresh_in(request)
    if token is None:
        raise BadCredential(NOTHING_TO_RENEW, UNAUTHENTICATED)
    in_cookie = body.refresh_token is None
    found = await service.sign_in.refresh(token)
    return _with_cookie(request, secret(_shown(found, in_cookie=in_cookie)), found, wanted=in_cookie)


@api.post("/logout", status_code=204, responses=CHANGES, summary="Sign out of an app", openapi_extra=OPTIONAL)
async def logout(request: Request, service: TheService, body: TheRefresh) -> Response:
    """The refresh token, and all that came from it, count no more."""
    token = body.refresh_token or refresh_in(request)
    if token is not None:
        await service.sign_in.logout(token)
    left = Response(status_code=204, headers=SHOWN_ONCE)
    clear_refresh(request, left)
    return left


def _shown(tokens: Tokens, *, in_cookie: bool) -> TokensView:
    return TokensView(
        access_token=tokens.access_token,
        token_type=BEARER,
        expires_in=tokens.expires_in,
        refresh_token=None if in_cookie else tokens.refresh_token,
        account=account_view(tokens.account),
    )


def _with_cookie(request: Request, answered: Response, tokens: Tokens, *, wanted: bool) -> Response:
    if wanted:
        set_refresh(request, answered, tokens.refresh_token)
    return answered
