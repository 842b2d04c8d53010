"""What a proxy in front says: who asks, by which scheme and name, and below which path Central is shown. Only proxies
that are named are believed; one that is not is refused, since all of the world would else look like this machine."""

from collections.abc import Iterator
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from evcharging.apps.ev_central.guard import refuse
from evcharging.apps.ev_central.problems import problem_at
from evcharging.common.hosts import Networks

FOR, PROTO, HOST = "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"
SAYS_FOR_WHOM = (FOR, "forwarded")
SECURE = {"http": "https", "websocket": "wss"}
UNKNOWN_PROXY = (
    "A proxy that this Central does not know asks for somebody: name its address in CENTRAL_PROXIES, or ask directly"
)


class Proxied:
    """An ASGI app around another one, which is shown below `root_path`, whether or not a proxy cuts that off."""

    def __init__(self, app: ASGIApp, proxies: Networks, root_path: str = "") -> None:
        self._app = app
        self._proxies = proxies
        self._root_path = root_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one viewer."""
        if scope["type"] not in SECURE:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if self._is_proxy(scope):
            scope = self._as_said(scope, headers)
        elif any(name in headers for name in SAYS_FOR_WHOM):
            answer = problem_at(scope["path"], 403, UNKNOWN_PROXY, "unknown_proxy")
            await refuse(scope, receive, send, answer)
            return
        await self._app(self._placed(scope), receive, send)

    def _is_proxy(self, scope: Scope) -> bool:
        return bool(self._proxies) and _is_in(self._proxies, (scope.get("client") or ("", 0))[0])

    def _as_said(self, scope: Scope, headers: Headers) -> Scope:
        said = dict(scope)
        if (asks := next(self._askers(headers), None)) is not None:
            said["client"] = (asks, 0)
        if _last(headers, PROTO) == "https":
            said["scheme"] = SECURE[scope["type"]]
        if host := _last(headers, HOST):
            others = [(name, value) for name, value in scope["headers"] if name != b"host"]
            said["headers"] = [*others, (b"host", host.encode("latin-1"))]
        return said

    def _askers(self, headers: Headers) -> Iterator[str]:
        """Who asks, as the nearest proxy that is believed has seen it: the last address that is no such proxy."""
        for text in reversed([each for line in headers.getlist(FOR) for each in line.split(",")]):
            address = text.strip()
            if not _is_address(address):
                return
            if not _is_in(self._proxies, address):
                yield address

    def _placed(self, scope: Scope) -> Scope:
        root, path = self._root_path, scope["path"]
        if not root:
            return scope
        is_whole = path == root or path.startswith(root + "/")
        before = "" if is_whole else root
        raw = before.encode() + (scope.get("raw_path") or path.encode())
        return {**scope, "root_path": root, "path": before + path, "raw_path": raw}


def _last(headers: Headers, name: str) -> str:
    return ",".join(headers.getlist(name)).rpartition(",")[2].strip().lower()


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_in(networks: Networks, text: str) -> bool:
    return _is_address(text) and any(ip_address(text) in network for network in networks)
