"""What somebody who watches from outside has seen of payments: how each stood in the ledger, what went into the books,
and what engines were told that there is money for. Knows no rule."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

from evcharging.common.messages import ExtendSupply, Message, StartSupply
from evcharging.common.messages_operators import RefundPayment
from evcharging.domain.books import Entry
from evcharging.domain.payment import Payment
from evcharging.domain.record import Record
from evcharging.domain.session import Session, SessionStatus


class MoneySeen:
    """`payments`: as they stand, and `stood` as they did before the newest commit. `entries` by their ID, `accounts`
    what is in each, and `by_subject` the same of each subject. `ended`: when sessions ended, by the world's clock,
    whose bills are not held. `told_mwh`, `told_ends`: the most that an engine was told that there is money for, and
    each moment by which a supply was to end. `refunds`: what operators ordered."""

    def __init__(self) -> None:
        self.payments: dict[str, Payment] = {}
        self.stood: dict[str, Payment] = {}
        self.entries: dict[str, Entry] = {}
        self.accounts: Counter[str] = Counter()
        self.by_subject: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.ended: dict[str, datetime] = {}
        self.told_mwh: dict[str, int] = {}
        self.told_ends: defaultdict[str, set[datetime | None]] = defaultdict(set)
        self.refunds: dict[str, RefundPayment] = {}

    def lasted(self, now: datetime, records: Iterable[Record]) -> None:
        """Something lasts in the ledger; an entry that has the ID of another one is not counted."""
        self.stood = {}
        for record in records:
            if isinstance(record, Payment):
                known = self.payments.get(record.session_id)
                if known is not None:
                    self.stood.setdefault(record.session_id, known)
                self.payments[record.session_id] = record
            elif isinstance(record, Entry) and record.entry_id not in self.entries:
                self.entries[record.entry_id] = record
                for posting in record.postings:
                    self.accounts[posting.account] += posting.micro_euros
                    self.by_subject[record.subject_id][posting.account] += posting.micro_euros
            elif isinstance(record, Session):
                if record.is_open or record.status is SessionStatus.SUSPECT:
                    self.ended.pop(record.session_id, None)
                else:
                    self.ended.setdefault(record.session_id, now)

    def said(self, message: Message) -> None:
        """A message reached the bus."""
        if isinstance(message, StartSupply | ExtendSupply):
            self.told_ends[message.session_id].add(message.ends_by)
            if message.paid_mwh is not None:
                known = self.told_mwh.get(message.session_id, 0)
                self.told_mwh[message.session_id] = max(known, message.paid_mwh)
        elif isinstance(message, RefundPayment):
            self.refunds[message.request_id] = message
