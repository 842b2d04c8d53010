"""A history that takes several pieces to export, and exports as they are read."""

import csv
from datetime import timedelta
from io import StringIO
from typing import Any

from evcharging.adapters.store import Store
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_central import exports
from evcharging.common.utils import changed
from evcharging.domain.session import Bill, Session
from evcharging.tests.stages.central_world import World
from evcharging.tests.stages.store_world import LATER, NOW, WHOLE, put, session


def some_sessions(count: int) -> list[Session]:
    """One each minute, by three drivers in turn."""
    return [
        changed(
            session(f"S-{number:04}", driver_id=f"driver-{number % 3}", cp_id=f"CP-{number % 2}"),
            requested_at=NOW + timedelta(minutes=number),
        )
        for number in range(count)
    ]


def bill_for(name: str, **fields: Any) -> Bill:
    """A bill, with these fields otherwise."""
    [bill] = [record for record in WHOLE if isinstance(record, Bill)]
    return changed(bill, session_id=name, energy_mwh=1_500_000, micro_euros=450_000, **fields)


def rows_in(text: str) -> list[dict[str, str]]:
    return [*csv.DictReader(StringIO(text, newline=""))]


async def listed(world: World, path: str) -> list[Any]:
    """All of a list, page by page."""
    found: list[Any] = []
    after = ""
    while True:
        page = await world.get(f"{path}{'&' if '?' in path else '?'}limit=100{after}")
        found += page["items"]
        if page["next"] is None:
            return found
        after = f"&after={page['next']}"


def some_history() -> Store:
    """Sessions for more than two pieces, each fifth of them with a bill."""
    store = MemoryStore()
    put(store, *some_sessions(exports.PIECE * 2 + 7))
    put(store, *(bill_for(f"S-{number:04}", ended_at=LATER + timedelta(minutes=number)) for number in range(0, 500, 5)))
    return store
