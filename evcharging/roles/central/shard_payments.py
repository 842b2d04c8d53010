"""What Central has in mind of the payments of one shard. Knows no rule and no message flow."""

from collections import OrderedDict

from evcharging.domain.holding import PaymentTerms
from evcharging.domain.payment import Payment, PaymentState
from evcharging.domain.session import Bill

REMEMBERED = 10_000
"""How many settled payments stay in memory; older ones are recalled from the store."""


class ShardPayments:
    """Payments of which something is held, or asked of their provider, and lately settled ones, each with its bill
    where there is one. `for_another_try`: the sessions that nothing has come of, whose holds are kept for a while."""

    def __init__(self, terms: PaymentTerms) -> None:
        self.terms = terms
        self.for_another_try: dict[str, None] = {}
        self._unsettled: dict[str, Payment] = {}
        self._bills: dict[str, Bill] = {}
        self._past: OrderedDict[str, tuple[Payment, Bill | None]] = OrderedDict()

    def get(self, session_id: str) -> Payment | None:
        """The payment of a session, if it is in mind."""
        payment = self._unsettled.get(session_id)
        if payment is None and session_id in self._past:
            payment, _ = self._past[session_id]
        return payment

    def bill(self, session_id: str) -> Bill | None:
        """The bill of a session, if it is in mind."""
        bill = self._bills.get(session_id)
        if bill is None and session_id in self._past:
            _, bill = self._past[session_id]
        return bill

    def states(self) -> list[PaymentState]:
        """How the unsettled ones stand."""
        return [payment.state for payment in self._unsettled.values()]

    def keep(self, payment: Payment) -> None:
        """A payment as it is now; of those that are settled, the oldest are forgotten."""
        session_id = payment.session_id
        bill = self.bill(session_id)
        self._past.pop(session_id, None)
        if payment.is_unsettled:
            self._unsettled[session_id] = payment
            if bill is not None:
                self._bills[session_id] = bill
            return
        self._unsettled.pop(session_id, None)
        self._bills.pop(session_id, None)
        self._past[session_id] = payment, bill
        if len(self._past) > REMEMBERED:
            self._past.popitem(last=False)

    def keep_bill(self, bill: Bill) -> None:
        """The bill of a session whose payment is in mind."""
        if bill.session_id in self._unsettled:
            self._bills[bill.session_id] = bill
        elif bill.session_id in self._past:
            payment, _ = self._past[bill.session_id]
            self._past[bill.session_id] = payment, bill
