"""What sealed benchmarks share: everybody is enrolled, and has the key that follows from Central's secret."""

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from evcharging.adapters.key_files import central_keys
from evcharging.adapters.own_seals import SealingKey
from evcharging.domain.access.keys import KeyKind, derived_key


def enrol(ledger: Path, kind: KeyKind, ids: Iterable[str]) -> None:
    """Note in a ledger that all these have their first key."""
    with sqlite3.connect(ledger) as database:
        rows = [(kind.value, owner) for owner in ids]
        database.executemany("INSERT INTO identities (kind, id, version, in_use) VALUES (?, ?, 1, 1)", rows)
    database.close()


def first_key(keys: Path, kind: KeyKind, owner: str) -> SealingKey:
    """The first key of somebody, by Central's file; that is made if there is none."""
    master = central_keys(keys, may_make=True).master
    return SealingKey(kind=kind, id=owner, version=1, key=derived_key(master, kind, owner, 1))
