"""Removes from the ledger what was measured long ago, a little at a time. Facts stay for ever."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.history import History

LOOK_EVERY_S = 600.0
PAUSE_S = 0.2
AT_ONCE = 1_000
"""So many rows are removed in one transaction, and this long others go first before the next."""


async def remove_old(store: History, now: Callable[[], datetime], values: timedelta, minutes: timedelta) -> None:
    """Remove, until it is cancelled, meter values and energy by the minute that are older than this."""
    while True:
        removed = await asyncio.to_thread(_remove, store, now(), values, minutes)
        await asyncio.sleep(PAUSE_S if removed >= AT_ONCE else LOOK_EVERY_S)


def _remove(store: History, now: datetime, values: timedelta, minutes: timedelta) -> int:
    """How many were removed; none where the ledger cannot be reached, which others tell of."""
    try:
        return store.remove_measured(values_before=now - values, minutes_before=now - minutes, limit=AT_ONCE)
    except StoreUnavailable:
        return 0
