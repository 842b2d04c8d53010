"""The books as a command prints them: a trial balance, what is open, and what was billed, captured and refunded. Knows
no store."""

from collections import defaultdict
from collections.abc import Iterable

from evcharging.common.utils import Frozen
from evcharging.domain.book_totals import balances_of, side_of
from evcharging.domain.books import PROVIDER, RECEIVABLE, EntryKind, Posting
from evcharging.domain.money import PER_CENT, to_cents


class Booked(Frozen, frozen=True, kw_only=True):
    """An entry as it is in the ledger, whether its postings add up or not."""

    kind: EntryKind
    subject_id: str
    postings: tuple[Posting, ...]

    def of(self, account: str) -> int:
        """What it posts in an account."""
        return sum(posting.micro_euros for posting in self.postings if posting.account == account)


class AccountLine(Frozen, frozen=True, kw_only=True):
    """An account: debits, credits, and the first less the second, in micro-euro."""

    account: str
    debit: int
    credit: int
    balance: int


class OpenItem(Frozen, frozen=True, kw_only=True):
    """What is owed for a session or a fee; below 0, what is owed to its driver."""

    subject_id: str
    micro_euros: int


class TrialBalance(Frozen, frozen=True, kw_only=True):
    """What entries come to. `open_holds`, of now: how many payments have something held; `unsettled`: how many wait
    for the provider or are held."""

    entries: int
    sum_micro_euros: int
    billed_cents: int
    captured_cents: int
    refunded_cents: int
    receivable_micro_euros: int
    open_holds: int
    unsettled: int
    accounts: list[AccountLine]
    receivables: list[OpenItem]


def trial_of(entries: Iterable[Booked], open_holds: int, unsettled: int) -> TrialBalance:
    """Entries added up, which come in order of their subjects."""
    sides: defaultdict[str, int] = defaultdict(int)
    cents: defaultdict[EntryKind, int] = defaultdict(int)
    owed: dict[str, int] = {}
    count = 0
    for entry in entries:
        count += 1
        cents[entry.kind] += _cents_of(entry)
        for posting in entry.postings:
            sides[side_of(posting)] += abs(posting.micro_euros)
        owed[entry.subject_id] = owed.get(entry.subject_id, 0) + entry.of(RECEIVABLE)
        if not owed[entry.subject_id]:
            del owed[entry.subject_id]
    lines = [
        AccountLine(account=each.account, debit=each.debit, credit=each.credit, balance=each.balance)
        for each in balances_of(sides.items())
    ]
    return TrialBalance(
        entries=count,
        sum_micro_euros=sum(each.balance for each in lines),
        billed_cents=cents[EntryKind.BILL],
        captured_cents=cents[EntryKind.CAPTURE],
        refunded_cents=cents[EntryKind.REFUND],
        receivable_micro_euros=sum(owed.values()),
        open_holds=open_holds,
        unsettled=unsettled,
        accounts=lines,
        receivables=[OpenItem(subject_id=subject, micro_euros=amount) for subject, amount in sorted(owed.items())],
    )


def _cents_of(entry: Booked) -> int:
    """What an entry is of, in whole cents."""
    if entry.kind is EntryKind.BILL:
        return to_cents(entry.of(RECEIVABLE))
    return abs(entry.of(PROVIDER)) // PER_CENT
