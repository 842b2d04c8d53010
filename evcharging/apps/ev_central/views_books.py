"""The books, and how payments compare with the provider's, as they are shown; `views.py` says more of such
structures."""

from typing import Annotated

from evcharging.apps.ev_central.views import Count, Moment, View
from evcharging.common.messages_tariff import Money
from evcharging.common.utils import shown, utc
from evcharging.domain.books import RECEIVABLE, AccountBalance
from evcharging.domain.reconcile import Comparison

Amount = Annotated[int, shown(-1250000)]
Account = Annotated[str, shown("revenue:energy")]
Sentence = Annotated[str, shown("5000 cents are held, and nobody here knows for what")]


class BookAccountView(View, frozen=True, kw_only=True):
    """What was posted in an account, in micro-euro: debits, credits, and what they come to."""

    account: Account
    debit: Money
    credit: Money
    balance: Amount


class StateCountView(View, frozen=True, kw_only=True):
    """How many payments stand so."""

    state: Annotated[str, shown("captured")]
    count: Count


class BooksView(View, frozen=True, kw_only=True):
    """The trial balance of some days in UTC, whose balances come to `sum_micro_euros`, which is 0; what drivers owe by
    it. Of all times: how many holds there are, and payments by their states."""

    begins_at: Moment | None
    ends_at: Moment | None
    accounts: list[BookAccountView]
    sum_micro_euros: Amount
    receivable_micro_euros: Amount
    open_holds: Count
    payments: list[StateCountView]


class EventView(View, frozen=True, kw_only=True):
    """An event of the provider was taken."""

    received: bool


class PaymentDifferenceView(View, frozen=True, kw_only=True):
    """Something that is not alike: `remedy` is what is done: `look` or `void`, or an operator is told (`tell`)."""

    remedy: Annotated[str, shown("void")]
    reference: Annotated[str, shown("session-0-1-17")]
    payment_id: Annotated[str, shown("pi_1")] | None
    text: Sentence


class ComparisonView(View, frozen=True, kw_only=True):
    """A comparison of payments made since a moment: how many there were here and at the provider, how many
    differences, and the first of these."""

    at: Moment
    since: Moment
    ours: Count
    theirs: Count
    found: Count
    differences: list[PaymentDifferenceView]


class ReconcileView(View, frozen=True, kw_only=True):
    """The last comparison, where there was one."""

    last: ComparisonView | None


def account_view(balance: AccountBalance) -> BookAccountView:
    """A line of the trial balance."""
    return BookAccountView(account=balance.account, debit=balance.debit, credit=balance.credit, balance=balance.balance)


def owed_in(balances: list[AccountBalance]) -> int:
    """What is receivable."""
    return sum(each.balance for each in balances if each.account == RECEIVABLE)


def comparison_view(comparison: Comparison) -> ComparisonView:
    """A comparison."""
    return ComparisonView(
        at=utc(comparison.at),
        since=utc(comparison.since),
        ours=comparison.ours,
        theirs=comparison.theirs,
        found=comparison.found,
        differences=[
            PaymentDifferenceView(
                remedy=each.remedy.value, reference=each.reference, payment_id=each.payment_id, text=each.text
            )
            for each in comparison.differences
        ],
    )
