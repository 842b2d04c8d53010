"""What routes about people and keys share: who looks after them, from where somebody asks, and answers that nobody may
keep."""

from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection
from starlette.responses import Response

from evcharging.apps.ev_central.access.contract import Who
from evcharging.apps.ev_central.access.service import AccessService
from evcharging.apps.ev_central.answers import REFUSALS, Responses, answer
from evcharging.apps.ev_central.refusals import NotDecided
from evcharging.apps.ev_central.views import View
from evcharging.apps.ev_central.views_access import LinkView, link_view
from evcharging.apps.ev_central.views_ledger import Problem
from evcharging.apps.ev_central.web import json_response, who_of
from evcharging.apps.shell.people import SecretLink

LIMITED: Responses = {429: answer(Problem, description="This was tried too often; Retry-After says when it may again")}
CHANGES: Responses = {**REFUSALS, **LIMITED}
SHOWN_ONCE = {"Cache-Control": "no-store"}


async def maybe_service_of(connection: HTTPConnection) -> AccessService | None:
    """Who looks after the people and keys of an app, where somebody does."""
    service: AccessService | None = connection.app.state.service
    return service


async def service_of(connection: HTTPConnection) -> AccessService:
    """Who looks after the people and keys of an app; raises NotDecided where nobody does."""
    service = await maybe_service_of(connection)
    if service is None:
        raise NotDecided("This Central keeps no people and keys")
    return service


async def address_of(connection: HTTPConnection) -> str:
    """From where somebody asks: as a proxy says that is believed, or by the socket."""
    return connection.client.host if connection.client else ""


async def sure_of(who: Annotated[Who | None, Depends(who_of)]) -> Who:
    """Who asks, at a route that is not for everybody."""
    if who is None:
        raise NotDecided("Nobody knows who asks")
    return who


TheService = Annotated[AccessService, Depends(service_of)]
MaybeService = Annotated[AccessService | None, Depends(maybe_service_of)]
TheAddress = Annotated[str, Depends(address_of)]
TheWho = Annotated[Who, Depends(sure_of)]


def secret(view: View, status: int = 200) -> Response:
    """An answer that nobody may keep on the way."""
    shown = json_response(view, status)
    shown.headers.update(SHOWN_ONCE)
    return shown


def link_to(connection: HTTPConnection, link: SecretLink) -> LinkView:
    """A link as it is opened in a browser, which keeps what is behind the # to itself."""
    return link_view(f"{connection.base_url}setup#{link.token}", link.expires_at)
