"""The provider of payments that is away, slow, or says things twice and in any order; operators who pay back; and what
a Central's live programs do of themselves: hear its events, and compare its list with the ledger. Knows no
invariant."""

from collections.abc import Iterable
from functools import partial
from random import Random

from evcharging.adapters.provider.simulated.cards import CardFault
from evcharging.adapters.provider.simulated.kept import KeptDelivery
from evcharging.common.messages_operators import Actor, ActorKind, LookUpPayment, RefundPayment
from evcharging.common.utils import changed
from evcharging.domain.payment import Payment, PaymentState
from evcharging.domain.remedies import remedies, void_key
from evcharging.proof.agenda import moments
from evcharging.proof.brisk import RELEASED_WITHIN
from evcharging.proof.people import at_a_central
from evcharging.proof.process import CADENCES, Life
from evcharging.proof.provider import RoundTrip, at_once
from evcharging.proof.world import CENTRALS, START, World

EVENTS_EVERY, COMPARED_EVERY = 0.25, 10.0
"""Seconds between looks for events, and between comparisons."""

SENT_AGAIN = 2.0
"""Seconds after which an event is sent again that nobody took."""

WRONG_CLOCKS = frozenset({"skew", "clock-steps", "clock-jumps"})
"""By these, what was asked a moment ago may seem to have been asked hours ago."""

CASHIER = Actor(kind=ActorKind.PERSON, id="account-9", via="console", role="admin")

TOO_LARGE = 10_000
"""Cents that nobody has paid."""


def equip(world: World, nemeses: Iterable[str]) -> None:
    """Let events be told, and lists be compared, where payments are asked for."""
    if world.provider.terms is not None:
        if not WRONG_CLOCKS.isdisjoint(nemeses):
            world.provider.remember_keys()
            for name in CENTRALS:
                world.processes[name].cadences = changed(CADENCES, payments=world.provider.terms)
        chance = Random(f"{world.seed}/events")
        world.agenda.after(EVENTS_EVERY, partial(_tell_events, world, chance))
        world.agenda.after(COMPARED_EVERY, partial(_compare, world, chance))


def _tell_events(world: World, chance: Random) -> None:
    world.agenda.after(EVENTS_EVERY, partial(_tell_events, world, chance))
    events = world.provider.books.events
    for delivery in events.take(world.agenda.now):
        events.sent(delivery)
        for late in world.provider.how_late():
            world.agenda.after(late, partial(tell_event, world, chance, delivery))


def tell_event(world: World, chance: Random, delivery: KeptDelivery) -> None:
    """An event reaches one of the Centrals, or is sent again: whatever it says, the payment is looked up."""
    told = list[Life]()
    at_a_central(world, chance, told.append)
    if not told:
        world.agenda.after(SENT_AGAIN, partial(tell_event, world, chance, delivery))
        return
    for payment in world.ledger.select(Payment, {"reference": (delivery.payment.reference,)}):
        if payment.state is not PaymentState.PASSED_ON:
            _look_up(world, payment, told[0], world.number("event"))


def _look_up(world: World, payment: Payment, life: Life, request_id: str) -> None:
    order = LookUpPayment(ts=life.now(), request_id=request_id, cp_id=payment.cp_id, session_id=payment.session_id)
    world.ask(life, order)


def _compare(world: World, chance: Random) -> None:
    """Compare the provider's list with the ledger, both ways, and do what is to be done."""
    world.agenda.after(COMPARED_EVERY, partial(_compare, world, chance))
    client, now = world.provider.client, world.agenda.now
    if client.is_away:
        return
    page = at_once(client.list(START))
    found = list(page.items)
    while page.cursor is not None:
        page = at_once(client.list(START, page.cursor))
        found += page.items
    to_do = remedies(world.ledger.select(Payment), found, world.money.ended, now, RELEASED_WITHIN)
    for payment_id in to_do.voids:
        world.provider.released.add(payment_id)
        at_once(client.void(void_key(payment_id), payment_id))
    for payment in to_do.looks:
        at_a_central(world, chance, partial(_look_up, world, payment, request_id=world.number("compare")))


# What goes wrong


def provider_away(world: World, chance: Random, seconds: float) -> None:
    """Nothing reaches the provider of payments."""
    for at in moments(chance, seconds, 12):
        away = partial(setattr, world.provider.client, "is_away")
        world.agenda.after(at, partial(away, True))
        world.agenda.after(at + chance.uniform(0.5, 15), partial(away, False))


def late_answers(world: World, chance: Random, seconds: float) -> None:
    """The provider answers late, also when nobody waits any more, and what is asked overtakes what was asked before."""
    share = chance.choice((0.2, 0.6, 1.0))

    def way() -> RoundTrip:
        if chance.random() >= share:
            return RoundTrip(0.05, 0.05)
        return RoundTrip(chance.uniform(0, 4), chance.choice((chance.uniform(0, 5), chance.uniform(0, 25))))

    world.provider.way = way


def lost_outcomes(world: World, chance: Random, seconds: float) -> None:
    """For a while nothing that the provider is asked takes effect, and then nothing is heard of what does."""
    at = chance.uniform(0, 8)
    while at < seconds:
        ineffective, unheard = chance.uniform(12, 20), chance.uniform(5, 12)
        spell = partial(setattr, world.provider, "spell")
        world.agenda.after(at, partial(spell, CardFault.BEFORE))
        world.agenda.after(at + ineffective, partial(spell, CardFault.AFTER))
        world.agenda.after(at + ineffective + unheard, partial(spell, None))
        at += ineffective + unheard + chance.expovariate(1 / 15)


def shuffled_events(world: World, chance: Random, seconds: float) -> None:
    """The provider's events come late, twice, and in any order."""
    most = chance.choice((1, 6, 20))

    def how_late() -> list[float]:
        return [chance.uniform(0, most) for _ in range(chance.choice((1, 1, 2, 3)))]

    world.provider.how_late = how_late


def refunds(world: World, chance: Random, seconds: float) -> None:
    """Operators pay back, some of it twice with one ID, some too much."""
    for at in moments(chance, seconds, 3):
        world.agenda.after(at, partial(at_a_central, world, chance, partial(_refund, world, chance)))


def _refund(world: World, chance: Random, life: Life) -> None:
    paid = [each for each in world.money.payments.values() if each.captured_cents]
    if not paid:
        return
    payment = chance.choice(paid)
    left = payment.captured_cents - payment.refunded_cents
    order = RefundPayment(
        ts=life.now(),
        request_id=world.number("refund"),
        cp_id=payment.cp_id,
        session_id=payment.session_id,
        cents=chance.choice((1, max(left // 2, 1), max(left, 1), TOO_LARGE)),
        note="it did not charge as it should",
        actor=CASHIER,
    )
    world.ask(life, order)
    if chance.random() < 0.4:
        world.agenda.after(chance.uniform(0, 8), partial(at_a_central, world, chance, partial(_ask, world, order)))


def _ask(world: World, order: RefundPayment, life: Life) -> None:
    world.ask(life, order)
