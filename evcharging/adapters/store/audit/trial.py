"""The books of a ledger at one moment. Decides nothing; a row that cannot be read raises BadJson."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select

from evcharging.adapters.store.backup.snapshot import Snapshot
from evcharging.adapters.store.sql.rows import as_record
from evcharging.adapters.store.sql.selects import all_of
from evcharging.adapters.store.sql.tables import TABLES
from evcharging.domain.books import Entry
from evcharging.domain.payment import HOLDING, UNSETTLED, Payment, PaymentState
from evcharging.domain.trial import Trial, trial_of

ENTRIES, PAYMENTS = TABLES[Entry].c, TABLES[Payment].c


def trial(ledger: Snapshot, since: datetime | None, until: datetime | None) -> Trial:
    """What all entries come to, or those from a moment on and before another."""
    return trial_of(
        entries_in(ledger, since, until, by_subject=True), _payments(ledger, HOLDING), _payments(ledger, UNSETTLED)
    )


def entries_in(
    ledger: Snapshot, since: datetime | None, until: datetime | None, *, by_subject: bool = False
) -> Iterator[Entry]:
    """Entries of a time, in order of their moments or of what they are about."""
    wanted = all_of(Entry).order_by(ENTRIES.subject_id if by_subject else ENTRIES.at, ENTRIES.born)
    if since is not None:
        wanted = wanted.where(ENTRIES.at >= since)
    if until is not None:
        wanted = wanted.where(ENTRIES.at < until)
    for _, *fields in ledger.rows(wanted):
        yield as_record(Entry, fields)


def _payments(ledger: Snapshot, states: tuple[PaymentState, ...]) -> int:
    return ledger.number(select(func.count()).where(PAYMENTS.state.in_([state.value for state in states])))
