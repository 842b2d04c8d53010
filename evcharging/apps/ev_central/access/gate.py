"""Who asks is found out here, before path, query or body are judged: over HTTP and WebSocket alike. Knows no route but
those that are public, and not what anybody may do."""

from collections.abc import Callable
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evcharging.adapters.store import StoreUnavailable
from evcharging.apps.ev_central.access.contract import Access, BadCredential, Who
from evcharging.apps.ev_central.access.credentials import SAFE, Credential, Way, credential_in, says_where_from
from evcharging.apps.ev_central.access.denials import SAY_WHERE_FROM, unauthenticated
from evcharging.apps.ev_central.access.routes import SOCKET, is_public
from evcharging.apps.ev_central.access.who import LOCAL, NEIGHBOUR, remember
from evcharging.apps.ev_central.guard import refuse
from evcharging.apps.ev_central.problems import problem_at
from evcharging.domain.access.modes import Mode

METRICS = "/metrics"
FORWARDED = ("forwarded", "x-forwarded-for")


class Gate:
    """An ASGI app around another one, which is told who asks."""

    def __init__(self, app: ASGIApp, access: Callable[[], Access]) -> None:
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one viewer."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        found = await self._found(scope)
        if isinstance(found, Response):
            await refuse(scope, receive, send, found)
            return
        remember(scope, found)
        await self._app(scope, receive, send if found in (None, LOCAL) else _uncached(scope, send))

    async def _found(self, scope: Scope) -> Who | Response | None:
        """Who asks, None for anybody where anybody may ask, or why not."""
        path, access = path_of(scope), self._access()
        public = is_public(_method(scope), path)
        try:
            credential = credential_in(scope)
            who = await credential.who(access) if credential else None
        except StoreUnavailable as error:
            return None if public else problem_at(scope["path"], 503, str(error))
        except BadCredential as error:
            # Other programs of this machine may have left a cookie of that name, and an old one must not keep anybody
            # from signing in.
            if not public and not (access.mode is Mode.OPEN and _has_only_cookie(scope)):
                return unauthenticated(scope["path"], error)
            who = None
        if who is None:
            return self._without(scope, access.mode, public)
        if credential and not public and not _says_where_from(scope, credential):
            return problem_at(scope["path"], 403, SAY_WHERE_FROM)
        return who

    def _without(self, scope: Scope, mode: Mode, public: bool) -> Who | Response | None:
        """What is so without a credential."""
        if mode is Mode.OPEN:
            return LOCAL
        if public:
            return None
        if path_of(scope) == METRICS and _is_neighbour(scope):
            return NEIGHBOUR
        return unauthenticated(scope["path"])


def _uncached(scope: Scope, send: Send) -> Send:
    """Let nobody on the way keep what somebody is told who has signed in; files of the console are for everybody."""
    if is_public(_method(scope), path_of(scope)):
        return send

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).setdefault("Cache-Control", "no-store")
        await send(message)

    return sending


def path_of(scope: Scope) -> str:
    """The path below the one at which a proxy shows Central."""
    path, root = str(scope["path"]), str(scope.get("root_path", ""))
    return path[len(root) :] if root and path.startswith(f"{root}/") else path


def _method(scope: Scope) -> str:
    return SOCKET if scope["type"] == "websocket" else str(scope["method"])


def _has_only_cookie(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return "authorization" not in headers and "sec-websocket-protocol" not in headers


def _says_where_from(scope: Scope, credential: Credential) -> bool:
    """Whether it is known that one of Central's own pages asks, where a browser adds the credential by itself."""
    is_safe = scope["type"] == "http" and scope["method"] in SAFE
    return credential.way is not Way.COOKIE or is_safe or says_where_from(scope)


def _is_neighbour(scope: Scope) -> bool:
    """Whether a program on this machine asks, and asks for itself."""
    client = scope.get("client")
    if client is None or any(name in Headers(scope=scope) for name in FORWARDED):
        return False
    try:
        return ip_address(client[0]).is_loopback
    except ValueError:
        return False
