"""What must hold between the books and what they are of: bills, payments and numbers of receipts. Knows no store and no
clock."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from evcharging.domain.audit import COMPARE, Finding
from evcharging.domain.books import RECEIVABLE, Entry, EntryKind, bill_entry
from evcharging.domain.money import of_cents
from evcharging.domain.numbering import read_number
from evcharging.domain.payment import Payment
from evcharging.domain.posting import entries_of, is_settled
from evcharging.domain.session import Bill

Sums = dict[tuple[EntryKind, str], int]
FROM_STEPS = (EntryKind.BILL, EntryKind.CAPTURE, EntryKind.REFUND)
"""Entries of which it is known, from bill and payment, what they come to."""


def of_subject(subject_id: str, entries: list[Entry], payment: Payment | None, bill: Bill | None) -> Iterator[Finding]:
    """What is wrong between the entries of a session, or of a fee, and its payment and bill, which may be missing."""
    if payment is None and bill is None:
        names = ", ".join(entry.entry_id for entry in entries)
        yield Finding(f"The books have {names}, and neither a bill nor a payment of {subject_id}: {COMPARE}")
        return
    if payment is None and not entries and (bill is None or bill.number is None):
        return
    if bill is not None and payment is not None and payment.due_cents is None and payment.is_unsettled:
        yield Finding(
            f"{subject_id} was billed while payments were off: it is captured once they are on", is_difference=False
        )
        return
    try:
        expected = _expected(payment, bill)
    except ValueError as error:
        yield Finding(f"The bill of {subject_id} cannot be booked ({error}): {COMPARE}")
        return
    yield from _of_sums(subject_id, expected, _sums(entries))
    yield from _of_owed(subject_id, entries, payment)


def _expected(payment: Payment | None, bill: Bill | None) -> Sums:
    due = [bill_entry(bill)] if bill is not None else []
    steps = [] if payment is None else entries_of(None, payment, bill, payment.asked_at)
    return _sums([*due, *steps])


def _sums(entries: Iterable[Entry]) -> Sums:
    found: defaultdict[tuple[EntryKind, str], int] = defaultdict(int)
    for entry in entries:
        for posting in entry.postings:
            found[entry.kind, posting.account] += posting.micro_euros
    return {key: amount for key, amount in found.items() if amount and key[0] in FROM_STEPS}


def _of_sums(subject_id: str, due: Sums, said: Sums) -> Iterator[Finding]:
    for kind, account in sorted({*due, *said}):
        expected, found = due.get((kind, account), 0), said.get((kind, account), 0)
        if expected != found:
            yield Finding(
                f"The books have {found} micro-euro in {account} for the {kind} of {subject_id}, and its bill and"
                f" payment make it {expected}: {COMPARE}"
            )


def _of_owed(subject_id: str, entries: list[Entry], payment: Payment | None) -> Iterator[Finding]:
    """What is receivable is what the payment says is owed, but for disputes and what was captured beyond the bill."""
    if payment is None or not is_settled(payment) or payment.captured_cents > (payment.due_cents or 0):
        return
    receivable = sum(entry.of(RECEIVABLE) for entry in entries if entry.kind in FROM_STEPS)
    if receivable != of_cents(payment.owed_cents):
        yield Finding(
            f"{payment.owed_cents} cents of {subject_id} are owed, and the books have {receivable} micro-euro as"
            f" receivable: {COMPARE}"
        )


class NumbersSeen:
    """The numbers of receipts and credit notes, in order of each series."""

    def __init__(self) -> None:
        self._last: defaultdict[str, int] = defaultdict(int)

    def see(self, number: str) -> Iterator[Finding]:
        """What is wrong with the next one."""
        try:
            series, count = read_number(number)
        except ValueError as error:
            yield Finding(f"{error}: {COMPARE}")
            return
        last = self._last[series]
        if count <= last:
            yield Finding(f"The number {number} was given twice: {COMPARE}")
        elif count > last + 1:
            yield self._missing(series, last, count - 1)
        self._last[series] = max(last, count)

    def end(self, given: Iterable[tuple[str, int]]) -> Iterator[Finding]:
        """What is wrong with how many each series has given."""
        for series, last in given:
            seen = self._last.pop(series, 0)
            if seen < last:
                yield self._missing(series, seen, last)
            elif seen > last:
                yield Finding(f"Series {series} has given {last} numbers, and {seen} are there: {COMPARE}")
        for series, seen in sorted(self._last.items()):
            yield Finding(f"{seen} numbers of {series} are there, and no such series: {COMPARE}")

    def _missing(self, series: str, last: int, until: int) -> Finding:
        first = f"{series}-{last + 1:06}"
        which = f"The number {first} is" if until == last + 1 else f"The numbers {first} to {series}-{until:06} are"
        return Finding(f"{which} missing: {COMPARE}")
