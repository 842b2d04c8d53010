"""Drivers and what their vehicles need. Chance comes in as an argument."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from random import Random

from evcharging.roles.driver import ChargeIntent

LEAST_KWH, MOST_KWH = 2.0, 60.0
TYPICAL_KWH, SPREAD = 12.0, 0.6
"""Median and spread of a log-normal need: many short stops, a few long ones."""


def energy_need(chance: Random) -> float:
    """What a vehicle wants, in kWh with three decimals."""
    need = TYPICAL_KWH * chance.lognormvariate(0.0, SPREAD)
    return round(min(max(need, LEAST_KWH), MOST_KWH), 3)


def random_wishes(points: Sequence[str], pause: timedelta, chance: Random) -> Iterator[ChargeIntent]:
    """An endless life: after a pause of exponential length, a charge at any point, whether free or not."""
    mean = pause.total_seconds()
    while True:
        wait = timedelta(microseconds=round(chance.expovariate(1 / mean) * 1_000_000))
        yield ChargeIntent(cp_id=chance.choice(points), wait=wait, kwh=energy_need(chance))
