"""What people and programs did, as a ledger has it at one moment. Decides nothing."""

from collections.abc import Iterator
from datetime import datetime

from evcharging.adapters.store.backup.snapshot import Snapshot
from evcharging.adapters.store.sql.rows import as_record
from evcharging.adapters.store.sql.selects import all_of
from evcharging.adapters.store.sql.tables import TABLES
from evcharging.domain.access.action import OperatorAction


def actions_in(
    ledger: Snapshot, actor: str | None = None, subject: str | None = None, since: datetime | None = None
) -> Iterator[OperatorAction]:
    """The actions of somebody, of something, from a moment on; all of them where that is left out. Oldest first."""
    columns = TABLES[OperatorAction].c
    wanted = all_of(OperatorAction)
    if actor is not None:
        wanted = wanted.where(columns.actor_id == actor)
    if subject is not None:
        wanted = wanted.where(columns.subject == subject)
    if since is not None:
        wanted = wanted.where(columns.at >= since)
    for _, *fields in ledger.rows(wanted.order_by(columns.at, columns.born)):
        yield as_record(OperatorAction, fields)
