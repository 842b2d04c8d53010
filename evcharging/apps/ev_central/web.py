"""What all routes share: what they ask, by way of the app that they belong to, who asks, JSON encoded once, pages, and
what no request may say."""

import json
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Header, Path, Query
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import AfterValidator, Field
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from evcharging.apps.ev_central.access.contract import Access, Who
from evcharging.apps.ev_central.access.guarded import GuardedRoute
from evcharging.apps.ev_central.access.who import ANYBODY, who_asks
from evcharging.apps.ev_central.answers import REFERENCE
from evcharging.apps.ev_central.commands import Caller, Commands
from evcharging.apps.ev_central.health import CentralHealth
from evcharging.apps.ev_central.queries import PageQuestion, Queries
from evcharging.apps.ev_central.texts import COMPRESSION
from evcharging.apps.shell.key_desk import KeyDesk
from evcharging.common.messages_operators import Actor
from evcharging.common.utils import BadJson, of_json, to_json

T = TypeVar("T")


def _plain(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValueError("an ID has no such characters")
    return text


Id = Annotated[str, Field(max_length=128, json_schema_extra={"pattern": "^[ -~]*$"}), AfterValidator(_plain)]
SiteId = Annotated[Id, Path(examples=["SITE-1"])]
Filter = Annotated[Id | None, Query()]
LARGEST_PAGE = 500
WORTH_COMPRESSING = 1024
AS_THEY_ARE = ("text/plain", "text/html", "image/*", "application/openmetrics-text")
"""What is not compressed: it is small, or read by this machine alone."""
KEY = "^[A-Za-z0-9_.-]{1,64}$"


# These are not plain functions, for which FastAPI would go to another thread.


async def commands_of(connection: HTTPConnection) -> Commands:
    """What an app can have done."""
    commands: Commands = connection.app.state.commands
    return commands


async def queries_of(connection: HTTPConnection) -> Queries:
    """What an app can tell."""
    queries: Queries = connection.app.state.queries
    return queries


def access_in(app: Any) -> Access:
    """Who tells, for an app, who asks."""
    access: Access = app.state.access
    return access


async def access_of(connection: HTTPConnection) -> Access:
    """Who tells, for an app, who asks."""
    return access_in(connection.app)


async def health_of(connection: HTTPConnection) -> CentralHealth:
    """How the Central of an app is."""
    health: CentralHealth = connection.app.state.health
    return health


async def desk_of(connection: HTTPConnection) -> KeyDesk | None:
    """Where an app has keys given out, if anywhere."""
    desk: KeyDesk | None = connection.app.state.desk
    return desk


TheCommands = Annotated[Commands, Depends(commands_of)]
TheQueries = Annotated[Queries, Depends(queries_of)]
TheHealth = Annotated[CentralHealth, Depends(health_of)]
TheDesk = Annotated[KeyDesk | None, Depends(desk_of)]
TheAccess = Annotated[Access, Depends(access_of)]


async def who_of(connection: HTTPConnection) -> Who | None:
    """Who asks, and what that one may do; None for anybody, where anybody may ask."""
    return who_asks(connection.scope)


async def actor_of(connection: HTTPConnection) -> Actor:
    """Who asks."""
    who = who_asks(connection.scope)
    return who.actor if who is not None else ANYBODY


TheKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=KEY,
        json_schema_extra={"pattern": KEY},
        description="A word of the client's own, such as a UUID: what is asked again with it is done once."
        " A Central that has begun again since then does not know it any more",
    ),
]


async def caller_of(actor: Annotated[Actor, Depends(actor_of)], key: TheKey = None) -> Caller:
    """Who asks, and by which key."""
    return Caller(actor, key)


TheCaller = Annotated[Caller, Depends(caller_of)]


def json_response(value: object, status: int = 200) -> Response:
    """A value as JSON."""
    return Response(to_json(value), status, media_type="application/json")


def link_next(http: Request, answer: Response, after: int | str) -> None:
    """Say where the next page is."""
    query = urlencode({**http.query_params, "after": after})
    answer.headers["Link"] = f'<{http.url.path}?{query}>; rel="next"'


class StrictRoute(GuardedRoute):
    """A route that refuses what it would else read over: query parameters that it does not have, and what is said twice
    in the query or in an object of the body."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        answer = super().get_route_handler()
        known = _query_names(self.dependant)
        has_body = self.body_field is not None

        async def strict(request: Request) -> Response:
            _look_at_query(request, known)
            if has_body:
                _look_at_body(await request.body())
            return await answer(request)

        return strict


class PastRoute(StrictRoute):
    """A route that reads the past alone, which is answered elsewhere where that can be, and else here."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        answer_here = super().get_route_handler()

        async def answer(request: Request) -> Response:
            queries: Queries = request.app.state.queries
            if queries.elsewhere is None or request.method != "GET":
                return await answer_here(request)
            encodings = request.headers.get("accept-encoding", "")
            asked = request.scope
            root = asked.get("root_path", "")
            question = PageQuestion(asked["path"], asked["query_string"], encodings, queries.now(), root)
            found = await queries.elsewhere.answer(question)
            if found is None:
                return await answer_here(request)
            return Response(found.body, found.status, dict(found.headers))

        return answer


def compressed(app: ASGIApp) -> ASGIApp:
    """The app, whose answers are compressed where that is worth it."""
    return GZipMiddleware(app, WORTH_COMPRESSING, COMPRESSION, exclude_content_types=AS_THEY_ARE)


def _query_names(dependant: Dependant) -> set[str]:
    names = {field.alias for field in dependant.query_params}
    return names.union(*map(_query_names, dependant.dependencies))


def _look_at_query(request: Request, known: set[str]) -> None:
    names = [name for name, _ in request.query_params.multi_items()]
    for name in names:
        if name not in known:
            offered = f"; there are {', '.join(sorted(known))}" if known else ""
            raise unfit("query", name, f"there is no such parameter here{offered}")
        if names.count(name) > 1:
            raise unfit("query", name, "this is given more than once")


def _look_at_body(body: bytes) -> None:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            raise unfit("body", next(name for name in names if names.count(name) > 1), "this key is there twice")
        return found

    try:
        json.loads(body, object_pairs_hook=once)
    except (ValueError, RecursionError):
        # What is no JSON at all is said where it is read.
        return


def body_as(kind: type[T]) -> Callable[[Request], Coroutine[Any, Any, T]]:
    """What reads the body of a request as one of our own structures; a route that takes it describes it."""

    name = kind.__name__.removesuffix("Body")

    async def read(request: Request) -> T:
        body = await text_of(request, name)
        try:
            return of_json(kind, json.loads(body, parse_float=_number))
        except BadJson as error:
            raise unfit("body", name, str(error)) from None

    return read


async def text_of(request: Request, name: str) -> bytes:
    """The body of a request, which is JSON without a key that comes twice; `name` is what it should be."""
    body = await request.body()
    _look_at_body(body)
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        raise unfit("body", name, "this is not JSON in UTF-8") from None
    return body


def described(*kinds: type[Any]) -> dict[str, Any]:
    """What OpenAPI says of a body that is read as one of these structures."""
    schemas = [{"$ref": REFERENCE.format(name=kind.__name__)} for kind in kinds]
    schema = schemas[0] if len(schemas) == 1 else {"anyOf": schemas}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _number(text: str) -> float:
    """A number with a point, which is a whole one in JSON if nothing but zeros is behind it."""
    number = float(text)
    return int(number) if number.is_integer() else number


def unfit(where: str, name: str, why: str) -> RequestValidationError:
    """What is to be raised for a part of a request that does not fit: a 422, in one sentence."""
    shown = "".join(letter if letter.isprintable() else "?" for letter in name[:64])
    return RequestValidationError([{"type": "value_error", "loc": (where, shown), "msg": why}])


class HeadAsGet:
    """Answers HEAD wherever GET is answered; the server itself leaves the body out."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        is_head = scope["type"] == "http" and scope["method"] == "HEAD"
        await self._app({**scope, "method": "GET"} if is_head else scope, receive, send)
