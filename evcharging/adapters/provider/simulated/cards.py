"""Cards that always do the same, by the numbers that providers publish for tests. No number is kept."""

from enum import StrEnum

from evcharging.adapters.provider import CardRefused
from evcharging.adapters.provider.numbers import OTHER_METHOD, for_tests
from evcharging.common.utils import Frozen
from evcharging.domain.provider import ProviderCard


class CardFault(StrEnum):
    """When the provider does not answer to the first try of a hold: before it takes effect, or after."""

    BEFORE = "before"
    AFTER = "after"


class SimulatedCard(Frozen, frozen=True, kw_only=True):
    """A card: the `method` that stands for it, and what becomes of its payments. `code`: why a hold is
    declined."""

    method: str
    number: str
    what: str
    code: str | None = None
    fault: CardFault | None = None
    declines_increment: bool = False
    is_disputed: bool = False

    @property
    def last4(self) -> str:
        """What may be shown of its number."""
        return self.number[-4:]


CARDS = (
    SimulatedCard(method="pm_card_visa", number="4242424242424242", what="approved"),
    SimulatedCard(
        method="pm_card_chargeDeclined",
        number="4000000000000002",
        what="declined",
        code="generic_decline",
    ),
    SimulatedCard(
        method="pm_card_chargeDeclinedInsufficientFunds",
        number="4000000000009995",
        what="declined: too little money",
        code="insufficient_funds",
    ),
    SimulatedCard(
        method="pm_card_chargeDeclinedLostCard",
        number="4000000000009987",
        what="declined: reported as lost",
        code="lost_card",
    ),
    SimulatedCard(
        method="pm_card_chargeDeclinedExpiredCard",
        number="4000000000000069",
        what="declined: too old",
        code="expired_card",
    ),
    SimulatedCard(
        method="pm_card_chargeDeclinedProcessingError",
        number="4000000000000119",
        what="declined: the bank failed",
        code="processing_error",
    ),
    SimulatedCard(
        method="pm_card_createDispute",
        number="4000000000000259",
        what="approved, and disputed an hour after the capture",
        is_disputed=True,
    ),
    SimulatedCard(
        method="pm_card_incrementDeclined",
        number="4000000000010159",
        what="approved; holding more is declined",
        declines_increment=True,
    ),
    SimulatedCard(
        method="pm_card_timeoutBefore",
        number="4000000000010258",
        what="no answer to the first try, which has no effect",
        fault=CardFault.BEFORE,
    ),
    SimulatedCard(
        method="pm_card_timeoutAfter",
        number="4000000000010357",
        what="no answer to the first try, which takes effect",
        fault=CardFault.AFTER,
    ),
)
"""The numbers up to the dispute are Stripe's; the last three are of this simulation alone."""

DECLINES = frozenset(card.code for card in CARDS if card.code)
"""Codes that a card's bank gives; any other says that what was asked does not fit."""

BRAND, LAST_MONTH = "visa", "2099-12"
"""What all cards for tests are of, and until when those count whose last month nobody says."""

BY_METHOD = {card.method: card for card in CARDS}
_BY_NUMBER = {card.number: card for card in CARDS}


def card_of(number: str) -> SimulatedCard | None:
    """The card with a number, in which blanks do not count; None for any other, which may be a real one."""
    return _BY_NUMBER.get(number.replace(" ", ""))


def exchanged(number: str, expires: str) -> ProviderCard:
    """What stands for the card with a number. Raises CardRefused."""
    return said_of(_BY_NUMBER[for_tests(number)], expires)


def known(method: str) -> ProviderCard:
    """The card that a method stands for. Raises CardRefused."""
    card = BY_METHOD.get(method)
    if card is None:
        raise CardRefused(OTHER_METHOD)
    return said_of(card)


def said_of(card: SimulatedCard, expires: str = LAST_MONTH) -> ProviderCard:
    """What may be said of a card."""
    return ProviderCard(method=card.method, brand=BRAND, last4=card.last4, expires=expires)
