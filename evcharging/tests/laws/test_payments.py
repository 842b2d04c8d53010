"""Payments against a provider that fails: whatever is lost, late or doubled, in the end the provider's own books say
what was billed. Dice make the stories."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import pytest

from evcharging.adapters.provider import answered
from evcharging.adapters.provider.in_process import InProcessProvider
from evcharging.adapters.provider.simulated.faults import ProviderFaults
from evcharging.adapters.provider.simulated.machine import SimulatedBooks
from evcharging.domain import payment_steps as p
from evcharging.domain.books import PROVIDER, Books, Entry, bill_entry
from evcharging.domain.money import of_cents, to_cents
from evcharging.domain.payment import Payment, PaymentState, RefundAsked
from evcharging.domain.posting import entries_of
from evcharging.domain.provider import Dispute, ProviderOutcome, ProviderPayment, ProviderStatus, unknown
from evcharging.domain.reconcile import Remedy, differences
from evcharging.domain.session import Bill
from evcharging.tests.domain.test_books import single_bill
from evcharging.tests.laws.depth import DEPTH
from evcharging.tests.stages.scenario import ALICE, CP, T0

METHODS = ["pm_card_visa"] * 5 + [
    "pm_card_createDispute",
    "pm_card_chargeDeclined",
    "pm_card_incrementDeclined",
    "pm_card_timeoutBefore",
    "pm_card_timeoutAfter",
]
DONE = {
    PaymentState.DECLINED,
    PaymentState.VOIDED,
    PaymentState.CAPTURED,
    PaymentState.PART_REFUNDED,
    PaymentState.REFUNDED,
    PaymentState.DISPUTED,
    PaymentState.WON,
    PaymentState.LOST,
}


@dataclass
class Story:
    """One payment, its provider and its faults. What is remembered over a crash is `payment` alone."""

    dice: Random
    provider: InProcessProvider = field(init=False)
    books: SimulatedBooks = field(init=False)
    payment: Payment = field(init=False)
    bill: Bill | None = None
    entries: list[Entry] = field(default_factory=list)
    now: datetime = T0

    def __post_init__(self) -> None:
        self.books = SimulatedBooks(ProviderFaults(share=0.4, seed=self.dice.randrange(10**6)))
        self.provider = InProcessProvider(self.books, lambda: self.now)
        self.payment = p.requested("s-1", ALICE, CP, self.dice.choice(METHODS), 5000, self.now)

    def go_on(self, after: Payment) -> None:
        """A step of the payment, with its entries, which last together."""
        self.entries += entries_of(self.payment, after, self.bill, self.now)
        self.payment = after

    def hear(self, outcome: ProviderOutcome) -> None:
        """What came of what is asked."""
        assert self.payment.operation is not None
        self.go_on(p.heard(self.payment, self.payment.operation.key, outcome, self.now))

    async def ask(self) -> None:
        """Do what is due, and hear of it; or crash between both, so that it is done again."""
        operation = self.payment.operation
        if operation is None:
            return
        self.now = max(self.now, p.tries_at(operation))
        due = p.due_of(self.payment, self.now)
        outcome = await answered(self.provider, due)
        if due.is_look:
            self.go_on(p.looked_up(self.payment, due.key, outcome, self.now))
        elif self.dice.random() < 0.7:
            self.hear(outcome)

    async def hear_event(self) -> None:
        """An event makes somebody look, and it may be an old look that arrives."""
        due = self.books.events.take(self.now)
        for event in self.dice.sample(due, len(due)):
            stale = self.dice.random() < 0.5
            looked = event.payment if stale else (await self.provider.look(event.payment.payment_id)).payment
            assert looked is not None
            self.go_on(p.seen(self.payment, looked, self.now))

    async def settle(self) -> None:
        """The provider heals, and all is asked until it is certain."""
        for _ in range(500):
            if self.payment.operation is None:
                return
            await self.ask()
        raise AssertionError(self.payment)

    async def reconcile(self) -> None:
        """What no event told is found by comparing."""
        theirs = (await self.provider.list(T0)).items
        for difference in differences([self.payment], theirs, {}, self.now):
            if difference.remedy is Remedy.LOOK:
                looked = (await self.provider.find(difference.reference)).payment
                assert looked is not None
                self.go_on(p.seen(self.payment, looked, self.now))
        assert not [*differences([self.payment], theirs, {}, self.now)]

    def with_money(self) -> list[ProviderPayment]:
        """Payments that hold or have taken money, by the provider's own books."""
        found = self.books.list(T0, None, self.now).items
        return [each for each in found if each.status in (ProviderStatus.HELD, ProviderStatus.CAPTURED)]


async def live(story: Story, cents: int, *, takes_place: bool, bill: Bill | None = None) -> None:
    """A session from its hold to its bill, or to where it does not take place."""
    dice = story.dice
    for _ in range(dice.randrange(6)):
        await story.ask()
        await story.hear_event()
        story.now += timedelta(seconds=dice.choice([0, 1, 60, 3600, 80_000]))
        if dice.random() < 0.3:
            story.payment = p.raised(story.payment, dice.randrange(5000, 9000), story.now)
    if takes_place:
        await story.settle()
    if takes_place and story.payment.state is PaymentState.HELD:
        story.bill = bill or single_bill(cents * 10_000, 1_000_000)
        story.entries.append(bill_entry(story.bill))
        story.go_on(p.billed(story.payment, cents, story.now))
    else:
        story.go_on(p.given_up(story.payment, story.now))
    for _ in range(dice.randrange(4)):
        await story.ask()
        await story.hear_event()
    await story.settle()


@pytest.mark.parametrize("seed", range(300 * DEPTH))
def test_a_bill_is_captured_once_and_nothing_stays_held(seed: int) -> None:
    dice = Random(seed)
    story = Story(dice)
    cents, takes_place = dice.choice([0, 1, 700, 5000, 9999]), dice.random() < 0.8
    asyncio.run(live(story, cents, takes_place=takes_place))
    payment, found = story.payment, story.with_money()
    assert payment.state in DONE
    assert all(each.status is ProviderStatus.CAPTURED for each in found)
    captured = sum(each.captured_cents for each in found)
    assert captured == payment.captured_cents
    if payment.due_cents is None:
        assert captured == 0
    else:
        assert len(found) == (captured > 0)
        assert captured + payment.owed_cents == cents
        assert captured == min(cents, payment.held_cents) or payment.state is PaymentState.VOIDED


@pytest.mark.parametrize("seed", range(200 * DEPTH))
def test_the_books_have_what_the_provider_has_after_refunds_and_disputes_too(seed: int) -> None:
    dice = Random(seed)
    story, bill = Story(dice), single_bill(dice.randrange(40_000_000))

    async def live_on() -> None:
        await live(story, to_cents(bill.micro_euros), takes_place=True, bill=bill)
        for _ in range(dice.randrange(3)):
            cents = dice.randint(1, max(story.payment.captured_cents - story.payment.refunded_cents, 1))
            if p.why_no_refund(story.payment, cents) is None:
                asked = RefundAsked(request_id=f"r-{story.payment.operations}", cents=cents, at=story.now)
                story.go_on(p.refunded(story.payment, asked))
                await story.settle()
        story.now += timedelta(days=dice.choice([0, 1, 30]))
        await story.hear_event()
        await story.settle()
        await story.reconcile()

    asyncio.run(live_on())
    books = Books(story.entries)
    assert sum(line.balance for line in books.trial_balance()) == 0
    assert books.balance(PROVIDER) == of_cents(sum(map(kept_cents, story.with_money())))
    if story.payment.due_cents is not None:
        is_open = story.payment.state is PaymentState.DISPUTED
        disputed = story.payment.captured_cents - story.payment.refunded_cents if is_open else 0
        owed = of_cents(story.payment.owed_cents + disputed)
        assert books.open_items() == ({"s-1": owed} if owed else {})


def kept_cents(payment: ProviderPayment) -> int:
    """What the provider has of ours from a payment: nothing while it is disputed, nor once that is lost."""
    is_kept = payment.dispute in (None, Dispute.WON)
    return payment.captured_cents - payment.refunded_cents if is_kept else 0


def test_a_try_after_a_look_holds_once_though_the_provider_forgets_the_first_key_meanwhile() -> None:
    """Lost on the way there at the beginning, and on the way back a minute before the key is forgotten."""

    async def story() -> None:
        told = Story(Random(1))
        told.books = SimulatedBooks()
        told.provider = InProcessProvider(told.books, lambda: told.now)
        told.payment = p.requested("s-1", ALICE, CP, "pm_card_timeoutBefore", 5000, T0)
        told.hear(await answered(told.provider, p.due_of(told.payment, told.now)))
        told.now = T0 + timedelta(hours=23)
        look = p.due_of(told.payment, told.now)
        told.go_on(p.looked_up(told.payment, look.key, await answered(told.provider, look), told.now))
        told.now = T0 + timedelta(hours=23, minutes=59)
        await answered(told.provider, p.due_of(told.payment, told.now))
        told.hear(unknown("lost on the way back"))
        told.now = T0 + timedelta(hours=24, minutes=1)
        told.hear(await answered(told.provider, p.due_of(told.payment, told.now)))
        assert told.payment.state is PaymentState.HELD
        assert len(told.with_money()) == 1

    asyncio.run(story())


def test_dice_meet_every_end() -> None:
    states: set[PaymentState] = set()
    for seed in range(100):
        story = Story(Random(seed))
        asyncio.run(live(story, 700, takes_place=story.dice.random() < 0.7))
        states.add(story.payment.state)
    assert states >= {PaymentState.DECLINED, PaymentState.VOIDED, PaymentState.CAPTURED}
