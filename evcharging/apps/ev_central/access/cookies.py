"""The cookies that Central sets: no script reads them, and no other site's page sends them. Knows not what they stand
for."""

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from evcharging.apps.ev_central.access.credentials import cookie_in, cookie_name, is_encrypted, says_where_from
from evcharging.apps.ev_central.access.denials import SAY_WHERE_FROM
from evcharging.apps.ev_central.refusals import ForeignPage
from evcharging.domain.access.people import REFRESH_LASTS, SESSION_LASTS

REFRESH: Final = "refresh"
REFRESHED_AT: Final = "/api/v1/auth"


def set_session(request: Request, answer: Response, token: str) -> None:
    """Let a browser be signed in at the console."""
    seconds = int(SESSION_LASTS.total_seconds())
    answer.set_cookie(
        cookie_name(request.scope),
        token,
        max_age=seconds,
        secure=is_encrypted(request.scope),
        httponly=True,
        samesite="strict",
    )


def clear_session(request: Request, answer: Response) -> None:
    """Let a browser forget that it was signed in."""
    answer.delete_cookie(
        cookie_name(request.scope), secure=is_encrypted(request.scope), httponly=True, samesite="strict"
    )


def set_refresh(request: Request, answer: Response, token: str) -> None:
    """Let a browser keep a refresh token, which it sends to nothing but what renews it."""
    answer.set_cookie(
        REFRESH,
        token,
        max_age=int(REFRESH_LASTS.total_seconds()),
        path=_place(request),
        secure=is_encrypted(request.scope),
        httponly=True,
        samesite="strict",
    )


def clear_refresh(request: Request, answer: Response) -> None:
    """Let a browser forget its refresh token."""
    answer.delete_cookie(
        REFRESH, path=_place(request), secure=is_encrypted(request.scope), httponly=True, samesite="strict"
    )


def refresh_in(request: Request) -> str | None:
    """The refresh token that a browser keeps; raises ForeignPage where it does not say which page asks."""
    token = cookie_in(request.scope, REFRESH)
    if token is not None and not says_where_from(request.scope):
        raise ForeignPage(SAY_WHERE_FROM)
    return token


def _place(request: Request) -> str:
    return f"{request.scope.get('root_path', '')}{REFRESHED_AT}"
