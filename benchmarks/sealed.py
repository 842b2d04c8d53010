"""What sealed benchmarks share: everybody is enrolled, and has the key that follows from Central's secret."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from evcharging.adapters.key_files import OwnKey, central_keys, put_own_key
from evcharging.adapters.own_seals import SealingKey
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.shell.journals import default_journal
from evcharging.apps.shell.people import People
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.domain.access.keys import KeyKind, derived_key
from evcharging.domain.access.permissions import Permission

WHOM: Final = Actor(kind=ActorKind.SYSTEM, id="benchmark", via="benchmark")


def enrol(ledger: Path, kind: KeyKind, ids: Iterable[str]) -> None:
    """Note in a ledger that all these have their first key."""
    with sqlite3.connect(ledger) as database:
        rows = [(kind.value, owner) for owner in ids]
        database.executemany("INSERT INTO identities (kind, id, version, in_use) VALUES (?, ?, 1, 1)", rows)
    database.close()


def first_keys(keys: Path, kind: KeyKind, owners: Iterable[str]) -> list[SealingKey]:
    """The first key of each, by Central's file; that is made if there is none."""
    master = central_keys(keys, may_make=True).master
    return [SealingKey(kind=kind, id=each, version=1, key=derived_key(master, kind, each, 1)) for each in owners]


def give_keys(folder: Path, keys: Path, cp_ids: Iterable[str]) -> None:
    """Put the first key of each point where its programs find it that run in this folder."""
    for made in first_keys(keys, KeyKind.POINT, cp_ids):
        key = OwnKey(kind=made.kind, id=made.id, version=made.version, key=made.key.hex())
        put_own_key(folder / default_journal(made.id, "key"), key)


class Secured:
    """A folder in which every point and driver has a key, and Central believes nobody without one. `flags` are
    Central's; `headers` let a benchmark read its metrics."""

    def __init__(self, folder: Path, cp_ids: Iterable[str], driver_ids: Iterable[str]) -> None:
        points, self.keys = list(cp_ids), folder / "keys.json"
        url = f"sqlite:///{folder}/central.db"
        with closing(SqlStore(url)) as store:
            people = People(store.accounts, partial(datetime.now, UTC))
            word = people.add_key(WHOM, "benchmark", [Permission.METRICS_READ]).word
        enrol(folder / "central.db", KeyKind.POINT, points)
        enrol(folder / "central.db", KeyKind.DRIVER, driver_ids)
        give_keys(folder, self.keys, points)
        self.flags = ["--db-url", url, "--auth", "on"]
        self.headers = {"Authorization": f"Bearer {word}"}
