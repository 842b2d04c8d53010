"""The numbers of cards that providers publish for tests: no other number is ever passed on."""

from evcharging.adapters.provider import CardRefused

OTHER_NUMBER = "This is not the number of a card for tests: no other card is taken here, and its number is not kept"
OTHER_METHOD = "The provider has no such card: give what it said stands for the card, such as pm_card_visa"

FOR_TESTS = frozenset(
    {
        "4242424242424242",
        "4000000000000002",
        "4000000000009995",
        "4000000000009987",
        "4000000000000069",
        "4000000000000119",
        "4000000000000259",
        "4000000000010159",
        "4000000000010258",
        "4000000000010357",
    }
)


def for_tests(number: str) -> str:
    """The number without blanks. Raises CardRefused, which does not repeat it, for one that may be somebody's."""
    plain = number.replace(" ", "")
    if plain not in FOR_TESTS:
        raise CardRefused(OTHER_NUMBER)
    return plain
