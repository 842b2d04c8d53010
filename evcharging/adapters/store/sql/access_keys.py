"""Machine keys and identities in a ledger's database. Knows no rule but what the contract says."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, select, update

from evcharging.adapters.store.accounts import Overtaken
from evcharging.adapters.store.sql.access_changes import AccessDatabase, as_structure, done, put
from evcharging.adapters.store.sql.tables import ACCESS
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.keys import Identity, KeyKind
from evcharging.domain.access.people import MachineKey

KEYS, IDENTITIES = ACCESS.machine_keys, ACCESS.identities


class SqlKeys(AccessDatabase):
    """What programs and points prove themselves by."""

    def machine_keys(self) -> Sequence[MachineKey]:
        return self._all(MachineKey, select(KEYS).order_by(KEYS.c.created_at, KEYS.c.key_id))

    def machine_key(self, key_id: str) -> MachineKey | None:
        return self._one(MachineKey, select(KEYS).where(KEYS.c.key_id == key_id))

    def put_machine_key(self, key: MachineKey, action: OperatorAction) -> None:
        self._change(action, lambda connection: put(connection, KEYS, key))

    def use_machine_key(self, key_id: str, at: datetime) -> None:
        used = update(KEYS).where(KEYS.c.key_id == key_id).values(last_used_at=at)
        self._database.clean(lambda connection: done(connection, used))

    def identities(self, kind: KeyKind | None = None) -> Sequence[Identity]:
        wanted = select(IDENTITIES).order_by(IDENTITIES.c.kind, IDENTITIES.c.id)
        return self._all(Identity, wanted if kind is None else wanted.where(IDENTITIES.c.kind == kind.value))

    def identity(self, kind: KeyKind, owner: str) -> Identity | None:
        return self._one(Identity, select(IDENTITIES).where(_is_of(kind, owner)))

    def put_identity(
        self, identity: Identity, action: OperatorAction | None, *, before: Identity | None = None
    ) -> None:
        if action is None:
            self._database.clean(lambda connection: self._use_version(connection, identity))
            return

        def job(connection: Connection) -> None:
            if before is not None:
                _must_be(connection, before)
            put(connection, IDENTITIES, identity)

        self._change(action, job)

    def _use_version(self, connection: Connection, identity: Identity) -> None:
        is_older = _is_of(identity.kind, identity.id) & (IDENTITIES.c.in_use < identity.in_use)
        if connection.execute(update(IDENTITIES).where(is_older).values(in_use=identity.in_use)).rowcount:
            self._grow(connection)


def _is_of(kind: KeyKind, owner: str) -> ColumnElement[bool]:
    return (IDENTITIES.c.kind == kind.value) & (IDENTITIES.c.id == owner)


def _must_be(connection: Connection, before: Identity) -> None:
    row = connection.execute(select(IDENTITIES).where(_is_of(before.kind, before.id))).mappings().first()
    if row is None or changed(as_structure(Identity, row), in_use=before.in_use) != before:
        raise Overtaken(f"The key of {before.kind} {before.id} was changed meanwhile: look at it once more")
