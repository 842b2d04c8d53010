"""A price is what its minutes come to, each priced on its own by a second, slow and plain reading of the tariff.
Dice make tariffs and sessions, around nights in which clocks change; energy comes by whole kWh a minute."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from evcharging.common.messages_tariff import Component, Element, Tariff
from evcharging.domain.price import Metered, price
from evcharging.tests.domain.tariffs import KWH, MINUTE, moment

DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
NIGHTS = {
    "UTC": ("2026-03-28T18:00Z", "2026-12-31T18:00Z"),
    "Europe/Madrid": ("2026-03-28T18:00Z", "2026-10-24T16:00Z"),
    "America/Santiago": ("2026-09-05T20:00Z", "2026-04-04T20:00Z"),
    "Australia/Lord_Howe": ("2026-04-04T08:00Z", "2026-10-03T08:00Z"),
    "Asia/Kathmandu": ("2026-03-28T12:00Z",),
}
DATES = sorted({moment(text).date().isoformat() for nights in NIGHTS.values() for text in nights} | {"2026-03-29"})
WATTS = (1, 60_000, 120_000)
PRICED = {
    Component.SESSION: "session_micro_euros",
    Component.ENERGY: "energy_micro_euros_per_kwh",
    Component.CHARGING_TIME: "charging_micro_euros_per_minute",
    Component.IDLE_TIME: "idle_micro_euros_per_minute",
}

Phases = list[tuple[int, int]]
"""Minutes, of an even number, and kWh in each of them: no tier, also of an even number, is passed within a minute."""


@pytest.mark.parametrize("seed", range(150))
def test_a_price_is_what_its_minutes_come_to_by_its_tariff(seed: int) -> None:
    dice = Random(seed)
    zone = dice.choice(list(NIGHTS))
    begun = moment(dice.choice(NIGHTS[zone])) + dice.randrange(600) * MINUTE
    phases = [(2 * dice.randint(1, 150), dice.randint(0, 2)) for _ in range(dice.randint(1, 4))]
    grace, idle = dice.randrange(60), dice.randrange(900)
    elements = tuple(_element(dice) for _ in range(dice.randint(1, 4)))
    tariff = Tariff(zone=zone, elements=elements, idle_grace_s=60 * grace)
    readings = list(_readings(begun, phases))
    found = price(tariff, readings, None, readings[-1].at + (grace + idle) * MINUTE)
    lines = {(line.component, line.element): line.micro_euros for line in found.lines if line.micro_euros}
    assert lines == _by_minutes(tariff, begun, phases, grace, idle)


def _element(dice: Random) -> Element:
    prices: dict[str, Any] = {name: dice.choice([None, 1, 3, 10]) for name in PRICED.values()}
    bounds = _restriction(dice) | (_restriction(dice) if dice.random() < 0.3 else {})
    return Element(**prices, **bounds)


def _restriction(dice: Random) -> dict[str, Any]:
    """Of one kind, with both of its bounds or one of them or none."""
    morning, evening = (f"{dice.randrange(12) + late:02}:{dice.choice(['00', '15', '30'])}" for late in (0, 12))
    kinds: list[dict[str, Any]] = [
        {"local_from": morning, "local_to": evening},
        {"local_from": evening, "local_to": morning},
        {"weekdays": dice.choice([("SATURDAY",), ("SUNDAY", "MONDAY")])},
        {"from_date": dice.choice(DATES), "until_date": dice.choice(DATES)},
        {"min_mwh": 2 * KWH * dice.randrange(150), "max_mwh": 2 * KWH * dice.randrange(150)},
        {"min_s": 900 * dice.randrange(60), "max_s": 900 * dice.randrange(100)},
        {"min_w": dice.choice(WATTS), "max_w": dice.choice(WATTS)},
    ]
    return {name: bound for name, bound in dice.choice(kinds).items() if dice.random() < 0.7}


def _readings(begun: datetime, phases: Phases) -> Iterator[Metered]:
    """A reading where the power changes, and one at the end."""
    at, register = begun, 0
    for minutes, kwh in phases:
        yield Metered(at=at, register_mwh=register, power_w=60_000 * kwh)
        at, register = at + minutes * MINUTE, register + minutes * kwh * KWH
    yield Metered(at=at, register_mwh=register, power_w=0)


def _by_minutes(
    tariff: Tariff, begun: datetime, phases: Phases, grace: int, idle: int
) -> dict[tuple[str, int | None], int]:
    total: Counter[tuple[str, int | None]] = Counter()

    def count(component: Component, quantity: int, minute: int, kwh: int, speed: int) -> None:
        local = (begun + minute * MINUTE).astimezone(ZoneInfo(tariff.zone))
        for number, element in enumerate(tariff.elements, 1):
            unit = getattr(element, PRICED[component])
            if unit is not None and _holds(element, local, kwh * KWH, 60 * minute, 60_000 * speed):
                total[component, number] += unit * quantity
                break

    minute = kwh = 0
    count(Component.SESSION, 1, 0, 0, phases[0][1])
    for length, speed in phases:
        for _ in range(length):
            count(Component.ENERGY, speed, minute, kwh, speed)
            count(Component.CHARGING_TIME, 1, minute, kwh, speed)
            minute, kwh = minute + 1, kwh + speed
    for later in range(idle):
        count(Component.IDLE_TIME, 1, minute + grace + later, kwh, 0)
    return {line: cost for line, cost in total.items() if cost}


def _holds(element: Element, local: datetime, mwh: int, seconds: int, watts: int) -> bool:
    clock, date = f"{local:%H:%M}", f"{local:%Y-%m-%d}"
    begin, end = element.local_from or "00:00", element.local_to or "24:00"
    return all(
        (
            begin <= clock < end if begin < end else clock >= begin or clock < end,
            not element.weekdays or DAYS[local.weekday()] in element.weekdays,
            element.from_date is None or element.from_date <= date,
            element.until_date is None or date < element.until_date,
            element.min_mwh is None or element.min_mwh <= mwh,
            element.max_mwh is None or mwh < element.max_mwh,
            element.min_s is None or element.min_s <= seconds,
            element.max_s is None or seconds < element.max_s,
            element.min_w is None or element.min_w <= watts,
            element.max_w is None or watts < element.max_w,
        )
    )
