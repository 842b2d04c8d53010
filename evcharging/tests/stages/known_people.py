"""Somebody of every kind, whom Central knows by a word, and the app that asks as one of them."""

from datetime import datetime

from evcharging.apps.ev_central.access.contract import BadCredential, Who
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.domain.access.modes import Mode
from evcharging.domain.access.permissions import SCOPES, AccountRole, Permission, permissions_of

REVOKED = BadCredential("This credential was revoked: sign in again", "revoked")
UNKNOWN = BadCredential("Nobody has this credential: sign in again", "unknown_credential")


def somebody(kind: ActorKind, name: str, role: str | None = None, *scopes: Permission) -> Who:
    """Somebody with all that such a one may do; `session_hash` is the name of who may have a console."""
    actor = Actor(kind=kind, id=name, via="http", role=role)
    return Who(actor, permissions_of(actor, scopes), name if kind is ActorKind.PERSON else None)


def a_person(role: AccountRole) -> Who:
    """Somebody with this role, whose credential is the role."""
    kind = ActorKind.DRIVER if role is AccountRole.DRIVER else ActorKind.PERSON
    return somebody(kind, f"a-{role}", role)


EVERYBODY: dict[str, Who] = {
    **{role.value: a_person(role) for role in AccountRole},
    "machine": somebody(ActorKind.MACHINE, "key-1", None, *SCOPES),
    "idle-machine": somebody(ActorKind.MACHINE, "key-2"),
    "CP-001": somebody(ActorKind.POINT, "CP-001"),
}
"""Whom Central knows, by the words that they say."""


class KnownPeople:
    """An Access that knows everybody by a word, whichever way it comes; a ticket is a word with `-ticket` behind."""

    def __init__(self, mode: Mode = Mode.SECURE) -> None:
        self.mode = mode
        self.revoked: set[str] = set()
        self.tickets: set[str] = set()
        self.asked = 0

    async def by_session(self, token: str) -> Who:
        return self._found(token)

    async def by_bearer(self, token: str) -> Who:
        return self._found(token)

    async def by_ticket(self, ticket: str) -> Who:
        if ticket not in self.tickets:
            raise UNKNOWN
        self.tickets.remove(ticket)
        return self._found(ticket.removesuffix("-ticket"))

    async def still(self, who: Who, since: datetime) -> None:
        if any(EVERYBODY[word] == who for word in self.revoked):
            raise REVOKED

    def ticket_for(self, who: Who) -> str:
        ticket = f"{next(word for word, known in EVERYBODY.items() if known == who)}-ticket"
        self.tickets.add(ticket)
        return ticket

    def _found(self, word: str) -> Who:
        self.asked += 1
        if word in self.revoked:
            raise REVOKED
        if word not in EVERYBODY:
            raise UNKNOWN
        return EVERYBODY[word]


def bearer(word: str) -> dict[str, str]:
    """The header of a program with this credential."""
    return {"Authorization": f"Bearer {word}"}


def cookie(word: str) -> dict[str, str]:
    """The header of a browser that is signed in, from one of Central's own pages."""
    return {"Cookie": f"session={word}", "Sec-Fetch-Site": "same-origin"}
