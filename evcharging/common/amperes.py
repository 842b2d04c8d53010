"""Current of the mains: what a point needs, and a limit as people write it. Knows no point and no setting."""

import re
from decimal import Decimal

VOLTS = 230
"""Between a phase and neutral, by IEC 60038."""

LEAST_MA = 6_000
"""The least current on each phase that a point offers a vehicle, by IEC 61851-1; at less, nothing flows."""

MOST_MA = 10_000_000
"""10,000 A on each phase, which is 6.9 MW: more than one connection to the low voltage of 230 V gives."""

_WRITTEN = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?) ?(A|kW)", re.IGNORECASE)


def limit_of(text: str) -> int:
    """A limit such as `32A`, on each of three phases, or `150kW`, of all three together, as mA on each phase, rounded
    down. Raises ValueError in one sentence."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ValueError(
            f"{text[:40]!r} is no limit: write amperes on each phase such as 32A, or kilowatts such as 150kW"
        )
    number, unit = Decimal(found[1]), found[2].lower()
    ma = int(number * 1000 if unit == "a" else number * 1_000_000 / (3 * VOLTS))
    if ma < LEAST_MA:
        raise ValueError(f"{text} is below 6 A on each phase (4.14 kW), the least that charges a vehicle (IEC 61851-1)")
    if ma > MOST_MA:
        raise ValueError(
            f"{text} is above {MOST_MA // 1000} A on each phase (6900 kW), the most that a circuit may have"
        )
    return ma
