"""Opens Central's ledger. A database on a server is waited for; a file is there, or is not."""

import asyncio

from evcharging.adapters.clock import Clock
from evcharging.adapters.store import StoreUnavailable, StoreUnusable
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.shell.logs import LogLine

BACKOFF = (0.2, 0.5, 1.0, 2.0)
"""Seconds between attempts; the last one repeats."""


async def open_ledger(url: str, clock: Clock, log: LogLine) -> SqlStore:
    """The ledger at a URL; raises StoreUnavailable for what waiting does not help, and BadStoreUrl."""
    attempt = 0
    while True:
        try:
            return await asyncio.to_thread(SqlStore, url, first_epoch=int(clock.now().timestamp()))
        except StoreUnavailable as error:
            if isinstance(error, StoreUnusable) or url.startswith("sqlite"):
                raise
            if attempt == 0:
                log("warning", f"{error}; retrying")
        await asyncio.sleep(BACKOFF[min(attempt, len(BACKOFF) - 1)])
        attempt += 1
