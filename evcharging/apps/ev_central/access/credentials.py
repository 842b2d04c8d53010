"""Where a request, or a viewer, carries its credential: a Bearer token, a ticket among a WebSocket's subprotocols, or
the console's cookie. Knows not whose it is."""

from enum import StrEnum
from typing import Final, NamedTuple

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from evcharging.apps.ev_central.access.contract import Access, BadCredential, Who

SESSION: Final = "session"
TICKET: Final = "ticket."
LONGEST: Final = 4096
SAFE: Final = ("GET", "HEAD", "OPTIONS")


class Way(StrEnum):
    """How a credential comes."""

    BEARER = "bearer"
    TICKET = "ticket"
    COOKIE = "cookie"
    """Browsers send it by themselves, whichever page asks."""


class Credential(NamedTuple):
    """What somebody brings."""

    way: Way
    token: str

    async def who(self, access: Access) -> Who:
        """Whose it is; raises BadCredential or StoreUnavailable."""
        match self.way:
            case Way.BEARER:
                return await access.by_bearer(self.token)
            case Way.TICKET:
                return await access.by_ticket(self.token)
            case Way.COOKIE:
                return await access.by_session(self.token)


def is_encrypted(scope: Scope) -> bool:
    """Whether it came over TLS, to here or to a proxy that is believed."""
    return scope["scheme"] in ("https", "wss")


def cookie_name(scope: Scope) -> str:
    """What the console's cookie is called: under TLS browsers keep it from being set by other hosts."""
    return f"__Host-{SESSION}" if is_encrypted(scope) else SESSION


def cookie_in(scope: Scope, name: str) -> str | None:
    """What the cookie of this name says."""
    found: str | None = cookie_parser("; ".join(Headers(scope=scope).getlist("cookie"))).get(name)
    return found or None


def ticket_protocol(scope: Scope) -> str | None:
    """The subprotocol that carries a ticket, which is the one to be agreed on."""
    return next((each for each in scope.get("subprotocols", ()) if each.startswith(TICKET)), None)


def says_where_from(scope: Scope) -> bool:
    """Whether a browser says which page asks; that it is none of another site has been looked at."""
    headers = Headers(scope=scope)
    return "origin" in headers or headers.get("sec-fetch-site", "").lower() == "same-origin"


def credential_in(scope: Scope) -> Credential | None:
    """What somebody brings: what was given on purpose before what a browser adds; raises BadCredential."""
    given = _bearer_in(scope) or _ticket_in(scope)
    if given is None:
        cookie = cookie_in(scope, cookie_name(scope))
        given = Credential(Way.COOKIE, cookie) if cookie else None
    if given is not None and len(given.token) > LONGEST:
        raise BadCredential(f"A credential has at most {LONGEST} characters", "malformed")
    return given


def _bearer_in(scope: Scope) -> Credential | None:
    headers = Headers(scope=scope).getlist("authorization")
    # Those of another scheme are for a proxy in front.
    said = [text for scheme, _, text in (header.partition(" ") for header in headers) if scheme.lower() == "bearer"]
    if not said:
        return None
    token = said[0].strip()
    if len(said) > 1 or not token or not token.isascii() or " " in token:
        raise BadCredential("The header must be one `Authorization: Bearer TOKEN`", "malformed")
    return Credential(Way.BEARER, token)


def _ticket_in(scope: Scope) -> Credential | None:
    protocol = ticket_protocol(scope)
    return None if protocol is None else Credential(Way.TICKET, protocol.removeprefix(TICKET))
