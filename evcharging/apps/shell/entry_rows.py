"""Entries of the books as rows for an accountant: a line for each posting. Knows no file."""

from collections.abc import Iterator, Sequence

from evcharging.apps.shell.csv_rows import millionths_cell, moment_cell, text_cell
from evcharging.domain.books import Entry

ENTRY_COLUMNS = ("date", "entry", "number", "kind", "subject", "account", "debit_euros", "credit_euros")


def entry_rows(entry: Entry) -> Iterator[Sequence[str]]:
    """The lines of an entry."""
    for posting in entry.postings:
        debit, credit = max(posting.micro_euros, 0), max(-posting.micro_euros, 0)
        yield (
            moment_cell(entry.at),
            text_cell(entry.entry_id),
            text_cell(entry.number),
            entry.kind.value,
            text_cell(entry.subject_id),
            text_cell(posting.account),
            millionths_cell(debit or None),
            millionths_cell(credit or None),
        )
