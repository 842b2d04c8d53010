"""Programs that run in Central's own process are let in, beside all others. Knows not what they do."""

from datetime import datetime
from hmac import compare_digest

from evcharging.adapters.link_proofs import PointKeys
from evcharging.apps.ev_central.access.contract import Access, Who
from evcharging.apps.shell.insider import VERSION, Insider
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.domain.access.modes import Mode
from evcharging.domain.access.permissions import Permission

INSIDER = Who(
    Actor(kind=ActorKind.SYSTEM, id="network", via="http"),
    frozenset({Permission.POINTS_WRITE, Permission.NETWORK_READ, Permission.OFFER_READ}),
)
"""Who asks over HTTP from within this process."""


class WithInsider:
    """An Access that lets in whoever runs in this process as well."""

    def __init__(self, access: Access, insider: Insider) -> None:
        self._access = access
        self._insider = insider

    @property
    def mode(self) -> Mode:
        """As without it."""
        return self._access.mode

    async def by_session(self, token: str) -> Who:
        """As without it."""
        return await self._access.by_session(token)

    async def by_bearer(self, token: str) -> Who:
        """The insider, or as without it."""
        if token.isascii() and compare_digest(token, self._insider.credential):
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


class WithInsiderKeys:
    """The keys of points, those of this process included; none of theirs was given by anybody, or can be taken."""

    def __init__(self, keys: PointKeys, insider: Insider) -> None:
        self._keys = keys
        self._insider = insider

    @property
    def are_asked_for(self) -> bool:
        """As without it."""
        return self._keys.are_asked_for

    def why_not(self, cp_id: str, version: int) -> str | None:
        """Why a key does not count."""
        return None if self._is_inside(cp_id, version) else self._keys.why_not(cp_id, version)

    def key_of(self, cp_id: str, version: int) -> bytes:
        """That key."""
        if self._is_inside(cp_id, version):
            return self._insider.key_of(cp_id)
        return self._keys.key_of(cp_id, version)

    def _is_inside(self, cp_id: str, version: int) -> bool:
        return version == VERSION and self._insider.has(cp_id)
