"""Cards of an account: the first is the default, and there are ten at most."""

from datetime import UTC, datetime

import pytest

from evcharging.common.utils import changed
from evcharging.domain.access.cards import (
    MOST_CARDS,
    Card,
    default_of,
    has_expired,
    why_not_valid,
    with_card,
    with_default,
    without_card,
)
from evcharging.tests.stages.people import card

NOW = datetime(2026, 1, 31, 23, tzinfo=UTC)


def some(count: int) -> tuple[Card, ...]:
    cards: tuple[Card, ...] = ()
    for number in range(1, count + 1):
        cards = with_card(cards, card(number))
    return cards


def test_the_first_card_is_the_default_and_another_may_be_chosen() -> None:
    cards = some(3)
    assert [each.is_default for each in cards] == [True, False, False]
    assert [each.is_default for each in with_default(cards, "card-3")] == [False, False, True]


def test_where_the_default_goes_the_first_of_the_others_is_it() -> None:
    assert default_of(without_card(some(3), "card-1")) == changed(card(2), is_default=True)
    assert without_card(some(3), "card-2") == (changed(card(1), is_default=True), card(3))
    assert without_card(some(1), "card-1") == ()


def test_the_same_card_is_renewed_in_its_place() -> None:
    again = changed(card(9), method="pm_1", expires="2031-01")
    renewed = with_card(some(2), again)
    assert renewed == (changed(again, card_id="card-1", added_at=card(1).added_at, is_default=True), card(2))


def test_an_account_has_ten_cards_at_most() -> None:
    with pytest.raises(ValueError, match="There are 10 cards already: remove one first"):
        some(MOST_CARDS + 1)
    assert len(with_card(some(MOST_CARDS), card(1))) == MOST_CARDS


@pytest.mark.parametrize("expires", ["12/30", "2030-13", "2030-1", "", "2030-12-01", "2025-12"])
def test_a_card_counts_until_its_last_month_is_over(expires: str) -> None:
    assert why_not_valid(expires, NOW) is not None
    assert why_not_valid("2026-01", NOW) is None
    assert has_expired("2026-01", datetime(2026, 2, 1, tzinfo=UTC))


def test_what_is_logged_of_a_card_says_nothing_of_it() -> None:
    assert repr(card(1)) == "Card(card-1)"
