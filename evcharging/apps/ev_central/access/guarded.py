"""Routes that look at what somebody may do before anything of a request is read: every route of Central is one of
these. Knows no credential."""

from fastapi.routing import APIRoute, APIWebSocketRoute
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from evcharging.apps.ev_central.access.contract import Who
from evcharging.apps.ev_central.access.denial_notes import note_denial
from evcharging.apps.ev_central.access.denials import unauthenticated, why_forbidden
from evcharging.apps.ev_central.access.routes import PUBLIC, ROUTES, SIGNED_IN, SOCKET, Needs, permissions_for
from evcharging.apps.ev_central.access.who import who_asks
from evcharging.apps.ev_central.guard import refuse
from evcharging.apps.ev_central.problems import problem_at
from evcharging.apps.ev_central.refusals import Forbidden
from evcharging.common.messages_operators import ActorKind


def allows(needs: Needs | None, who: Who | None) -> bool:
    """Whether somebody may ask what needs this; None for what no rule is known for, and for who has not said who it
    is."""
    if needs is PUBLIC:
        return True
    if who is None or needs is None:
        return who is not None and who.actor.kind is ActorKind.LOCAL
    return needs is SIGNED_IN or not who.permissions.isdisjoint(permissions_for(needs))


async def _is_refused(method: str, path: str, scope: Scope, receive: Receive, send: Send) -> bool:
    """Whether somebody may not ask that, and has been told so."""
    needs, who = ROUTES.get((method, path)), who_asks(scope)
    if allows(needs, who):
        return False
    if who is None:
        answer = unauthenticated(scope["path"])
    else:
        what = path if method == SOCKET else f"{method} {path}"
        error = why_forbidden(what, permissions_for(needs), who)
        note_denial(scope, who, what, path, str(error))
        answer = problem_at(scope["path"], 403, str(error), Forbidden.code)
    await refuse(scope, receive, send, answer)
    return True


class GuardedRoute(APIRoute):
    """A route for those who may ask it."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        method = scope["method"]
        is_possible = self.methods is None or method in self.methods
        if is_possible and await _is_refused(method, self.path_format, scope, receive, send):
            return
        await super().handle(scope, receive, send)


class GuardedSocket(APIWebSocketRoute):
    """A WebSocket for those who may look on."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One viewer."""
        if not await _is_refused(SOCKET, self.path_format, scope, receive, send):
            await super().handle(scope, receive, send)


class GuardedMount(Mount):
    """A folder for those who may read it."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "http" and await _is_refused("GET", self.path_format, scope, receive, send):
            return
        await super().handle(scope, receive, send)
