"""Who may ask at all, over HTTP and WebSocket alike, before anything is read: programs, and this Central's own pages.
Knows no route."""

from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from evcharging.apps.ev_central.problems import problem_at
from evcharging.apps.web.answers import ONLY_BY_TLS, SECURITY_HEADERS, WRONG_HOST
from evcharging.common.hosts import is_known

LARGEST_BODY = 64 * 1024
FOREIGN = "Only pages of this Central may do this"
TOO_LARGE = f"The body must declare its length and be at most {LARGEST_BODY} bytes"
SECURE = ("https", "wss")
STARTS = ("http.response.start", "websocket.http.response.start")

Refusal = tuple[int, str]


class Guard:
    """An ASGI app around another one. It answers to IP addresses, localhost and these names."""

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one viewer."""

        async def sending(message: Message) -> None:
            if message["type"] in STARTS:
                MutableHeaders(scope=message).update(_headers_for(scope))
            await send(message)

        refusal = self._refusal(scope) if scope["type"] in ("http", "websocket") else None
        if refusal is None:
            await self._app(scope, receive, sending)
        else:
            await refuse(scope, receive, sending, problem_at(scope["path"], *refusal))

    def _refusal(self, scope: Scope) -> Refusal | None:
        headers = Headers(scope=scope)
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if not is_known(hosts, self._names):
            return 421, WRONG_HOST
        if not _is_own_page(scope, headers):
            return 403, FOREIGN
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD") and not _is_small(headers):
            return 413, TOO_LARGE
        return None


def _headers_for(scope: Scope) -> dict[str, str]:
    """What every answer says to browsers. Whoever has come over TLS comes by that alone from now on; not to a machine
    that is called by an address or as localhost, where other programs are found by the same name."""
    host = Headers(scope=scope).get("host", "")
    if scope["scheme"] not in SECURE or is_known([host.encode("latin-1")], ()):
        return SECURITY_HEADERS
    return {**SECURITY_HEADERS, **ONLY_BY_TLS}


def _is_own_page(scope: Scope, headers: Headers) -> bool:
    """Whether a browser's page that asks is one of this Central's; programs that are no browsers do not say where they
    come from. A link on another page may be followed, since that only looks."""
    scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
    own = f"{scheme}://{headers['host']}".lower()
    if any(origin.lower() != own for origin in headers.getlist("origin")) or len(headers.getlist("origin")) > 1:
        return False
    if "cross-site" not in map(str.lower, headers.getlist("sec-fetch-site")):
        return True
    follows = (headers.getlist("sec-fetch-mode"), headers.getlist("sec-fetch-dest")) == (["navigate"], ["document"])
    return follows and scope["type"] == "http" and scope["method"] == "GET"


def _is_small(headers: Headers) -> bool:
    length = headers.get("content-length", "0")
    return "transfer-encoding" not in headers and length.isdecimal() and int(length) <= LARGEST_BODY


async def refuse(scope: Scope, receive: Receive, send: Send, answer: Response) -> None:
    """Answer a request, or turn a viewer away, with this."""
    if scope["type"] == "http":
        await answer(scope, receive, send)
        return
    socket = WebSocket(scope, receive, send)
    await socket.receive()
    if "websocket.http.response" in scope.get("extensions", {}):
        await socket.send_denial_response(answer)
    else:
        await socket.close(1008)
