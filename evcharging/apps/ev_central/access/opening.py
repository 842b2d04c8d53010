"""Composes who may come to one Central: people and programs over HTTP, and points over their links."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from evcharging.adapters.beside import beside
from evcharging.adapters.clock import Clock
from evcharging.adapters.inside import WithInside
from evcharging.adapters.key_ring import KeyRing, kept
from evcharging.adapters.ring_keys import RingKeys
from evcharging.adapters.store.accounts import Accounts
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.ev_central.access.insider import WithInsider
from evcharging.apps.ev_central.access.service import AccessService
from evcharging.apps.shell.access_place import is_local, keys_file
from evcharging.apps.shell.key_desk import KeyDesk
from evcharging.common.config import CentralSettings
from evcharging.domain.access.keys import KeyKind, KeyOf, derived_key, webhook_key
from evcharging.domain.access.modes import Auth, Mode
from evcharging.domain.session import Session


@dataclass(frozen=True, slots=True)
class Admission:
    """Who may come. `ring`: whose keys count on the bus as well, which `key_of` gives; `webhook_key`
    gives what signs webhooks; `is_local`: only this
    machine reaches Central."""

    service: AccessService
    access: WithInsider
    desk: KeyDesk
    links: WithInside
    accounts: Accounts
    ring: KeyRing
    key_of: KeyOf
    webhook_key: Callable[[str], bytes]
    is_local: bool

    def is_secure(self) -> bool:
        """Whether anybody has to prove anything just now."""
        return self.access.mode is Mode.SECURE


@asynccontextmanager
async def admission(
    settings: CentralSettings, store: SqlStore, clock: Clock, *, on_kafka: bool
) -> AsyncIterator[Admission]:
    """Who may come, as it is until the block is left. Raises KeyFileUnusable and StoreUnavailable."""
    local = is_local(settings, on_kafka=on_kafka)
    service = await asyncio.to_thread(
        AccessService,
        store.accounts,
        keys_file(settings),
        clock.now,
        auth=Auth(settings.auth),
        is_local=local,
        has_charged=partial(has_charged, store),
    )

    def key_of(kind: KeyKind, owner: str, version: int) -> bytes:
        return derived_key(service.keys.keys.master, kind, owner, version)

    def key_of_webhook(webhook_id: str) -> bytes:
        return webhook_key(service.keys.keys.master, webhook_id)

    ring, access = KeyRing(clock.now), WithInsider(service.proofs)
    links = WithInside(RingKeys(ring, key_of, lambda: access.mode is Mode.SECURE))
    desk = KeyDesk(store.accounts, key_of, clock.now, lambda: ring.look(store.accounts), lambda: service.key_trouble)
    await service.proofs.look(now=True)
    with kept(ring, store.accounts):
        try:
            async with beside(service.run()):
                yield Admission(service, access, desk, links, store.accounts, ring, key_of, key_of_webhook, local)
        finally:
            service.close()


def has_charged(store: SqlStore, driver_id: str) -> bool:
    """Whether the ledger knows a driver: by a session, or by a key that was given."""
    if store.accounts.identity(KeyKind.DRIVER, driver_id) is not None:
        return True
    return bool(store.page(Session, limit=1, where={"driver_id": [driver_id]}))
