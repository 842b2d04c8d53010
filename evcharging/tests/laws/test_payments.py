"""Payments against a provider that fails: whatever is lost, late or doubled, in the end the provider's own books say
what was billed. Dice make the stories."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

import pytest

from evcharging.adapters.provider import carry_out
from evcharging.adapters.provider.in_process import InProcessProvider
from evcharging.adapters.provider.simulated.faults import ProviderFaults
from evcharging.adapters.provider.simulated.machine import SimulatedBooks
from evcharging.domain import payment as p
from evcharging.domain.books import PROVIDER, Books, bill_entry, capture_entry, refund_entry
from evcharging.domain.money import of_cents, to_cents
from evcharging.domain.payment import Payment, PaymentState
from evcharging.domain.provider import ProviderPayment, ProviderStatus
from evcharging.tests.domain.test_books import single_bill
from evcharging.tests.laws.depth import DEPTH
from evcharging.tests.stages.scenario import ALICE, CP, T0

METHODS = ["pm_card_visa"] * 5 + [
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
}


@dataclass
class Story:
    """One payment, its provider and its faults. What is remembered over a crash is `payment` alone."""

    dice: Random
    provider: InProcessProvider = field(init=False)
    books: SimulatedBooks = field(init=False)
    payment: Payment = field(init=False)
    now: datetime = T0

    def __post_init__(self) -> None:
        self.books = SimulatedBooks(ProviderFaults(share=0.4, seed=self.dice.randrange(10**6)))
        self.provider = InProcessProvider(self.books, lambda: self.now)
        self.payment = p.requested("s-1", ALICE, CP, self.dice.choice(METHODS), 5000, self.now)

    async def ask(self) -> None:
        """Do what is due, and hear of it; or crash between both, so that it is done again."""
        operation = self.payment.operation
        if operation is None:
            return
        self.now = max(self.now, p.tries_at(operation))
        if p.is_looked_up_first(operation, self.now):
            self.payment = p.looked_up(self.payment, await self.provider.find("s-1"), self.now)
            return
        outcome = await carry_out(self.provider, self.payment)
        if self.dice.random() < 0.7:
            self.payment = p.heard(self.payment, operation.key, outcome, self.now)

    async def hear_event(self) -> None:
        """An event makes somebody look, and it may be an old look that arrives."""
        due = self.books.events.take(self.now)
        for event in self.dice.sample(due, len(due)):
            stale = self.dice.random() < 0.5
            looked = event.payment if stale else (await self.provider.look(event.payment.payment_id)).payment
            assert looked is not None
            self.payment = p.seen(self.payment, looked, self.now)

    async def settle(self) -> None:
        """The provider heals, and all is asked until it is certain."""
        for _ in range(500):
            if self.payment.operation is None:
                return
            await self.ask()
        raise AssertionError(self.payment)

    def with_money(self) -> list[ProviderPayment]:
        """Payments that hold or have taken money, by the provider's own books."""
        found = self.books.list(T0, None, self.now).items
        return [each for each in found if each.status in (ProviderStatus.HELD, ProviderStatus.CAPTURED)]


async def live(story: Story, cents: int, *, takes_place: bool) -> None:
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
        story.payment = p.billed(story.payment, cents, story.now)
    else:
        story.payment = p.given_up(story.payment, story.now)
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


@pytest.mark.parametrize("seed", range(100 * DEPTH))
def test_the_books_have_what_the_provider_has_after_refunds_too(seed: int) -> None:
    dice = Random(seed)
    story, bill = Story(dice), single_bill(dice.randrange(40_000_000))
    cents = to_cents(bill.micro_euros)
    books = Books([bill_entry(bill)])

    async def refund() -> None:
        await live(story, cents, takes_place=True)
        for _ in range(dice.randrange(3)):
            left = story.payment.captured_cents - story.payment.refunded_cents
            before, wanted = story.payment.refunded_cents, dice.randint(1, max(left, 1))
            if p.why_no_refund(story.payment, wanted) is None:
                story.payment = p.refunded(story.payment, wanted, story.now)
                await story.settle()
                assert story.payment.refunded_cents == before + wanted
                refunds.append((before, before + wanted))

    refunds: list[tuple[int, int]] = []
    asyncio.run(refund())
    if story.payment.due_cents is None:
        return
    books.add(capture_entry(bill, story.payment.captured_cents, story.now))
    for before, after in refunds:
        books.add(refund_entry(bill, before, after, story.now))
    at_provider = sum(each.captured_cents - each.refunded_cents for each in story.with_money())
    assert books.balance(PROVIDER) == of_cents(at_provider)
    assert sum(line.balance for line in books.trial_balance()) == 0
    owed = of_cents(story.payment.owed_cents)
    assert books.open_items() == ({"s-1": owed} if owed else {})


def test_dice_meet_every_end() -> None:
    states: set[PaymentState] = set()
    for seed in range(100):
        story = Story(Random(seed))
        asyncio.run(live(story, 700, takes_place=story.dice.random() < 0.7))
        states.add(story.payment.state)
    assert states == {PaymentState.DECLINED, PaymentState.VOIDED, PaymentState.CAPTURED}
