"""Why somebody may not ask: nobody knows who it is, or that one may not. Knows no route."""

from starlette.responses import Response

from evcharging.apps.ev_central.access.contract import BadCredential, Who
from evcharging.apps.ev_central.problems import problem_at
from evcharging.apps.ev_central.refusals import Forbidden
from evcharging.common.messages_operators import ActorKind
from evcharging.domain.access.permissions import Permission

UNAUTHENTICATED = "unauthenticated"
SIGN_IN = "Sign in first: at the console, or with `Authorization: Bearer` and an access token or a machine key"
SAY_WHERE_FROM = "What changes something and is asked with a cookie must say which page asks, in the header Origin"


def why_forbidden(what: str, missing: tuple[Permission, ...], who: Who) -> Forbidden:
    """That somebody lacks a permission, or that nobody may do it where no permission would be enough."""
    if not missing:
        return Forbidden(f"{what} is for nobody: Central has no rule for it")
    return Forbidden(f"{what} needs the permission {' or '.join(missing)}, which {_named(who)} does not have")


def _named(who: Who) -> str:
    match who.actor.kind:
        case ActorKind.PERSON | ActorKind.DRIVER if who.actor.role:
            return f"{'an' if who.actor.role[0] in 'aeiou' else 'a'} {who.actor.role}"
        case ActorKind.MACHINE:
            return "this machine key"
        case ActorKind.POINT:
            return "a charging point"
        case _:
            return "who asks"


def unauthenticated(path: str, error: BadCredential | None = None) -> Response:
    """That nobody knows who asks: without a credential, or with one that does not count."""
    if error is None:
        answer = problem_at(path, 401, SIGN_IN, UNAUTHENTICATED)
        answer.headers["WWW-Authenticate"] = "Bearer"
    else:
        answer = problem_at(path, 401, str(error), error.code)
        answer.headers["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
