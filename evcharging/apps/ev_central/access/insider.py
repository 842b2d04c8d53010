"""A credential that only this process knows, for programs that run in it beside Central: a network in one process
registers its own points. It is made anew at each start, and is written nowhere."""

from datetime import datetime
from hmac import compare_digest
from secrets import token_urlsafe
from typing import Final

from evcharging.apps.ev_central.access.contract import Access, Who
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.domain.access.modes import Mode
from evcharging.domain.access.permissions import Permission

PREFIX: Final = "evi_"

INSIDER = Who(
    Actor(kind=ActorKind.SYSTEM, id="network", via="http"),
    frozenset({Permission.POINTS_WRITE, Permission.NETWORK_READ, Permission.OFFER_READ}),
)
"""Who has it."""


class WithInsider:
    """An Access that lets in whoever runs in this process, by its `credential`."""

    def __init__(self, access: Access) -> None:
        self.credential = f"{PREFIX}{token_urlsafe(32)}"
        self._access = access

    @property
    def mode(self) -> Mode:
        """As without it."""
        return self._access.mode

    async def by_session(self, token: str) -> Who:
        """As without it."""
        return await self._access.by_session(token)

    async def by_bearer(self, token: str) -> Who:
        """The insider, or as without it."""
        if token.isascii() and compare_digest(token, self.credential):
            return INSIDER
        return await self._access.by_bearer(token)

    async def by_ticket(self, ticket: str) -> Who:
        """As without it."""
        return await self._access.by_ticket(ticket)

    async def still(self, who: Who, since: datetime) -> None:
        """The insider may stay; others as without it."""
        if who is not INSIDER:
            await self._access.still(who, since)

    def ticket_for(self, who: Who) -> str:
        """As without it."""
        return self._access.ticket_for(who)
