"""Money: one price rule for live cost, bill and ticket. Integer micro-euro; euros only at the edge."""

MICRO = 1_000_000


def half_up(amount: int, by: int) -> int:
    """A whole number divided by another (above 0), a half rounded up."""
    return (2 * amount + by) // (2 * by)


def cost_micro_euros(energy_mwh: int, micro_euros_per_kwh: int) -> int:
    """What energy (mWh) costs at a price (micro-euro a kWh), in micro-euro, a half rounded up.
    1 kWh is 1,000,000 mWh, so the product is divided by a million."""
    return half_up(energy_mwh * micro_euros_per_kwh, MICRO)


def to_euros(micro_euros: int) -> float:
    """Micro-euro as euros, for wire and screen alone."""
    return micro_euros / MICRO


def to_micro_euros(euros: float) -> int:
    """Euros as micro-euro, to the nearest; what costs something costs a micro-euro at least."""
    return max(round(euros * MICRO), 1) if euros > 0 else 0
