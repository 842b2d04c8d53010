"""Composes who may ask one Central, and whose keys count there: people, machine keys, points, and this process's own
programs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from evcharging.adapters.key_ring import KeyRing, kept
from evcharging.adapters.link_proofs import PointKeys
from evcharging.adapters.ring_keys import RingKeys
from evcharging.adapters.store.accounts import Accounts
from evcharging.apps.ev_central.access.contract import Access
from evcharging.apps.ev_central.access.insider import WithInsider, WithInsiderKeys
from evcharging.apps.ev_central.access.service import AccessService
from evcharging.apps.shell.insider import Insider
from evcharging.apps.shell.key_desk import KeyDesk
from evcharging.apps.shell.key_places import keys_file
from evcharging.apps.shell.logs import LogLine
from evcharging.common.config import CentralSettings
from evcharging.domain.access.keys import KeyKind, derived_key
from evcharging.domain.access.modes import Auth, Mode

LET_IN = (
    "Nobody can sign in yet. Make the first administrator at {}, within an hour; `evcharging users link` gives"
    " another link"
)
WIDE_OPEN = (
    "Nobody has to sign in (CENTRAL_AUTH=off), and Central is reached from other machines: whoever reaches it may do"
    " everything. To let only people in who sign in: CENTRAL_AUTH=on"
)


@dataclass(frozen=True, slots=True)
class Entrance:
    """All that decides who comes in. `access` tells who asks over HTTP, `keys` whose links are whose; the `desk` gives
    keys out, and the `service` looks after people."""

    access: Access
    keys: PointKeys
    desk: KeyDesk
    service: AccessService
    is_local: bool

    async def greet(self, url: str, log: LogLine) -> None:
        """Say once, as Central begins, how the first administrator comes in, or that everybody does."""
        link = await self.service.setup_link()
        if link is not None:
            log("warning", LET_IN.format(f"{url}/setup#{link.token}"))
        elif self.access.mode is Mode.OPEN and not self.is_local:
            log("warning", WIDE_OPEN)


@asynccontextmanager
async def entrance(
    settings: CentralSettings,
    accounts: Accounts,
    now: Callable[[], datetime],
    insider: Insider,
    *,
    is_local: bool,
) -> AsyncIterator[Entrance]:
    """Who may ask, until the block is left. Raises KeyFileUnusable and StoreUnavailable."""
    service = AccessService(accounts, keys_file(settings), now, auth=Auth(settings.auth), is_local=is_local)
    ring = KeyRing(now)

    def key_of(kind: KeyKind, owner: str, version: int) -> bytes:
        return derived_key(service.keys.keys.master, kind, owner, version)

    def is_secure() -> bool:
        return service.proofs.mode is Mode.SECURE

    try:
        await service.proofs.look(now=True)
        with kept(ring, accounts):
            keys = WithInsiderKeys(RingKeys(ring, key_of, is_secure), insider)
            desk = KeyDesk(accounts, key_of, now, lambda: ring.look(accounts))
            following = asyncio.create_task(service.run())
            try:
                yield Entrance(WithInsider(service.proofs, insider), keys, desk, service, is_local)
            finally:
                following.cancel()
                with suppress(asyncio.CancelledError):
                    await following
    finally:
        service.close()
