"""A small mix of vehicles, and a choice among them. The figures are typical ones, of no maker. Chance comes in as an
argument, and is asked for whole numbers alone, which are the same on every machine."""

from collections.abc import Iterator
from typing import Protocol

from evcharging.domain.battery import Battery
from evcharging.domain.offer import offer_of
from evcharging.domain.vehicle import Vehicle, Visit

US_PER_MINUTE = 60_000_000


class Dice(Protocol):
    """What is asked of chance; `random.Random` has it."""

    def randint(self, a: int, b: int, /) -> int:
        """A whole number from `a` to `b`, both included."""


def _vehicle(
    model: str, *, kwh: int, battery_kw: int, knee_permille: int, amperes: int, phases: int, dc_kw: int
) -> Vehicle:
    battery = Battery(
        capacity_mwh=kwh * 1_000_000, max_w=battery_kw * 1000, knee_permille=knee_permille, efficiency_permille=900
    )
    return Vehicle(
        model=model, battery=battery, onboard_ma=amperes * 1000, onboard_phases=phases, dc_max_w=dc_kw * 1000
    )


CITY_CAR = _vehicle("city car", kwh=36, battery_kw=40, knee_permille=800, amperes=32, phases=1, dc_kw=0)
COMPACT = _vehicle("compact", kwh=58, battery_kw=110, knee_permille=700, amperes=16, phases=3, dc_kw=120)
VAN = _vehicle("van", kwh=75, battery_kw=80, knee_permille=750, amperes=32, phases=3, dc_kw=80)
SALOON = _vehicle("saloon", kwh=90, battery_kw=200, knee_permille=600, amperes=16, phases=3, dc_kw=220)

OF_TEN = (CITY_CAR,) * 3 + (COMPACT,) * 4 + (VAN,) + (SALOON,) * 2
"""How often each comes."""


def pick(dice: Dice) -> Visit:
    """Who comes next, with what in the battery, until which state of charge, for how long, and how long it stays
    plugged in once it is done. It throws five times, whoever comes."""
    vehicle = OF_TEN[dice.randint(0, len(OF_TEN) - 1)]
    return Visit(
        vehicle=vehicle,
        arrival_mwh=vehicle.battery.capacity_mwh * dice.randint(100, 600) // 1000,
        target_permille=dice.randint(700, 1000),
        stay_us=dice.randint(20, 480) * US_PER_MINUTE,
        linger_us=dice.randint(0, 30) * US_PER_MINUTE,
    )


def arrivals(dice: Dice, power_w: int) -> Iterator[Visit]:
    """One after another, for ever: those that can charge at a point of this nameplate power, if any can."""
    offer = offer_of(power_w)
    can_any = any(vehicle.takes_w(offer) for vehicle in OF_TEN)
    while True:
        visit = pick(dice)
        if not can_any or visit.vehicle.takes_w(offer):
            yield visit
