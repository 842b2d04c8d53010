"""The books of a ledger at one moment. Decides nothing; a row that cannot be read raises BadJson."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from evcharging.adapters.store.backup.snapshot import Snapshot
from evcharging.adapters.store.sql.rows import as_record
from evcharging.adapters.store.sql.selects import all_of
from evcharging.adapters.store.sql.tables import TABLES
from evcharging.common.utils import from_fields, from_json
from evcharging.domain.books import Entry, Posting
from evcharging.domain.payment import HOLDING, UNSETTLED, Payment, PaymentState
from evcharging.domain.trial import Booked, TrialBalance, trial_of

ENTRIES, PAYMENTS = TABLES[Entry].c, TABLES[Payment].c


def trial(ledger: Snapshot, since: datetime | None, until: datetime | None) -> TrialBalance:
    """What all entries come to, or those from a moment on and before another."""
    return trial_of(_booked(ledger, since, until), _payments(ledger, HOLDING), _payments(ledger, UNSETTLED))


def entries_in(ledger: Snapshot, since: datetime | None, until: datetime | None) -> Iterator[Entry]:
    """Entries of a time, in order of their moments."""
    for _, *fields in ledger.rows(_within(all_of(Entry), since, until).order_by(ENTRIES.at, ENTRIES.born)):
        yield as_record(Entry, fields)


def _booked(ledger: Snapshot, since: datetime | None, until: datetime | None) -> Iterator[Booked]:
    """The same by what they are about, also where they do not add up."""
    wanted = _within(select(ENTRIES.kind, ENTRIES.subject_id, ENTRIES.postings), since, until)
    for kind, subject, postings in ledger.rows(wanted.order_by(ENTRIES.subject_id, ENTRIES.born)):
        fields = {"kind": kind, "subject_id": subject, "postings": from_json(tuple[Posting, ...], postings.encode())}
        yield from_fields(Booked, fields)


def _within(wanted: Select[Any], since: datetime | None, until: datetime | None) -> Select[Any]:
    if since is not None:
        wanted = wanted.where(ENTRIES.at >= since)
    return wanted if until is None else wanted.where(ENTRIES.at < until)


def _payments(ledger: Snapshot, states: tuple[PaymentState, ...]) -> int:
    return ledger.number(select(func.count()).where(PAYMENTS.state.in_([state.value for state in states])))
