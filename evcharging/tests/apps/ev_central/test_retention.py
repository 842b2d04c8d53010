"""What was measured long ago is removed while Central runs, and a ledger that cannot be reached is tried again."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_central import retention
from evcharging.apps.ev_central.retention import remove_old
from evcharging.tests.contracts.history_contract import meter_value
from evcharging.tests.stages.store_world import NOW, put

VALUES, MINUTES = timedelta(days=400), timedelta(days=14)


class Moody(MemoryStore):
    """A store that cannot be reached at first."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def remove_measured(self, **asked: Any) -> int:
        self.asked += 1
        if self.asked == 1:
            raise StoreUnavailable("The disk is full")
        return super().remove_measured(**asked)


async def until(holds: Callable[[], bool]) -> None:
    while not holds():
        await asyncio.sleep(0.001)


def test_old_values_are_removed_until_none_is_left_whatever_happens_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "LOOK_EVERY_S", 0.0)
    monkeypatch.setattr(retention, "PAUSE_S", 0.0)
    monkeypatch.setattr(retention, "AT_ONCE", 3)
    store = Moody()
    put(store, *(meter_value("S-1", quarter) for quarter in range(10)))
    new_ones = store.meter_values(["S-1"])[8:]

    async def scene() -> None:
        now = NOW + VALUES + timedelta(minutes=15 * 8)
        task = asyncio.create_task(remove_old(store, lambda: now, VALUES, MINUTES))
        await asyncio.wait_for(until(lambda: store.meter_values(["S-1"]) == new_ones and store.asked > 5), 30)
        task.cancel()

    asyncio.run(scene())
