"""What all routes share: the desk of the app that they belong to, and JSON encoded once."""

from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from evcharging.apps.ev_central.desk import Desk
from evcharging.apps.ev_central.schemas import Problem
from evcharging.common.utils import to_json

Responses = dict[int | str, dict[str, Any]]

NOT_FOUND: Responses = {404: {"model": Problem}}
UNDECIDED: Responses = {503: {"model": Problem}}
REFUSALS: Responses = {**NOT_FOUND, 409: {"model": Problem}, **UNDECIDED}


async def desk_of(connection: HTTPConnection) -> Desk:
    """The desk that an app was made for. Not a plain function, for which FastAPI would go to another thread."""
    desk: Desk = connection.app.state.desk
    return desk


TheDesk = Annotated[Desk, Depends(desk_of)]


def json_response(value: object, status: int = 200) -> Response:
    """A value as JSON."""
    return Response(to_json(value), status, media_type="application/json")


class HeadAsGet:
    """Answers HEAD wherever GET is answered; the server itself leaves the body out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        is_head = scope["type"] == "http" and scope["method"] == "HEAD"
        await self._app({**scope, "method": "GET"} if is_head else scope, receive, send)
