"""The books added up by account and day, so that a balance needs no look at each entry. Knows no store or clock."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from evcharging.domain.books import AccountBalance, Entry, Posting
from evcharging.domain.totals import Step, Total, begin_of

BOOKS = "books/"
DEBIT, CREDIT = f"{BOOKS}debit/", f"{BOOKS}credit/"
"""The subjects of totals that are sides of accounts; their `micro_euros` are what was posted there."""


def totals_of_entry(entry: Entry) -> Iterator[Total]:
    """What an entry adds to the sides of its accounts, on its day in UTC."""
    day = begin_of(Step.DAY, entry.at)
    for posting in entry.postings:
        yield Total(subject=side_of(posting), step=Step.DAY, at=day, micro_euros=abs(posting.micro_euros))


def side_of(posting: Posting) -> str:
    """The side of its account that a posting is on."""
    return f"{DEBIT if posting.micro_euros > 0 else CREDIT}{posting.account}"


def balances_of(sides: Iterable[tuple[str, int]]) -> list[AccountBalance]:
    """The trial balance that sides of accounts come to, in order of the accounts."""
    debit: defaultdict[str, int] = defaultdict(int)
    credit: defaultdict[str, int] = defaultdict(int)
    for subject, micro_euros in sides:
        side, start = (debit, DEBIT) if subject.startswith(DEBIT) else (credit, CREDIT)
        side[subject.removeprefix(start)] += micro_euros
    accounts = sorted({*debit, *credit})
    return [AccountBalance(account=each, debit=debit[each], credit=credit[each]) for each in accounts]
