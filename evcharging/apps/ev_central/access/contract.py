"""What the rest of Central's web side knows of signing in: who somebody is, and what that one may do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from evcharging.common.messages_operators import Actor
from evcharging.domain.access.modes import Mode
from evcharging.domain.access.permissions import Permission

OWN_KEY: Final = "key"
"""How a driver comes whose program makes its tokens with the driver's own key."""


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody who asks, who has proven that. `session_hash`: the console's session, where that is how; `key_version`:
    that of a driver's own key."""

    actor: Actor
    permissions: frozenset[Permission]
    session_hash: str | None = None
    key_version: int | None = None


class BadCredential(Exception):
    """A credential that does not count; the text says why and what to do, and `code` says it in a word."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code


class Access(Protocol):
    """Tells who asks. Every method may raise StoreUnavailable."""

    @property
    def mode(self) -> Mode:
        """Open or secure, as it is now: the first administrator may make it secure while Central runs."""
        ...

    async def by_session(self, token: str) -> Who:
        """Who is signed in at the console with this cookie; raises BadCredential."""
        ...

    async def by_bearer(self, token: str) -> Who:
        """Whose access token, machine key or own token this is; raises BadCredential."""
        ...

    async def by_ticket(self, ticket: str) -> Who:
        """Who has just been given this ticket for a WebSocket; it counts once. Raises BadCredential."""
        ...

    async def still(self, who: Who, since: datetime) -> None:
        """Raises BadCredential where somebody who came then would not be let in any more: a session was ended, an
        account disabled, a key revoked."""
        ...

    def ticket_for(self, who: Who) -> str:
        """A ticket for one WebSocket, which counts once and for 30 s."""
        ...
