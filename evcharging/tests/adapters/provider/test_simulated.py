"""The simulated provider: the same seed gives the same faults, and what it keeps is enough to go on with."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.adapters.provider.numbers import FOR_TESTS
from evcharging.adapters.provider.received import received
from evcharging.adapters.provider.signatures import signed
from evcharging.adapters.provider.simulated.cards import CARDS, CardFault, card_of
from evcharging.adapters.provider.simulated.events import MOST_ATTEMPTS, body_of
from evcharging.adapters.provider.simulated.faults import ProviderFaults
from evcharging.adapters.provider.simulated.kept import Asked, Kept, KeptKey, key_of
from evcharging.adapters.provider.simulated.machine import SimulatedBooks
from evcharging.common.utils import changed, from_json, to_json
from evcharging.domain.payment import OperationKind
from evcharging.domain.provider import ProviderEvent
from evcharging.tests.laws.depth import searched
from evcharging.tests.stages.scenario import T0, after

HOLD = Asked(kind=OperationKind.AUTHORIZE, key="k", reference="s-1", method="pm_card_visa", cents=5000)
LATE = T0 + timedelta(days=30)


class Shelf:
    """What books keep, as its JSON."""

    def __init__(self) -> None:
        self.kept: dict[tuple[type[Kept], str], bytes] = {}

    def keep(self, kept: Kept, is_kept: bool) -> None:
        if is_kept:
            self.kept[type(kept), key_of(kept)] = to_json(kept)
        else:
            del self.kept[type(kept), key_of(kept)]

    def restored(self, faults: ProviderFaults) -> SimulatedBooks:
        """The books of another run."""
        books = SimulatedBooks(faults, self.keep)
        books.restore([from_json(kind, text) for (kind, _), text in self.kept.items()])
        return books


def has_check_digit(number: str) -> bool:
    """Whether the last digit of a card number is the one that follows from the others (Luhn)."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def test_cards_have_the_check_digit_that_forms_ask_for_and_one_meaning_each() -> None:
    assert all(has_check_digit(card.number) and card_of(card.number) is card for card in CARDS)
    assert len({card.method for card in CARDS}) == len(CARDS)
    assert card_of("4242 4242 4242 4242") is CARDS[0]
    assert not has_check_digit("4242424242424241")
    assert card_of("4111111111111111") is None
    assert CARDS[0].last4 == "4242"


def test_a_share_of_the_tries_is_not_answered_and_half_of_those_takes_effect() -> None:
    faults = ProviderFaults(share=0.2, seed=3)
    found = [faults.of_try(f"k{number}", 1) for number in range(5000)]
    assert found == [ProviderFaults(share=0.2, seed=3).of_try(f"k{number}", 1) for number in range(5000)]
    assert 400 < found.count(CardFault.BEFORE) < 600
    assert 400 < found.count(CardFault.AFTER) < 600
    assert not any(ProviderFaults().of_try(f"k{number}", 1) for number in range(100))


def test_a_try_that_was_not_answered_is_answered_in_the_end_and_took_effect_once() -> None:
    books = SimulatedBooks(ProviderFaults(share=0.9, seed=5))
    for number in range(50):
        asked = changed(HOLD, key=f"k{number}", reference=f"s-{number}")
        while not books.ask(asked, T0).is_heard:
            pass
    assert len(books.list(T0, None, T0).items) == 50


def test_events_come_late_twice_and_in_another_order_than_they_happened() -> None:
    books = SimulatedBooks(ProviderFaults(share=0.5, seed=2))
    happened = 0
    for number in range(40):
        if books.ask(changed(HOLD, key=f"k{number}", reference=f"s-{number}"), after(number)).is_heard:
            happened += 1
    events = books.events.take(T0 + timedelta(hours=7))
    ids = [event.event_id for event in events]
    assert len(set(ids)) < len(ids)
    assert [event.created_at for event in events] != sorted(event.created_at for event in events)
    assert max(event.at - event.created_at for event in events) > timedelta(hours=1)
    assert happened


def test_an_event_is_sent_until_it_arrives_and_given_up_in_the_end() -> None:
    shelf = Shelf()
    books = SimulatedBooks(keep=shelf.keep)
    books.ask(HOLD, T0)
    now, attempts = T0, 0
    while (at := books.events.next_at) is not None:
        assert at > now
        now = at
        [delivery] = books.events.take(now)
        books.events.failed(delivery, now)
        attempts += 1
    assert attempts == MOST_ATTEMPTS
    assert now - T0 > timedelta(days=2)
    assert all(kind is not type(delivery) for kind, _ in shelf.kept)


def test_an_event_that_has_arrived_is_not_sent_again() -> None:
    books = SimulatedBooks()
    books.ask(HOLD, T0)
    [delivery] = books.events.take(LATE)
    books.events.sent(delivery)
    assert books.events.next_at is None
    assert books.events.take(LATE) == []


def test_an_event_says_what_it_is_about_and_no_more_than_a_hint() -> None:
    books = SimulatedBooks()
    payment = books.ask(HOLD, T0).outcome.payment
    assert payment is not None
    [delivery] = books.events.take(LATE)
    body = body_of(delivery)
    assert received(body, signed(body, "s", T0), "s", T0) == ProviderEvent(
        event_id=delivery.event_id,
        kind="payment_intent.amount_capturable_updated",
        created_at=T0,
        payment_id=payment.payment_id,
        reference="s-1",
    )


asks = st.builds(
    Asked,
    kind=st.sampled_from(OperationKind),
    key=st.none() | st.sampled_from(["a", "b", "c", "d", "e"]),
    reference=st.sampled_from(["s-1", "s-2"]),
    payment_id=st.sampled_from(["first", "second", "pi_none"]),
    method=st.sampled_from([card.method for card in CARDS]),
    cents=st.integers(-1, 400),
    currency=st.sampled_from(["eur", "eur", "eur", "usd"]),
)
stories = st.lists(st.tuples(asks, st.sampled_from([0, 1, 3600, 90_000, 700_000])), max_size=25)


@searched(200)
@given(story=stories, share=st.sampled_from([0.0, 0.3]), die_at=st.integers(0, 25))
def test_money_is_never_more_than_was_held_and_books_that_are_read_again_go_on(
    story: list[tuple[Asked, int]], share: float, die_at: int
) -> None:
    faults, shelf = ProviderFaults(share=share, seed=9), Shelf()
    lasting, mortal = SimulatedBooks(faults), SimulatedBooks(faults, shelf.keep)
    now = T0
    for number, (asked, wait) in enumerate(story):
        if number == die_at:
            mortal = shelf.restored(faults)
        now += timedelta(seconds=wait)
        ids = [payment.payment_id for payment in reversed(lasting.list(T0, None, now).items)]
        named = dict(zip(["first", "second"], ids, strict=False)).get(asked.payment_id, asked.payment_id)
        again = changed(asked, payment_id=named)
        assert lasting.ask(again, now) == mortal.ask(again, now)
    for payment in lasting.list(T0, None, now).items:
        assert payment.refunded_cents <= payment.captured_cents <= payment.held_cents
    assert mortal.list(T0, None, LATE).items == lasting.list(T0, None, LATE).items
    assert shelf.restored(faults).list(T0, None, LATE).items == lasting.list(T0, None, LATE).items


def test_keys_of_more_than_a_day_are_not_kept() -> None:
    shelf = Shelf()
    books = SimulatedBooks(keep=shelf.keep)
    books.ask(HOLD, T0)
    books.ask(changed(HOLD, key="k2"), T0 + timedelta(hours=25))
    assert [key for kind, key in shelf.kept if kind is KeptKey] == ["k2"]


def test_a_list_is_in_order_where_the_clock_was_set_back() -> None:
    books = SimulatedBooks()
    for number, second in enumerate([100, 50, 120]):
        books.ask(changed(HOLD, key=f"k{number}", reference=f"s-{number}"), after(second))
    found = books.list(after(100), None, after(200)).items
    assert [payment.reference for payment in found] == ["s-2", "s-1", "s-0"]


@pytest.mark.parametrize("currency", ["usd", "", "EUR"])
def test_amounts_are_in_euros_alone(currency: str) -> None:
    books = SimulatedBooks()
    assert books.ask(changed(HOLD, currency=currency), T0).outcome.code == "currency_invalid"
    assert books.list(T0, None, T0).items == ()
    assert books.ask(HOLD, T0).outcome.payment is not None


def test_the_numbers_that_are_passed_on_are_those_of_the_cards_for_tests() -> None:
    assert {card.number for card in CARDS} == FOR_TESTS
