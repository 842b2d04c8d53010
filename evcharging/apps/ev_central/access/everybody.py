"""Nobody signs in: whoever reaches this machine may do everything. Keeps nothing."""

from datetime import datetime
from typing import NoReturn

from evcharging.apps.ev_central.access.contract import BadCredential, Who
from evcharging.domain.access.modes import Mode

NO_ACCOUNTS = "Nobody signs in here, so that no credential counts: ask without one"


class EverybodyHere:
    """An Access without accounts and keys."""

    mode = Mode.OPEN

    async def by_session(self, token: str) -> Who:
        """No session counts."""
        return self._refuse()

    async def by_bearer(self, token: str) -> Who:
        """No token counts."""
        return self._refuse()

    async def by_ticket(self, ticket: str) -> Who:
        """No ticket counts."""
        return self._refuse()

    async def still(self, who: Who, since: datetime) -> None:
        """Whoever is here may stay."""

    def ticket_for(self, who: Who) -> str:
        """There are no tickets."""
        return self._refuse()

    def _refuse(self) -> NoReturn:
        raise BadCredential(NO_ACCOUNTS, "unknown_credential")
