"""Cards by which a driver pays: what stands for each with the provider, and as much as may be shown of it. None of it
is the number of a card, and none of it is a fact: it can be erased. Knows no store and no provider."""

import re
from collections.abc import Sequence
from datetime import datetime

from evcharging.common.utils import Frozen, changed

MOST_CARDS = 10
"""How many cards an account has at most."""

EXPIRY = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
"""The last month of a card, such as 2030-12."""


class Card(Frozen, frozen=True, kw_only=True):
    """A card of an account. `method` stands for it with the provider; `expires` is its last month."""

    card_id: str
    account_id: str
    method: str
    brand: str
    last4: str
    expires: str
    added_at: datetime
    is_default: bool = False

    def __repr__(self) -> str:
        return f"Card({self.card_id})"


def why_not_valid(expires: str, now: datetime) -> str | None:
    """Why no card has this last month, or not any more, in one sentence; None where it counts."""
    if EXPIRY.fullmatch(expires) is None:
        return "Say the last month of the card as YYYY-MM, such as 2030-12"
    return f"The card counted until {expires}: give one that still counts" if has_expired(expires, now) else None


def has_expired(expires: str, now: datetime) -> bool:
    """Whether a card's last month is over."""
    return expires < now.strftime("%Y-%m")


def with_card(cards: Sequence[Card], card: Card) -> tuple[Card, ...]:
    """The cards with one more; the first is the default. What stands for the same with the provider is renewed in its
    place. Raises ValueError, in one sentence, where there are too many."""
    same = next((each for each in cards if each.method == card.method), None)
    if same is not None:
        renewed = changed(card, card_id=same.card_id, added_at=same.added_at, is_default=same.is_default)
        return tuple(renewed if each is same else each for each in cards)
    if len(cards) >= MOST_CARDS:
        raise ValueError(f"There are {MOST_CARDS} cards already: remove one first")
    return *cards, changed(card, is_default=not cards)


def without_card(cards: Sequence[Card], card_id: str) -> tuple[Card, ...]:
    """The cards without one; where that was the default, it is the first of the others."""
    left = tuple(each for each in cards if each.card_id != card_id)
    return with_default(left, left[0].card_id) if left and default_of(left) is None else left


def with_default(cards: Sequence[Card], card_id: str) -> tuple[Card, ...]:
    """The cards, of which this one is the default."""
    return tuple(changed(each, is_default=each.card_id == card_id) for each in cards)


def default_of(cards: Sequence[Card]) -> Card | None:
    """The card that pays where none is named."""
    return next((each for each in cards if each.is_default), None)


def named(cards: Sequence[Card], card_id: str) -> Card | None:
    """The card with an ID."""
    return next((each for each in cards if each.card_id == card_id), None)
