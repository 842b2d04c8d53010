"""Holds the books of a ledger to its bills and payments, and looks whether a number is missing. Memory does not grow
with the ledger."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import groupby
from typing import TypeVar

from sqlalchemy import func, select, union_all

from evcharging.adapters.store.audit.joining import joined
from evcharging.adapters.store.backup.snapshot import Snapshot
from evcharging.adapters.store.sql.rows import as_record
from evcharging.adapters.store.sql.selects import all_of
from evcharging.adapters.store.sql.tables import TABLES, TOTALS
from evcharging.common.utils import BadJson
from evcharging.domain.audit import Finding
from evcharging.domain.audit_books import NumbersSeen, of_subject
from evcharging.domain.book_totals import BOOKS, totals_of_entry
from evcharging.domain.books import Entry
from evcharging.domain.numbering import ReceiptSeries
from evcharging.domain.payment import Payment, PaymentState
from evcharging.domain.record import Record
from evcharging.domain.session import Bill

R = TypeVar("R", bound=Record)
ENTRIES, BILLS = TABLES[Entry], TABLES[Bill]
AGAIN = "make them again with `evcharging rebuild-totals`"


class Bookkeeping:
    """The books of one snapshot."""

    def __init__(self, ledger: Snapshot) -> None:
        self._ledger = ledger
        self._sides: defaultdict[str, int] = defaultdict(int)

    def findings(self) -> Iterator[Finding]:
        """All that is wrong, or worth knowing."""
        payments = (each for each in self._every(Payment, "session_id") if each[1].state is not PaymentState.PASSED_ON)
        bills = self._every(Bill, "session_id")
        for subject, first, pair in joined(self._by_subject(), _pairs(payments, bills)):
            payment, bill = pair or (None, None)
            yield from of_subject(subject, first or [], payment, bill)
        yield from self._totals()
        yield from self._numbers()

    def _by_subject(self) -> Iterator[tuple[str, list[Entry]]]:
        for subject, some in groupby((entry for _, entry in self._every(Entry, "subject_id")), lambda e: e.subject_id):
            entries = list(some)
            for total in (total for entry in entries for total in totals_of_entry(entry)):
                self._sides[total.subject] += total.micro_euros
            yield subject, entries

    def _every(self, kind: type[R], by: str) -> Iterator[tuple[str, R]]:
        for _, *fields in self._ledger.rows(all_of(kind).order_by(TABLES[kind].c[by], TABLES[kind].c.born)):
            with suppress(BadJson, OverflowError):  # such a row is not what a fact says, and named as that
                record = as_record(kind, fields)
                yield getattr(record, by), record

    def _totals(self) -> Iterator[Finding]:
        subject, money = TOTALS.c.subject, func.sum(TOTALS.c.micro_euros)
        wanted = select(subject, money).where(subject > BOOKS, subject < f"{BOOKS[:-1]}0").group_by(subject)
        said = {side: int(amount) for side, amount in self._ledger.rows(wanted)}
        for side in sorted({*said, *self._sides}):
            if said.get(side, 0) != self._sides[side]:
                yield Finding(
                    f"The totals have {said.get(side, 0)} micro-euro of {side}, and its entries come to"
                    f" {self._sides[side]}: {AGAIN}"
                )

    def _numbers(self) -> Iterator[Finding]:
        seen = NumbersSeen()
        both = (select(each.c.number).where(each.c.number.is_not(None)) for each in (BILLS, ENTRIES))
        number = union_all(*both).subquery().c.number
        for (text,) in self._ledger.rows(select(number).order_by(func.length(number), number)):
            yield from seen.see(text)
        series = TABLES[ReceiptSeries].c
        yield from seen.end((name, last) for name, last in self._ledger.rows(select(series.series, series.last)))


def _pairs(
    payments: Iterable[tuple[str, Payment]], bills: Iterable[tuple[str, Bill]]
) -> Iterator[tuple[str, tuple[Payment | None, Bill | None]]]:
    return ((key, (payment, bill)) for key, payment, bill in joined(payments, bills))
