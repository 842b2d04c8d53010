"""Money in whole micro-euro; euros only at the edge. What things cost is in `domain.price`."""

MICRO = 1_000_000

PER_CENT = 10_000
"""Micro-euro in a cent, in which providers of payments count."""


def half_up(amount: int, by: int) -> int:
    """A whole number divided by another (above 0), a half rounded up."""
    return (2 * amount + by) // (2 * by)


def to_euros(micro_euros: int) -> float:
    """Micro-euro as euros, for wire and screen alone."""
    return micro_euros / MICRO


def to_micro_euros(euros: float) -> int:
    """Euros as micro-euro, to the nearest; what costs something costs a micro-euro at least."""
    return max(round(euros * MICRO), 1) if euros > 0 else 0


def to_cents(micro_euros: int) -> int:
    """Micro-euro as cents, a half rounded up: what is captured of a bill."""
    return half_up(micro_euros, PER_CENT)


def cents_up(micro_euros: int) -> int:
    """Micro-euro as cents, any part rounded up: what covers an amount."""
    return -(-micro_euros // PER_CENT)


def euros_to_cents(euros: float) -> int:
    """An amount in euros in whole cents, half up."""
    return to_cents(to_micro_euros(euros))


def of_cents(cents: int) -> int:
    """Cents as micro-euro."""
    return cents * PER_CENT
