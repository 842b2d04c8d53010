"""A simulated building: what it takes beside the charging points of its site. Pure."""

from datetime import datetime, timedelta
from math import pi, sin

PERIOD = timedelta(minutes=10)
"""How long it takes to go from its least to its most and back: a day that passes quickly."""

LEAST_SHARE = 0.4


def building_ma(most_ma: int, at: datetime) -> int:
    """What it takes at a moment, in mA on each phase: from two fifths of its most up to all of it, and back."""
    share = (at.timestamp() % PERIOD.total_seconds()) / PERIOD.total_seconds()
    return round(most_ma * (LEAST_SHARE + (1 - LEAST_SHARE) * (0.5 - 0.5 * sin(2 * pi * share + pi / 2))))
