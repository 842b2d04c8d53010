"""Whose ID in the ledger may not be taken by whoever comes first."""

from contextlib import closing
from pathlib import Path

from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.ev_central.access.opening import has_charged
from evcharging.domain.access.keys import Identity, KeyKind
from evcharging.tests.stages.empty_ledger import empty_ledger
from evcharging.tests.stages.people import action
from evcharging.tests.stages.store_world import put, session


def test_a_driver_is_known_by_a_session_or_a_key(tmp_path: Path) -> None:
    with closing(SqlStore(empty_ledger(tmp_path / "central.db"))) as store:
        put(store, session(driver_id="driver-alice"))
        store.accounts.put_identity(Identity(kind=KeyKind.DRIVER, id="driver-bob"), action())
        store.accounts.put_identity(Identity(kind=KeyKind.POINT, id="driver-carl"), action())
        known = [name for name in ("alice", "bob", "carl", "dora") if has_charged(store, f"driver-{name}")]
        assert known == ["alice", "bob"]
