"""Composes who may come to one Central: people and programs over HTTP, and points over their links."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from evcharging.adapters.clock import Clock
from evcharging.adapters.inside import WithInside
from evcharging.adapters.key_ring import KeyRing, kept
from evcharging.adapters.ring_keys import KeyOf, RingKeys
from evcharging.adapters.store.accounts import Accounts
from evcharging.adapters.store.files import DATA
from evcharging.adapters.store.sql.engine import file_of
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.ev_central.access.insider import WithInsider
from evcharging.apps.ev_central.access.service import AccessService
from evcharging.apps.shell.key_desk import KeyDesk
from evcharging.common.config import CentralSettings
from evcharging.common.hosts import is_for_this_machine
from evcharging.common.setting_values import addresses
from evcharging.domain.access.keys import KeyKind, derived_key
from evcharging.domain.access.modes import Auth, Mode


@dataclass(frozen=True, slots=True)
class Admission:
    """Who may come. `ring`: whose keys count on the bus as well, which `key_of` gives; `is_local`: only this
    machine reaches Central."""

    service: AccessService
    access: WithInsider
    desk: KeyDesk
    links: WithInside
    accounts: Accounts
    ring: KeyRing
    key_of: KeyOf
    is_local: bool

    def is_secure(self) -> bool:
        """Whether anybody has to prove anything just now."""
        return self.access.mode is Mode.SECURE


def keys_file(settings: CentralSettings) -> Path:
    """Where Central's secrets are: beside the ledger where that is a file, or in `data/`."""
    if settings.keys is not None:
        return Path(settings.keys)
    ledger = file_of(settings.db_url)
    return (DATA if ledger is None else ledger.parent) / "keys.json"


def is_local(settings: CentralSettings, *, on_kafka: bool) -> bool:
    """Whether all by which Central is reached is this machine's own, and no proxy there lets others in."""
    hosts = [settings.http_host, settings.listen_host]
    if on_kafka:
        hosts += [each.host for each in addresses(settings.kafka_bootstrap, 9092)]
    return not settings.proxies and all(map(is_for_this_machine, hosts))


@asynccontextmanager
async def admission(
    settings: CentralSettings, store: SqlStore, clock: Clock, *, on_kafka: bool
) -> AsyncIterator[Admission]:
    """Who may come, as it is until the block is left. Raises KeyFileUnusable and StoreUnavailable."""
    local = is_local(settings, on_kafka=on_kafka)
    service = await asyncio.to_thread(
        AccessService, store.accounts, keys_file(settings), clock.now, auth=Auth(settings.auth), is_local=local
    )

    def key_of(kind: KeyKind, owner: str, version: int) -> bytes:
        return derived_key(service.keys.keys.master, kind, owner, version)

    ring, access = KeyRing(clock.now), WithInsider(service.proofs)
    links = WithInside(RingKeys(ring, key_of, lambda: access.mode is Mode.SECURE))
    desk = KeyDesk(store.accounts, key_of, clock.now, lambda: ring.look(store.accounts))
    await service.proofs.look(now=True)
    with kept(ring, store.accounts):
        task = asyncio.create_task(service.run())
        try:
            yield Admission(service, access, desk, links, store.accounts, ring, key_of, local)
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            service.close()
