"""Double entry: what is owed, paid, earned and lost, as entries whose postings add up to nothing. Whole micro-euro.
Knows no provider, store or clock."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from evcharging.common.messages_tariff import Price
from evcharging.common.utils import Frozen
from evcharging.domain.money import of_cents, to_cents
from evcharging.domain.price import IDLE_CAP
from evcharging.domain.provider import Dispute
from evcharging.domain.receipt import price_on
from evcharging.domain.record import Record
from evcharging.domain.session import Bill

RECEIVABLE, PROVIDER = "receivable", "provider"
FEES, LOSSES, ROUNDING = "fees", "losses", "rounding"
REVENUE, VAT = "revenue:", "vat:"
"""Accounts: what drivers owe, what the provider has of ours; what the provider takes, what is
lost to disputes, parts of a cent; revenue by component, such as `revenue:energy`, and VAT by permille, such as
`vat:210`. What comes to us is above 0 in the first account it comes to, and below 0 where it comes from."""


Refund = tuple[int, int]
"""What was paid back in all, in cents, before a refund and after it."""


class EntryKind(StrEnum):
    """What an entry is about."""

    BILL = "bill"
    CAPTURE = "capture"
    REFUND = "refund"
    DISPUTE = "dispute"
    FEE = "fee"


class Posting(Frozen, frozen=True, kw_only=True):
    """An amount in an account: debit above 0, credit below."""

    account: str
    micro_euros: int


class Entry(Record, frozen=True, kw_only=True):
    """What happened to money, once: postings that add up to nothing. `subject_id`: the session, or whatever else was
    billed. `number`: that of the credit note, of a refund. Raises ValueError for postings that do not add up."""

    key_field: ClassVar[str] = "entry_id"
    table: ClassVar[str] = "entries"
    searched: ClassVar[tuple[str, ...]] = ("subject_id", "kind")
    moment: ClassVar[str] = "at"
    texts: ClassVar[tuple[str, ...]] = ("entry_id", "subject_id", "number")
    once: ClassVar[bool] = True

    entry_id: str
    kind: EntryKind
    subject_id: str
    at: datetime
    postings: tuple[Posting, ...]
    number: str | None = None

    def __post_init__(self) -> None:
        if (total := sum(posting.micro_euros for posting in self.postings)) != 0:
            raise ValueError(f"The postings of entry {self.entry_id} add up to {total} micro-euro, and not to 0")

    def of(self, account: str) -> int:
        """What it posts in an account."""
        return sum(posting.micro_euros for posting in self.postings if posting.account == account)


class AccountBalance(Frozen, frozen=True, kw_only=True):
    """A line of the trial balance: all debits and all credits of an account, both 0 or more."""

    account: str
    debit: int
    credit: int

    @property
    def balance(self) -> int:
        """Debits less credits."""
        return self.debit - self.credit


def bill_entry(bill: Bill) -> Entry:
    """A bill: the driver owes it, we have earned it, and some of it is VAT."""
    price = price_on(bill)
    postings = [(RECEIVABLE, bill.micro_euros), *((account, -part) for account, part in _earned(price).items())]
    return _entry(bill.session_id, EntryKind.BILL, bill.ended_at, postings)


def capture_entry(subject_id: str, micro_euros: int, captured_cents: int, at: datetime) -> Entry:
    """What was captured of a bill of so much, 0 where nothing was. The bill is rounded to cents here and nowhere else:
    what stays owed is whole cents, and what was captured beyond the bill is owed to the driver."""
    captured, parts = of_cents(captured_cents), micro_euros - of_cents(to_cents(micro_euros))
    postings = [(PROVIDER, captured), (ROUNDING, parts), (RECEIVABLE, -captured - parts)]
    return _entry(subject_id, EntryKind.CAPTURE, at, postings)


def late_bill_entry(subject_id: str, micro_euros: int, at: datetime) -> Entry:
    """A bill that comes when nothing is captured any more: it is rounded to cents, and stays owed."""
    parts = micro_euros - of_cents(to_cents(micro_euros))
    return _entry(subject_id, EntryKind.CAPTURE, at, [(ROUNDING, parts), (RECEIVABLE, -parts)], "late")


def refund_entry(subject_id: str, bill: Bill | None, captured_cents: int, refund: Refund, at: datetime) -> Entry:
    """What was paid back of a capture. What was captured beyond the bill goes first; after that revenue and VAT go down
    by their shares, so that whole refunds leave nothing of a bill."""
    earned = _earned(price_on(bill)) if bill else {}
    whole = to_cents(bill.micro_euros) if bill else 0
    beyond = max(captured_cents - whole, 0)
    before, after = refund
    shares = [_shares(earned, max(cents - beyond, 0), whole) for cents in refund]
    postings = [(account, shares[1][account] - shares[0][account]) for account in earned]
    postings.append((RECEIVABLE, of_cents(min(after, beyond) - min(before, beyond))))
    paid = of_cents(after - before)
    postings += [(ROUNDING, paid - sum(part for _, part in postings)), (PROVIDER, -paid)]
    return _entry(subject_id, EntryKind.REFUND, at, postings, f"{after}")


def dispute_entry(subject_id: str, dispute: Dispute, cents: int, at: datetime) -> Entry:
    """A dispute takes what is left of a capture back from the provider; it comes again when it is won, and is lost
    otherwise."""
    postings = {
        Dispute.OPEN: [(RECEIVABLE, of_cents(cents)), (PROVIDER, -of_cents(cents))],
        Dispute.WON: [(PROVIDER, of_cents(cents)), (RECEIVABLE, -of_cents(cents))],
        Dispute.LOST: [(LOSSES, of_cents(cents)), (RECEIVABLE, -of_cents(cents))],
    }
    return _entry(subject_id, EntryKind.DISPUTE, at, postings[dispute], dispute)


def fee_entry(subject_id: str, what: str, cents: int, at: datetime) -> Entry:
    """What the provider keeps of an amount: `what` tells one fee of a payment from another."""
    return _entry(subject_id, EntryKind.FEE, at, [(FEES, of_cents(cents)), (PROVIDER, -of_cents(cents))], what)


class Books:
    """Entries added up: by account, and what is open of each subject. An entry that comes again counts once."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._seen: dict[str, Entry] = {}
        self._debit: dict[str, int] = defaultdict(int)
        self._credit: dict[str, int] = defaultdict(int)
        self._open: dict[str, int] = defaultdict(int)
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """Count an entry. Raises ValueError for another one with the same ID."""
        known = self._seen.setdefault(entry.entry_id, entry)
        if known is not entry:
            if known != entry:
                raise ValueError(f"Entry {entry.entry_id} is there twice, with different postings")
            return
        for posting in entry.postings:
            side = self._debit if posting.micro_euros > 0 else self._credit
            side[posting.account] += abs(posting.micro_euros)
        self._open[entry.subject_id] += entry.of(RECEIVABLE)

    def trial_balance(self) -> tuple[AccountBalance, ...]:
        """What is in each account, by its name; all balances add up to nothing."""
        accounts = sorted({*self._debit, *self._credit})
        return tuple(AccountBalance(account=a, debit=self._debit[a], credit=self._credit[a]) for a in accounts)

    def balance(self, account: str) -> int:
        """Debits less credits of an account."""
        return self._debit[account] - self._credit[account]

    def open_items(self) -> dict[str, int]:
        """What is still owed, by subject."""
        return {subject: owed for subject, owed in sorted(self._open.items()) if owed}


def _entry(subject: str, kind: EntryKind, at: datetime, postings: Iterable[tuple[str, int]], what: str = "") -> Entry:
    """An entry whose ID follows from what it is about."""
    entry_id = f"{subject}:{kind}:{what}" if what else f"{subject}:{kind}"
    posted = tuple(Posting(account=account, micro_euros=amount) for account, amount in postings if amount)
    return Entry(entry_id=entry_id, kind=kind, subject_id=subject, at=at, postings=posted)


def _earned(price: Price) -> dict[str, int]:
    """What a price brings by account: the net by component, and the VAT."""
    found: dict[str, int] = defaultdict(int)
    for line in price.lines:
        component = "idle_time" if line.component == IDLE_CAP else line.component
        found[REVENUE + component] += line.micro_euros
    found[f"{VAT}{price.vat_permille}"] += price.vat
    return dict(found)


def _shares(parts: dict[str, int], cents: int, of_all: int) -> dict[str, int]:
    """Each part's share of so many cents of all, in whole micro-euro: none at 0, and each part itself at all."""
    return {name: part * cents // of_all if of_all else 0 for name, part in parts.items()}
