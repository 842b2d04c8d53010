"""An engine's journal for tests: what it keeps, and how it would be found again."""

from pathlib import Path

from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.domain.supply import Reading, Supply
from evcharging.tests.stages.store_world import NOW


def reading(register_mwh: int, cp_id: str = "CP-1") -> Reading:
    return Reading(cp_id=cp_id, register_mwh=register_mwh, ts=NOW)


def supply(cp_id: str = "CP-1") -> Supply:
    return Supply(cp_id=cp_id, session_id="S-1", driver_id="driver-1", micro_euros_per_kwh=300_000)


def opened(file: Path) -> JournalStore:
    """The journal as it would be found again."""
    store = JournalStore(file)
    store.close()
    return store


def opened_after(store: JournalStore, file: Path) -> JournalStore:
    store.close()
    return opened(file)
